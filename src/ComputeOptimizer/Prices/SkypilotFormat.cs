using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// SkyPilot's <c>vms.csv</c>, catalogue versions 5 to 9: a row per instance type and zone (per region for Azure) with an on-demand and a spot price in USD
/// per hour of the whole instance, columns in any order:
/// <c>InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch,LocalDiskSize,LocalDiskCount</c>.
/// </summary>
internal sealed class SkypilotFormat
{
    public static readonly string[] Required = ["InstanceType", "AcceleratorName", "AcceleratorCount", "vCPUs", "MemoryGiB", "Price", "SpotPrice", "Region"];

    // A real list has one text for each kind of instance.
    private const int MostDetails = 1000;

    private readonly Dictionary<string, GpuDetails?> _details = new(StringComparer.Ordinal);
    private readonly PriceColumns _columns;
    private readonly Cloud _cloud;
    private readonly PriceRows _rows;
    private readonly ImportedTypes _types = new();
    private readonly GcpInstances _gcp;

    public SkypilotFormat(PriceColumns columns, Cloud cloud, PriceRows rows)
    {
        (_columns, _cloud, _rows) = (columns, cloud, rows);
        _gcp = new GcpInstances(rows, _types);
    }

    /// <summary>Whose list it is, by its columns and a row; null where that is not clear.</summary>
    public static Cloud? CloudOf(PriceColumns columns, IReadOnlyList<string> row)
    {
        var (type, zone) = (columns.Of(row, "InstanceType"), columns.Of(row, "AvailabilityZone"));
        if (type.StartsWith("Standard_", StringComparison.Ordinal) || type.StartsWith("Basic_", StringComparison.Ordinal))
        {
            return Cloud.Azure;
        }

        if (zone.Length > 2 && zone[^2] == '-' && char.IsAsciiLetterLower(zone[^1]))
        {
            return Cloud.Gcp;
        }

        return zone.Contains("-az", StringComparison.Ordinal) || columns.Has("Arch") ? Cloud.Aws : null;
    }

    /// <summary>Takes one row in.</summary>
    public void Read(int line, IReadOnlyList<string> row)
    {
        _rows.Row();
        var place = new Place(line, _columns.Of(row, "InstanceType"), _columns.Of(row, "Region"), _columns.Of(row, "AvailabilityZone"));
        if (row.Count != _columns.Names.Count)
        {
            Quarantine(place, null, QuarantineRules.BadField, $"The row has {row.Count} fields, the header {_columns.Names.Count}.");
            return;
        }

        var accelerator = _columns.Of(row, "AcceleratorName");
        var host = _cloud == Cloud.Gcp && accelerator.Length == 0 && GcpInstances.IsHost(place.InstanceType);
        if ((accelerator.Length == 0 && !host) || GpuNames.IsOtherAccelerator(accelerator))
        {
            _rows.WithoutGpu();
            return;
        }

        if (PriceText.Fault(place.InstanceType, place.Region, place.Zone, _cloud) is { } fault)
        {
            Quarantine(place, null, QuarantineRules.BadField, fault);
        }
        else if (Prices(place, row) is { } prices)
        {
            Read(place, row, accelerator, host, prices);
        }
    }

    /// <summary>Called after the last row.</summary>
    public void End() => _gcp.Join();

    private void Read(Place place, IReadOnlyList<string> row, string accelerator, bool host, GcpInstances.HalfPrice prices)
    {
        if (host)
        {
            _gcp.AddHost(place.InstanceType, place.Region, place.Zone, Number(row, "vCPUs"), Number(row, "MemoryGiB"), prices);
            return;
        }

        if (PriceNumbers.Number(_columns.Of(row, "AcceleratorCount"), out var count) != NumberKind.Number || count <= 0)
        {
            Quarantine(place, null, QuarantineRules.BadGpuCount, "AcceleratorCount is missing or no number above 0.");
            return;
        }

        if (DetailsOf(_columns.Of(row, "GpuInfo")) is not { } details)
        {
            Quarantine(place, null, QuarantineRules.BadGpuInfo, "GpuInfo cannot be read.");
            return;
        }

        // Of a slice the details may tell the whole GPU.
        if (details.Count is { } told && count >= 1 && told != count)
        {
            Quarantine(place, null, QuarantineRules.BadGpuCount, $"AcceleratorCount is {count:0.###}, GpuInfo tells of {told:0.###}.");
            return;
        }

        if (place.InstanceType.Length == 0)
        {
            _gcp.AddGpus(place.Region, place.Zone, accelerator, count, details.MemoryMiB, prices);
            return;
        }

        Offer(place, prices, _types.Check(new ImportedType(
            _cloud, place.InstanceType, accelerator, count, details.MemoryMiB, Number(row, "vCPUs"), Number(row, "MemoryGiB"), Disk(row),
            _columns.Of(row, "Arch") switch { "" => null, "arm64" => CpuArchitecture.Arm64, _ => CpuArchitecture.X64 })));
    }

    private void Offer(Place place, GcpInstances.HalfPrice prices, CheckedType type)
    {
        if (type.Shape is not { } shape)
        {
            Quarantine(place, null, type.Rule!, type.Detail!);
            return;
        }

        var zone = place.Zone.Length == 0 ? null : place.Zone;
        if (prices.OnDemand is { } onDemand)
        {
            _rows.Offer(shape, place.Region, zone, Capacity.OnDemand, onDemand, new PriceLines(place.Line));
        }

        if (prices.Spot is { } spot)
        {
            _rows.Offer(shape, place.Region, zone, Capacity.Spot, spot, new PriceLines(place.Line));
        }
    }

    private GpuDetails? DetailsOf(string text)
    {
        if (!_details.TryGetValue(text, out var details))
        {
            details = GpuDetails.TryRead(text, out var read) ? read : null;
            if (_details.Count < MostDetails)
            {
                _details.Add(text, details);
            }
        }

        return details;
    }

    // Null where there is no price left to take.
    private GcpInstances.HalfPrice? Prices(Place place, IReadOnlyList<string> row)
    {
        var (onDemandText, spotText) = (_columns.Of(row, "Price"), _columns.Of(row, "SpotPrice"));
        if (onDemandText.Length == 0 && spotText.Length == 0)
        {
            Quarantine(place, null, QuarantineRules.NoPrice, "The row has neither an on-demand nor a spot price.");
            return null;
        }

        var (onDemand, spot) = (Price(place, Capacity.OnDemand, onDemandText), Price(place, Capacity.Spot, spotText));
        return onDemand is null && spot is null ? null : new GcpInstances.HalfPrice(place.Line, onDemand, spot);
    }

    private decimal? Price(Place place, Capacity capacity, string text)
    {
        var kind = PriceNumbers.Price(text, out var price);
        if (kind == NumberKind.Wrong)
        {
            Quarantine(place, capacity, QuarantineRules.BadPrice, PriceText.BadPrice(text));
        }

        return kind == NumberKind.Number ? price : null;
    }

    private decimal? Number(IReadOnlyList<string> row, string column) => PriceNumbers.Number(_columns.Of(row, column), out var number) == NumberKind.Number ? number : null;

    private int? Disk(IReadOnlyList<string> row) =>
        Number(row, "LocalDiskSize") is > 0 and <= 1_000_000 and var size && Number(row, "LocalDiskCount") is > 0 and <= 100 and var count ? (int)(size * count) : null;

    private void Quarantine(Place place, Capacity? capacity, string rule, string detail) => _rows.Quarantine(place.Line, place.InstanceType, place.Region, capacity, rule, detail);

    private sealed record Place(int Line, string InstanceType, string Region, string Zone);
}
