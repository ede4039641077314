using System.Globalization;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Which offers a list takes; null does not constrain, and names are compared without case.</summary>
internal sealed record OfferFilter
{
    /// <summary>The fields of the query string that <see cref="Read"/> understands.</summary>
    public static readonly string[] Fields =
    [
        "cloud", "region", "zone", "instanceType", "gpu", "vendor", "minGpuMemoryGiB", "gpuCount", "minGpuCount", "maxGpuCount", "interconnect",
        "minComputeCapability", "minVcpus", "minMemoryGiB", "capacity", "maxHourly", "source", "confidence", "maxAgeDays",
    ];

    private Cloud[]? _clouds;
    private Capacity[]? _capacities;
    private Interconnect[]? _interconnects;
    private PriceConfidence[]? _confidences;
    private string[]? _regions;
    private string[]? _zones;
    private string[]? _instanceTypes;
    private string[]? _gpus;
    private string[]? _vendors;
    private string? _source;
    private decimal? _minGpuMemoryMiB;
    private decimal? _gpuCount;
    private decimal? _minGpuCount;
    private decimal? _maxGpuCount;
    private decimal? _minComputeCapability;
    private decimal? _minVcpus;
    private decimal? _minMemoryGiB;
    private decimal? _maxHourly;
    private decimal? _maxAgeDays;
    private DateTimeOffset? _notBefore;

    /// <param name="now">What <c>maxAgeDays</c> counts back from.</param>
    public static OfferFilter Read(QueryFields fields, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        var filter = new OfferFilter
        {
            _clouds = fields.Words<Cloud>("cloud"),
            _regions = fields.Names("region"),
            _zones = fields.Names("zone"),
            _instanceTypes = fields.Names("instanceType"),
            _gpus = fields.Names("gpu"),
            _vendors = fields.Names("vendor"),
            _minGpuMemoryMiB = fields.Number("minGpuMemoryGiB") * 1024,
            _gpuCount = fields.Number("gpuCount"),
            _minGpuCount = fields.Number("minGpuCount"),
            _maxGpuCount = fields.Number("maxGpuCount"),
            _interconnects = fields.Words<Interconnect>("interconnect"),
            _minComputeCapability = fields.Number("minComputeCapability"),
            _minVcpus = fields.Number("minVcpus"),
            _minMemoryGiB = fields.Number("minMemoryGiB"),
            _capacities = fields.Words<Capacity>("capacity"),
            _maxHourly = fields.Number("maxHourly"),
            _source = fields.Line("source"),
            _confidences = fields.Words<PriceConfidence>("confidence"),
            _maxAgeDays = fields.Number("maxAgeDays"),
        };
        if (filter._minGpuCount > filter._maxGpuCount)
        {
            errors["maxGpuCount"] = ["It must not be below minGpuCount."];
        }

        // Prices older than 100 years do not exist, and further back the calendar ends.
        filter._notBefore = filter._maxAgeDays is { } days ? now - TimeSpan.FromDays((double)Math.Min(days, 36_500)) : null;
        return filter;
    }

    public bool Takes(Offer offer) =>
        (_clouds is null || _clouds.Contains(offer.Cloud))
        && (_capacities is null || _capacities.Contains(offer.Capacity))
        && (_maxHourly is null || offer.PricePerHour <= _maxHourly)
        && TakesGpu(offer.Gpu)
        && Named(_regions, offer.Region)
        && Named(_zones, offer.Zone)
        && Named(_instanceTypes, offer.InstanceType)
        && (_minVcpus is null || offer.Vcpus >= _minVcpus)
        && (_minMemoryGiB is null || offer.MemoryGiB >= _minMemoryGiB)
        && (_confidences is null || _confidences.Contains(offer.Confidence))
        && (_source is null || string.Equals(offer.Source, _source, StringComparison.OrdinalIgnoreCase))
        && (_notBefore is null || offer.AsOf >= _notBefore);

    /// <summary>All that decides which offers are taken, the moment apart, as a text that is the same for the same filter.</summary>
    public string Fingerprint() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Join(_clouds)}|{Join(_regions)}|{Join(_zones)}|{Join(_instanceTypes)}|{Join(_gpus)}|{Join(_vendors)}|{_minGpuMemoryMiB}|{_gpuCount}|{_minGpuCount}|{_maxGpuCount}|{Join(_interconnects)}|{_minComputeCapability}|{_minVcpus}|{_minMemoryGiB}|{Join(_capacities)}|{_maxHourly}|{_source}|{Join(_confidences)}|{_maxAgeDays}");

    private bool TakesGpu(OfferGpu gpu) =>
        Named(_gpus, gpu.Model)
        && (_minGpuMemoryMiB is null || gpu.MemoryMiB >= _minGpuMemoryMiB)
        && (_gpuCount is null || gpu.Count == _gpuCount)
        && (_minGpuCount is null || gpu.Count >= _minGpuCount)
        && (_maxGpuCount is null || gpu.Count <= _maxGpuCount)
        && Named(_vendors, gpu.Vendor)
        && (_interconnects is null || _interconnects.Contains(gpu.Interconnect))
        && (_minComputeCapability is null || GpuFacts.Capability(gpu.ComputeCapability) >= _minComputeCapability);

    private static bool Named(string[]? names, string? name)
    {
        if (names is null)
        {
            return true;
        }

        foreach (var wanted in names)
        {
            if (string.Equals(wanted, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Join<T>(T[]? values) => values is null ? null : string.Join(',', values);
}
