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
            Goal.CheapestToFinish => a.ToFinish.CompareTo(b.ToFinish),
            Goal.Fastest => a.Time.CompareTo(b.Time) is not 0 and var faster ? faster : a.ToFinish.CompareTo(b.ToFinish),
            Goal.Balanced => a.Balance.CompareTo(b.Balance) is not 0 and var better ? better : a.ToFinish.CompareTo(b.ToFinish),
            _ => 0,
        };
        order = order != 0 ? order : a.PriceMicros.CompareTo(b.PriceMicros);
        order = order != 0 ? order : a.Time.CompareTo(b.Time);
        order = order != 0 ? order : a.Offer.Offer.Gpu.Count.CompareTo(b.Offer.Offer.Gpu.Count);
        return order != 0 ? order : OfferOrder.ByName.Compare(a.Offer.Offer, b.Offer.Offer);
    });

    /// <summary>Gives each candidate its <see cref="Candidate.Balance"/>; one without a known cost or time keeps the worst where others have one.</summary>
    public static void Weigh(IReadOnlyList<Candidate> candidates)
    {
        var timed = candidates.Any(candidate => candidate.HasTime);
        var (cost, time, risk) = (double.MaxValue, double.MaxValue, double.MaxValue);
        foreach (var candidate in candidates)
        {
            if (Counts(candidate))
            {
                (cost, time, risk) = (Math.Min(cost, candidate.CostMicros), Math.Min(time, candidate.Time), Math.Min(risk, candidate.Risk));
            }
        }

        foreach (var candidate in candidates)
        {
            if (Counts(candidate))
            {
                candidate.Balance = Ratio(candidate.CostMicros, cost) + (timed ? Ratio(candidate.Time, time) : 0) + ((1 + candidate.Risk) / (1 + risk));
            }
        }

        bool Counts(Candidate candidate) => candidate.CostMicros != long.MaxValue && (candidate.HasTime || !timed);
    }

    private static double Ratio(double value, double best) => value / Math.Max(best, 1e-9);
}
