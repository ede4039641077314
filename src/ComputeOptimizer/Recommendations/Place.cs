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
            Goal.CheapestToFinish when chosen.ToFinish is { } cost && first.ToFinish is { } least => $"{Words.Usd(cost - least)} more to finish than {Name(first)}.",
            Goal.Fastest when chosen.Time is { } time && first.Time is { } least => $"{Words.Number(time / Math.Max(least, 1e-9))} times as long as {Name(first)}.",
            Goal.Balanced when chosen.Balance < double.MaxValue => $"Cost, time and risk come to {Words.Number(chosen.Balance)}, those of {Name(first)} to {Words.Number(first.Balance)} (3 would be the best of each).",
            _ => ByHour(chosen, first),
        };
    }

    public static string Name(Candidate candidate) =>
        $"{candidate.Offer.Offer.InstanceType} {Wire.Name(candidate.Offer.Offer.Capacity)} in {candidate.Offer.Offer.Region}";

    private static string First(Candidate first, Goal goal, string all) => goal switch
    {
        Goal.CheapestToFinish when first.ToFinish is { } cost => $"Cheapest to finish of {all}: {Words.Usd(cost)}.",
        Goal.Fastest when first.Time is { } time => first.ToFinish is null
            ? $"Fastest of {all}: {Words.Number(time)} s per million tokens."
            : $"Fastest of {all}: {Words.Hours(time)}.",
        Goal.Balanced when first.Balance < double.MaxValue => $"Best balance of cost, time and risk of {all}.",
        _ => $"Cheapest per hour of {all}.",
    };

    private static string ByHour(Candidate chosen, Candidate first) =>
        chosen.PerHour == first.PerHour ? $"As dear as {Name(first)}, which comes first by the order of ties."
        : chosen.PerHour > first.PerHour ? $"{Words.PerHour(chosen.PerHour - first.PerHour)} more than {Name(first)}."
        : $"{Words.PerHour(first.PerHour - chosen.PerHour)} less than {Name(first)}, but its hours to finish are not known.";
}
