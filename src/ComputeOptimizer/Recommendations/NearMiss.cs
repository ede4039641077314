using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Finds the cheapest offer that nearly fits, with what would make it fit.</summary>
internal static class NearMiss
{
    // Each try sizes the workload some dozens of times.
    private const int MaxTries = 10;

    /// <summary>
    /// The cheapest offer below <paramref name="below"/> USD per hour (or within the limits of money, where that is null) which number format,
    /// memory within <see cref="OptimizerPolicy.AlmostFactor"/>, or the split refuses, and which a change of the request lets in.
    /// </summary>
    /// <param name="refused">By price.</param>
    public static AlmostFits? Find(IReadOnlyList<RefusedOffer> refused, decimal? below, Demand demand, OfferSnapshot snapshot)
    {
        var near = refused.Where(entry =>
            entry.Rejection is { Code: RejectionCodes.Memory or RejectionCodes.Dtype or RejectionCodes.Parallelism } rejection
            && rejection.Distance <= demand.Policy.AlmostFactor
            && entry.Offer.PricePerHour is { } price && (below is { } most ? price < most : Affordable(price, demand)));
        foreach (var entry in near.Take(MaxTries))
        {
            var changes = FitChanges.Of(entry.Offer, demand, snapshot);
            if (changes.Count > 0)
            {
                return new AlmostFits(entry.Offer, entry.Rejection.Code, entry.Rejection.Detail, changes);
            }
        }

        return null;
    }

    private static bool Affordable(decimal price, Demand demand)
    {
        var constraints = demand.Request.Constraints;
        var perHour = price * demand.Work.Replicas;
        return !(perHour > constraints.MaxHourly) && !(perHour * constraints.MaxRuntimeHours > constraints.TotalBudget);
    }
}
