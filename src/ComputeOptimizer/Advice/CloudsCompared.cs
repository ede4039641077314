using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>Puts the clouds side by side. One ranking of all offers says which is the best of each, so that all are measured alike.</summary>
internal static class CloudsCompared
{
    /// <summary>Either the comparison, or the refusal when no cloud has an offer that fits.</summary>
    public static Advised<CloudComparison> Of(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        var ranking = Optimizer.Rank(request with { Limit = int.MaxValue }, snapshot, policy);
        var recommendation = ranking.Recommendation;
        if (recommendation.Ranked is not [var best, ..])
        {
            return new(null, NoFit.Explain(ranking, request));
        }

        var asked = request.Constraints.Clouds is { Count: > 0 } clouds ? clouds.Distinct().Order() : Enum.GetValues<Cloud>().AsEnumerable();
        return new(
            new CloudComparison(
                recommendation.Goal,
                best,
                [.. asked.Select(cloud => new ComparedCloud(cloud, Compare(ranking, best, cloud, Capacity.OnDemand), Compare(ranking, best, cloud, Capacity.Spot)))],
                snapshot.Id,
                recommendation.Assumptions),
            null);
    }

    private static ComparedOffer Compare(Ranking ranking, RankedOffer best, Cloud cloud, Capacity capacity)
    {
        if (ranking.Recommendation.Ranked.FirstOrDefault(ranked => Is(ranked.Offer)) is { } offer)
        {
            return new ComparedOffer(offer, Percent(offer.Cost.PerHour, best.Cost.PerHour), Percent(offer.Cost.ToFinish, best.Cost.ToFinish), null, null);
        }

        var refused = ranking.Refused.Where(entry => Is(entry.Offer)).ToList();
        return NoFit.Nearest(refused) is { } nearest
            ? new ComparedOffer(
                null,
                null,
                null,
                $"None of {refused.Sum(entry => entry.Offers)} {Wire.Name(capacity)} offers fits. Nearest is {nearest.Offer.InstanceType} in {nearest.Offer.Region} ({nearest.Rejection.Code}): {nearest.Rejection.Detail}",
                new RejectedOffer(nearest.Offer, nearest.Rejection.Code, nearest.Rejection.Detail) { Offers = nearest.Offers, Regions = nearest.Regions })
            : new ComparedOffer(null, null, null, $"No {Wire.Name(capacity)} offer of {Wire.Name(cloud)} is known.", null);

        bool Is(Offer other) => other.Cloud == cloud && other.Capacity == capacity;
    }

    /// <summary>One decimal; null where either is not known or the best costs nothing.</summary>
    private static decimal? Percent(decimal? cost, decimal? best) =>
        (cost, best) is ({ } some, { } least) && least > 0 ? Math.Round(100 * (some - least) / least, 1, MidpointRounding.AwayFromZero) : null;
}
