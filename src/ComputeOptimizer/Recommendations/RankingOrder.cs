using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Who comes first among the offers that fit; total orders, so that nothing is left to chance.</summary>
internal static class RankingOrder
{
    /// <summary>
    /// <list type="bullet">
    /// <item><see cref="Goal.CheapestHour"/>: price per hour, then hours to finish (or seconds per million tokens).</item>
    /// <item><see cref="Goal.CheapestToFinish"/>: cost to finish, then the same.</item>
    /// <item><see cref="Goal.Fastest"/>: hours to finish (or seconds per million tokens), then cost to finish, then price per hour.</item>
    /// <item><see cref="Goal.Balanced"/>: the sum of three ratios to the best of all that fit, cost (to finish, or per hour where the work has
    /// no end), time, and 1 + expected interruptions; then the same as the cheapest to finish.</item>
    /// </list>
    /// Ties go to fewer GPUs in the instance, then <see cref="OfferOrder.ByName"/> (where spot comes before on-demand). What is not known comes last.
    /// </summary>
    public static IComparer<Candidate> For(Goal goal) => Comparer<Candidate>.Create((a, b) =>
    {
        var order = goal switch
        {
            Goal.CheapestToFinish => Finish(a).CompareTo(Finish(b)),
            Goal.Fastest => Time(a).CompareTo(Time(b)) is not 0 and var faster ? faster : Finish(a).CompareTo(Finish(b)),
            Goal.Balanced => a.Balance.CompareTo(b.Balance) is not 0 and var better ? better : Finish(a).CompareTo(Finish(b)),
            _ => 0,
        };
        order = order != 0 ? order : a.PerHour.CompareTo(b.PerHour);
        order = order != 0 ? order : Time(a).CompareTo(Time(b));
        order = order != 0 ? order : a.Offer.Offer.Gpu.Count.CompareTo(b.Offer.Offer.Gpu.Count);
        return order != 0 ? order : OfferOrder.ByName.Compare(a.Offer.Offer, b.Offer.Offer);
    });

    /// <summary>Gives each candidate its <see cref="Candidate.Balance"/>; one without a known cost or time keeps the worst where others have one.</summary>
    public static void Weigh(IReadOnlyList<Candidate> candidates)
    {
        var known = candidates.Where(candidate => candidate is { Cost: not null, Time: not null }).ToList();
        var timed = known.Count > 0;
        if (!timed)
        {
            known = [.. candidates.Where(candidate => candidate.Cost is not null)];
        }

        if (known.Count == 0)
        {
            return;
        }

        var (cost, risk) = ((double)known.Min(candidate => candidate.Cost!.Value), known.Min(candidate => candidate.Risk));
        var time = timed ? known.Min(candidate => candidate.Time!.Value) : 1;
        foreach (var candidate in known)
        {
            candidate.Balance = Ratio((double)candidate.Cost!.Value, cost) + (timed ? Ratio(candidate.Time!.Value, time) : 0) + ((1 + candidate.Risk) / (1 + risk));
        }
    }

    private static double Ratio(double value, double best) => value / Math.Max(best, 1e-9);

    private static decimal Finish(Candidate candidate) => candidate.ToFinish ?? decimal.MaxValue;

    private static double Time(Candidate candidate) => candidate.Time ?? double.MaxValue;
}
