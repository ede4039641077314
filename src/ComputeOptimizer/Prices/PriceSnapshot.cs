using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>All prices that one source told at once. It is never changed, so that whoever quoted from it can be shown it again.</summary>
public sealed class PriceSnapshot
{
    public long Id { get; private set; }

    /// <summary>Who was read, such as <c>built-in</c>.</summary>
    public required string Source { get; init; }

    /// <summary>SHA-256 of what was read, in lower-case hexadecimal: the same content is imported once.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset ImportedAt { get; init; }

    /// <summary>The newest time among its prices.</summary>
    public required DateTimeOffset AsOf { get; init; }

    public required List<OfferRow> Offers { get; init; }
}
