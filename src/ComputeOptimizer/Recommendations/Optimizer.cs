using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>
/// Chooses among offers. Pure: the same request, offers and policy give the same answer, in whatever order the offers come, and
/// every offer is counted once, as one that fits or under one cause against it.
/// </summary>
public static class Optimizer
{
    /// <summary>Instance types that are ranked unless the caller says otherwise.</summary>
    public const int DefaultLimit = 20;

    /// <summary>Ranks the offers that fit, best first, and says of each other one why not.</summary>
    public static Ranking Rank(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        var (demand, refused, fitting, candidates) = Judge(request, snapshot, policy);
        RankingOrder.Weigh(candidates);
        var order = RankingOrder.For(demand.Goal);
        var best = fitting.Select(group => group.Candidates.Min(order)!).Order(order).ToList();
        var number = fitting.Sum(group => group.Fitting.Count);
        var ranked = new RankedEntries(demand, best, number);
        return new Ranking(
            new Recommendation(
                ranked.First(request.Limit ?? DefaultLimit),
                [.. refused.Select(entry => new RejectedOffer(entry.Offer, entry.Rejection.Code, entry.Rejection.Detail) { Offers = entry.Offers, Regions = entry.Regions })],
                ByCode(refused),
                snapshot.Offers.Count,
                demand.Goal,
                Assumptions.Of(demand))
            {
                Snapshot = snapshot.Id,
                Fitting = number,
                Inputs = Inputs.OfAll(demand),
                Pareto = Pareto.Front(candidates),
                Almost = NearMiss.Find(refused, best is [var first, ..] ? first.Price : null, demand, snapshot),
                Mixed = MixedFleets.Of(fitting, demand),
            },
            refused);
    }

    /// <summary>Judges every offer without ranking those that fit.</summary>
    internal static Judgement Judge(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        var demand = new Demand(request, snapshot, policy);
        var refused = new List<RefusedOffer>();
        var judge = new GroupJudge(demand, refused);
        var fitting = new List<FittingGroup>();
        for (var index = 0; index < snapshot.Groups.Count; index++)
        {
            if (judge.Judge(snapshot.Groups[index], snapshot.Index.Columns[index]) is { } fits)
            {
                fitting.Add(fits);
            }
        }

        refused.Sort(static (a, b) => a.Rank.CompareTo(b.Rank));
        var candidates = new List<Candidate>();
        foreach (var group in fitting)
        {
            candidates.AddRange(group.Candidates);
        }

        return new Judgement(demand, refused, fitting, candidates);
    }

    private static Dictionary<string, int> ByCode(List<RefusedOffer> refused)
    {
        var counts = refused.GroupBy(entry => entry.Rejection.Code, StringComparer.Ordinal)
            .ToDictionary(entries => entries.Key, entries => entries.Sum(entry => entry.Offers), StringComparer.Ordinal);
        return Rejection.Order.Where(counts.ContainsKey).ToDictionary(code => code, code => counts[code], StringComparer.Ordinal);
    }
}

/// <summary>A recommendation with the rejections as they were judged, for <see cref="NoFit"/>.</summary>
public sealed record Ranking(Recommendation Recommendation, IReadOnlyList<RefusedOffer> Refused);

/// <summary>Offers of an instance type and capacity that failed for the same cause.</summary>
/// <param name="Offer">The cheapest of them.</param>
/// <param name="Offers">How many they are.</param>
/// <param name="Regions">Their regions, cheapest first, at most ten.</param>
public sealed record RefusedOffer(Offer Offer, Rejection Rejection, int Offers, IReadOnlyList<string> Regions)
{
    /// <summary>Place of the offer in the snapshot's order by price and name.</summary>
    internal int Rank { get; init; }
}

/// <param name="Refused">By place in the snapshot.</param>
/// <param name="Candidates">Of all that fit the cheapest of each price class, in no order.</param>
internal sealed record Judgement(Demand Demand, List<RefusedOffer> Refused, List<FittingGroup> Fitting, List<Candidate> Candidates);
