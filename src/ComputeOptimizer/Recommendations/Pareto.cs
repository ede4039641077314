using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>The offers that no other one beats in cost, time and risk together.</summary>
internal static class Pareto
{
    /// <summary>
    /// Cheapest first. An unknown time counts as longer than any known one; a candidate without a known cost is left out where the work has an
    /// end. Of candidates that are equal in all three the first by name is taken.
    /// </summary>
    public static IReadOnlyList<ParetoOffer> Front(IEnumerable<Candidate> candidates)
    {
        var sorted = candidates.Where(candidate => candidate.CostMicros != long.MaxValue).ToList();
        sorted.Sort((a, b) =>
        {
            var order = a.CostMicros.CompareTo(b.CostMicros);
            order = order != 0 ? order : a.Time.CompareTo(b.Time);
            order = order != 0 ? order : a.Risk.CompareTo(b.Risk);
            return order != 0 ? order : OfferOrder.ByName.Compare(a.Offer.Offer, b.Offer.Offer);
        });

        // Whoever could beat a candidate stands before it, so that each is compared with the front alone.
        var front = new List<Candidate>();
        foreach (var candidate in sorted)
        {
            if (!front.Exists(better => better.Time <= candidate.Time && better.Risk <= candidate.Risk))
            {
                front.Add(candidate);
            }
        }

        return [.. front.Select(candidate => new ParetoOffer(candidate.Offer.Offer, candidate.Cost, candidate.HasTime ? candidate.Time : null, candidate.Risk))];
    }
}
