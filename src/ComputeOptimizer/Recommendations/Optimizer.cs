using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>
/// Chooses among offers. Pure: the same request, offers and policy give the same answer, in whatever order the offers come, and
/// every offer ends in one of two lists.
/// </summary>
public static class Optimizer
{
    /// <summary>Ranks the offers that fit, best first, and says of each other one why not.</summary>
    public static Ranking Rank(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        var offers = snapshot.Offers;
        var goal = request.Goal ?? Goal.CheapestHour;
        var fitting = new List<FittingOffer>();
        var refused = new List<RefusedOffer>();
        foreach (var candidate in offers)
        {
            var (fits, rejection) = Judge(candidate, request, policy);
            if (fits is not null)
            {
                fitting.Add(fits);
            }
            else
            {
                refused.Add(new RefusedOffer(candidate.Offer, rejection!));
            }
        }

        fitting.Sort(RankingOrder.For(goal));
        refused.Sort((a, b) => OfferOrder.ByPriceThenName.Compare(a.Offer, b.Offer));
        var ranked = fitting
            .Select(fits => new RankedOffer(fits.Candidate.Offer, fits.Fit, fits.Cost, Reasons.Of(fits, fitting, request, goal, policy)))
            .ToList();
        var byCode = Rejection.Order
            .Select(code => (Code: code, Count: refused.Count(offer => offer.Rejection.Code == code)))
            .Where(entry => entry.Count > 0)
            .ToDictionary(entry => entry.Code, entry => entry.Count, StringComparer.Ordinal);
        return new Ranking(
            new Recommendation(
                ranked,
                [.. refused.Select(offer => new RejectedOffer(offer.Offer, offer.Rejection.Code, offer.Rejection.Detail))],
                byCode,
                offers.Count,
                goal,
                Reasons.Assumptions(request, policy)),
            refused);
    }

    private static (FittingOffer? Fits, Rejection? Rejection) Judge(GpuOffer candidate, Recommend request, OptimizerPolicy policy)
    {
        var offer = candidate.Offer;
        if (OfferChecks.BeforeSizing(candidate, request) is { } unsuitable)
        {
            return (null, unsuitable);
        }

        var price = offer.PricePerHour!.Value;
        var (fit, misfit) = MemoryFit.Place(request.Requirements, offer.Gpu, policy);
        if (fit is null)
        {
            return (null, misfit);
        }

        if (OfferChecks.AfterSizing(offer, price, fit, request, policy) is { } unaffordable)
        {
            return (null, unaffordable);
        }

        var hours = RunTime.Hours(request, offer.Gpu, fit.GpusUsed, policy);
        var cost = new OfferCost(
            price,
            hours is { } finish ? Usd(price * finish) : null,
            request.Constraints.MaxRuntimeHours is { } limit ? Usd(price * limit) : null,
            hours);
        return (new FittingOffer(candidate, fit, cost), null);
    }

    private static decimal Usd(decimal amount) => Math.Round(amount, 4, MidpointRounding.AwayFromZero);
}

/// <summary>A recommendation with the rejections as they were judged, for <see cref="NoFit"/>.</summary>
public sealed record Ranking(Recommendation Recommendation, IReadOnlyList<RefusedOffer> Refused);

/// <summary>An offer that passed every check.</summary>
public sealed record FittingOffer(GpuOffer Candidate, OfferFit Fit, OfferCost Cost);

/// <summary>An offer that failed one.</summary>
public sealed record RefusedOffer(Offer Offer, Rejection Rejection);

/// <summary>Who comes first among the offers that fit; a total order, so that nothing is left to chance.</summary>
public static class RankingOrder
{
    /// <summary>
    /// <see cref="Goal.CheapestHour"/>: price per hour, then hours to finish, then GPUs in the instance, then
    /// <see cref="OfferOrder.ByName"/> (where spot comes before on-demand).
    /// <see cref="Goal.CheapestToFinish"/>: cost to finish, then the same. What is not known comes last.
    /// </summary>
    public static IComparer<FittingOffer> For(Goal goal) => Comparer<FittingOffer>.Create((a, b) =>
    {
        var order = goal == Goal.CheapestToFinish ? UnknownLast(a.Cost.ToFinish, b.Cost.ToFinish) : 0;
        order = order != 0 ? order : a.Cost.PerHour.CompareTo(b.Cost.PerHour);
        order = order != 0 ? order : UnknownLast(a.Cost.HoursToFinish, b.Cost.HoursToFinish);
        order = order != 0 ? order : a.Candidate.Offer.Gpu.Count.CompareTo(b.Candidate.Offer.Gpu.Count);
        return order != 0 ? order : OfferOrder.ByName.Compare(a.Candidate.Offer, b.Candidate.Offer);
    });

    private static int UnknownLast(decimal? a, decimal? b) => (a ?? decimal.MaxValue).CompareTo(b ?? decimal.MaxValue);
}
