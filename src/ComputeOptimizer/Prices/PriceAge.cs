using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>When a price is too old to be trusted.</summary>
public static class PriceAge
{
    /// <summary>
    /// How far a price can be trusted beside the others of its snapshot: <see cref="PriceConfidence.Stale"/> when it is more than
    /// a year older than the newest one (<paramref name="newest"/>), whatever it was based on; otherwise what it is based on.
    /// The clock does not matter: a snapshot says the same tomorrow, and its age as a whole is shown by its dates.
    /// </summary>
    public static PriceConfidence Confidence(PriceConfidence basis, DateTimeOffset asOf, DateTimeOffset newest) =>
        basis != PriceConfidence.Unknown && asOf < newest.AddYears(-1) ? PriceConfidence.Stale : basis;
}
