using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>One offer as it was imported, with figures as exact as the source gave them. A later row of the same source and key replaces it.</summary>
public sealed class OfferRow
{
    private const decimal FourDecimals = 0.0000m;

    public long Id { get; private set; }

    public long SnapshotId { get; private set; }

    public required Cloud Cloud { get; init; }

    public required string Region { get; init; }

    public string? Zone { get; init; }

    public required string InstanceType { get; init; }

    public required Capacity Capacity { get; init; }

    /// <summary>USD per hour of the whole instance; null where the source tells none.</summary>
    public decimal? PricePerHour { get; init; }

    /// <summary>Listed by the source, estimated from it, or unknown; age is judged when it is read (<see cref="PriceAge"/>).</summary>
    public required PriceConfidence PriceBasis { get; init; }

    public required string PriceSource { get; init; }

    /// <summary>When the price was told; null where it is as old as the snapshot that tells it last.</summary>
    public DateTimeOffset? PriceAsOf { get; init; }

    public string? InterruptionBand { get; init; }

    public required string GpuModel { get; init; }

    public required string GpuVendor { get; init; }

    public required decimal GpuCount { get; init; }

    public required int GpuMemoryMiB { get; init; }

    /// <summary>Where the memory figure comes from; the words are explained at <see cref="BuiltInCatalog"/>.</summary>
    public required string GpuMemorySource { get; init; }

    public string? ComputeCapability { get; init; }

    public required Interconnect Interconnect { get; init; }

    public required decimal Vcpus { get; init; }

    public required decimal MemoryGiB { get; init; }

    public int? LocalDiskGB { get; init; }

    public required CpuArchitecture Architecture { get; init; }

    public required bool Withdrawn { get; init; }

    public string? Note { get; init; }

    /// <summary>True for a row that says only that the source does not tell this offer any more.</summary>
    public bool Gone { get; init; }

    /// <summary>An offer of a known instance type.</summary>
    public static OfferRow Of(
        InstanceShape shape, string region, string? zone, Capacity capacity, decimal? pricePerHour, PriceConfidence basis, string source, DateTimeOffset? asOf = null) => new()
        {
            Cloud = shape.Cloud,
            Region = region,
            Zone = zone,
            InstanceType = shape.InstanceType,
            Capacity = capacity,
            PricePerHour = pricePerHour,
            PriceBasis = basis,
            PriceSource = source,
            PriceAsOf = asOf,
            GpuModel = shape.Gpu.Model,
            GpuVendor = shape.Gpu.Vendor,
            GpuCount = shape.Gpu.Count,
            GpuMemoryMiB = shape.Gpu.MemoryMiB,
            GpuMemorySource = shape.GpuMemorySource,
            ComputeCapability = shape.Gpu.ComputeCapability,
            Interconnect = shape.Gpu.Interconnect,
            Vcpus = shape.Vcpus,
            MemoryGiB = shape.MemoryGiB,
            LocalDiskGB = shape.LocalDiskGB,
            Architecture = shape.Architecture,
            Withdrawn = shape.Withdrawn,
        };

    /// <summary>The instance type without place and price.</summary>
    public InstanceShape Shape() => new(
        Cloud,
        InstanceType,
        new OfferGpu(GpuModel, Plain(GpuCount), GpuMemoryMiB, GpuVendor, ComputeCapability, Interconnect),
        GpuMemorySource,
        Plain(Vcpus),
        Plain(MemoryGiB),
        LocalDiskGB,
        Architecture,
        Withdrawn);

    /// <summary>True where nothing differs but the place in the store.</summary>
    public bool SaysTheSameAs(OfferRow other) => PricePerHour == other.PricePerHour && Facts() == other.Facts();

    /// <summary>The tombstone of this offer.</summary>
    public OfferRow AsGone() => With(PricePerHour, gone: true, text => text);

    /// <summary>
    /// The row as both databases give it back: at most 6 decimals of money, 3 of the GPU count, 2 of CPUs and memory, times in whole milliseconds.
    /// </summary>
    public OfferRow Rounded() =>
        (PricePerHour?.Scale ?? 0) <= 6 && GpuCount.Scale <= 3 && Vcpus.Scale <= 2 && MemoryGiB.Scale <= 2 && (PriceAsOf is not { } time || (time.Offset == TimeSpan.Zero && time.Ticks % TimeSpan.TicksPerMillisecond == 0))
            ? this
            : With(PricePerHour is { } price ? Math.Round(price, 6, MidpointRounding.AwayFromZero) : null, Gone, text => text);

    /// <summary>The row with texts that others have as well, instead of its own copies of them.</summary>
    public OfferRow Shared(Func<string, string> text) => With(PricePerHour, Gone, text);

    private OfferRow With(decimal? price, bool gone, Func<string, string> text) => new()
    {
        Cloud = Cloud,
        Region = text(Region),
        Zone = Zone is null ? null : text(Zone),
        InstanceType = text(InstanceType),
        Capacity = Capacity,
        PricePerHour = price,
        PriceBasis = PriceBasis,
        PriceSource = text(PriceSource),
        PriceAsOf = PriceAsOf is { } asOf ? asOf.ToUniversalTime().AddTicks(-(asOf.Ticks % TimeSpan.TicksPerMillisecond)) : null,
        InterruptionBand = InterruptionBand is null ? null : text(InterruptionBand),
        GpuModel = text(GpuModel),
        GpuVendor = text(GpuVendor),
        GpuCount = Math.Round(GpuCount, 3, MidpointRounding.AwayFromZero),
        GpuMemoryMiB = GpuMemoryMiB,
        GpuMemorySource = text(GpuMemorySource),
        ComputeCapability = ComputeCapability is null ? null : text(ComputeCapability),
        Interconnect = Interconnect,
        Vcpus = Math.Round(Vcpus, 2, MidpointRounding.AwayFromZero),
        MemoryGiB = Math.Round(MemoryGiB, 2, MidpointRounding.AwayFromZero),
        LocalDiskGB = LocalDiskGB,
        Architecture = Architecture,
        Withdrawn = Withdrawn,
        Note = Note is null ? null : text(Note),
        Gone = gone,
    };

    private (PriceConfidence, string, DateTimeOffset?, string?, InstanceShape, string?) Facts() => (PriceBasis, PriceSource, PriceAsOf, InterruptionBand, Shape(), Note);

    /// <summary>The offer among others whose newest price is of <paramref name="newest"/>; money is rounded to 4 decimals.</summary>
    /// <param name="told">When the source told its prices last, which is the time of a row that has none; <paramref name="newest"/> unless given.</param>
    public GpuOffer ToOffer(DateTimeOffset newest, DateTimeOffset? told = null) => new(
        new Offer(
            Cloud,
            Region,
            Zone,
            InstanceType,
            Capacity,
            new OfferGpu(GpuModel, Plain(GpuCount), GpuMemoryMiB, GpuVendor, ComputeCapability, Interconnect),
            Plain(Vcpus),
            Plain(MemoryGiB),
            LocalDiskGB,
            PricePerHour is { } price ? Math.Round(price, 4, MidpointRounding.AwayFromZero) + FourDecimals : null,
            PriceSource,
            PriceAsOf ?? told ?? newest,
            PriceAge.Confidence(PriceBasis, PriceAsOf ?? told ?? newest, newest)),
        Architecture,
        Withdrawn,
        InterruptionBand);

    /// <summary>The row in the history of its price.</summary>
    public PricePoint ToPoint(PriceSnapshot snapshot) => new(
        snapshot.Id,
        snapshot.Source,
        Region,
        Zone,
        Capacity,
        PricePerHour is { } price ? Math.Round(price, 4, MidpointRounding.AwayFromZero) + FourDecimals : null,
        PriceAsOf ?? snapshot.AsOf,
        snapshot.ImportedAt,
        Gone);

    // The two databases give a decimal back with different trailing zeros; the API shows it in one way.
    private static decimal Plain(decimal value) => value / 1.000000000000000000000000000000m;
}
