using System.Globalization;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Says where an offer stands beside the first one.</summary>
internal static class Place
{
    public static string Of(Candidate chosen, Candidate first, Goal goal, int fitting)
    {
        var all = fitting == 1 ? "1 offer that fits" : string.Create(CultureInfo.InvariantCulture, $"{fitting} offers that fit");
        return ReferenceEquals(chosen, first) ? First(first, goal, all) : goal switch
        {
            Goal.CheapestToFinish when chosen.Finishes && first.Finishes => $"{Words.Usd(Money.Shown(chosen.ToFinish - first.ToFinish))} more to finish than {Name(first)}.",
            Goal.Fastest when chosen.HasTime && first.HasTime => $"{Words.Number(chosen.Time / Math.Max(first.Time, 1e-9))} times as long as {Name(first)}.",
            Goal.Balanced when chosen.Balance < double.MaxValue => $"Cost, time and risk come to {Words.Number(chosen.Balance)}, those of {Name(first)} to {Words.Number(first.Balance)} (3 would be the best of each).",
            _ => ByHour(chosen, first),
        };
    }

    public static string Name(Candidate candidate) =>
        $"{candidate.Offer.Offer.InstanceType} {Wire.Name(candidate.Offer.Offer.Capacity)} in {candidate.Offer.Offer.Region}";

    private static string First(Candidate first, Goal goal, string all) => goal switch
    {
        Goal.CheapestToFinish when first.Finishes => $"Cheapest to finish of {all}: {Words.Usd(Money.Shown(first.ToFinish))}.",
        Goal.Fastest when first.HasTime => first.Finishes
            ? $"Fastest of {all}: {Words.Hours(first.Time)}."
            : $"Fastest of {all}: {Words.Number(first.Time)} s per million tokens.",
        Goal.Balanced when first.Balance < double.MaxValue => $"Best balance of cost, time and risk of {all}.",
        _ => $"Cheapest per hour of {all}.",
    };

    private static string ByHour(Candidate chosen, Candidate first) =>
        chosen.PerHour == first.PerHour ? $"As dear as {Name(first)}, which comes first by the order of ties."
        : chosen.PerHour > first.PerHour ? $"{Words.PerHour(chosen.PerHour - first.PerHour)} more than {Name(first)}."
        : $"{Words.PerHour(first.PerHour - chosen.PerHour)} less than {Name(first)}, but its hours to finish are not known.";
}
