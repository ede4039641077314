using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// One import of one source. Beside it are the offers that it changed; those it found as they were have their row in an earlier one.
/// It is never changed, so that whoever quoted from it can be shown it again.
/// </summary>
public sealed class PriceSnapshot
{
    public long Id { get; private set; }

    /// <summary>Who was read, such as <c>built-in</c>.</summary>
    public required string Source { get; init; }

    /// <summary>1, 2, 3, ... within the source, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>SHA-256 of what was read, in lower-case hexadecimal, where the same content is to be imported once; null elsewhere.</summary>
    public string? Sha256 { get; init; }

    public PriceFormat? Format { get; init; }

    public required DateTimeOffset ImportedAt { get; init; }

    /// <summary>When the source said so, which is the time of its prices that have none of their own.</summary>
    public required DateTimeOffset AsOf { get; init; }

    public required int Rows { get; init; }

    public required int Taken { get; init; }

    public required int WithoutGpu { get; init; }

    /// <summary>Spot offers that the source has after it.</summary>
    public required int SpotOffers { get; init; }

    /// <summary>On-demand offers that the source has after it.</summary>
    public required int OnDemandOffers { get; init; }

    public required int Added { get; init; }

    public required int Changed { get; init; }

    public required int Gone { get; init; }

    public required Dictionary<string, int> QuarantinedByRule { get; init; }

    /// <summary>The report of the import, with the prices that were kept out as far as <paramref name="quarantined"/> has them.</summary>
    public PriceImportReport ToReport(IReadOnlyList<QuarantinedPrice> quarantined) => new(
        Id,
        Source,
        Format,
        AsOf,
        ImportedAt,
        Rows,
        Taken,
        WithoutGpu,
        new Dictionary<string, int> { [Wire.Name(Capacity.Spot)] = SpotOffers, [Wire.Name(Capacity.OnDemand)] = OnDemandOffers },
        Added,
        Changed,
        Gone,
        QuarantinedByRule,
        quarantined);
}
