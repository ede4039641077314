using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What an import has to store: rows of offers that are new or not what they were, and tombstones of those that are gone.</summary>
internal sealed record PriceDifference(IReadOnlyList<OfferRow> Rows, int Added, int Changed, int Gone)
{
    /// <param name="now">What the source has up to now, by key.</param>
    /// <param name="told">What it tells, each key once.</param>
    public static PriceDifference Between(IReadOnlyDictionary<OfferKey, OfferRow> now, IReadOnlyList<OfferRow> told)
    {
        var rows = new List<OfferRow>();
        var seen = new HashSet<OfferKey>(told.Count);
        var (added, changed) = (0, 0);
        foreach (var row in told)
        {
            var key = OfferKey.Of(row);
            seen.Add(key);
            if (!now.TryGetValue(key, out var before))
            {
                added++;
                rows.Add(row);
            }
            else if (!row.SaysTheSameAs(before))
            {
                changed++;
                rows.Add(row);
            }
        }

        var gone = now.Where(offer => !seen.Contains(offer.Key)).Select(offer => offer.Value.AsGone()).ToList();
        rows.AddRange(gone);
        return new PriceDifference(rows, added, changed, gone.Count);
    }
}
