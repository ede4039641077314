using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What an import has to store: rows of offers that are new or not what they were, and tombstones of those that are gone.</summary>
internal sealed record PriceDifference(IReadOnlyList<OfferRow> Rows, int Added, int Changed, int Gone)
{
    /// <param name="now">What the source has up to now, each key once.</param>
    /// <param name="told">What it tells, each key once.</param>
    public static PriceDifference Between(IReadOnlySet<OfferRow> now, IReadOnlyList<OfferRow> told)
    {
        var rows = new List<OfferRow>();
        var before = now.ToDictionary(OfferKey.Of);
        var (added, changed) = (0, 0);
        foreach (var row in told)
        {
            if (!before.Remove(OfferKey.Of(row), out var known))
            {
                added++;
                rows.Add(row);
            }
            else if (!row.SaysTheSameAs(known))
            {
                changed++;
                rows.Add(row);
            }
        }

        var gone = before.Values.Select(row => row.AsGone()).ToList();
        rows.AddRange(gone);
        return new PriceDifference(rows, added, changed, gone.Count);
    }
}
