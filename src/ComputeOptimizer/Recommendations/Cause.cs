using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What an offer is refused for, finer than its code, in the order in which it is checked.</summary>
internal enum Cause
{
    None,
    LocalZone,
    Interruptions,
    Region,
    Price,

    /// <summary>Something that holds for the instance type or for its capacity.</summary>
    Shape,
    MaxHourly,
    UntilLimit,
    NeverFinishes,
    Deadline,
    ToFinish,
}

/// <summary>Says of one offer in words what it is refused for.</summary>
internal static class CauseWords
{
    public static Rejection Of(Cause cause, GpuOffer candidate, long priceMicros, PriceClass? of, Demand demand)
    {
        var (offer, constraints) = (candidate.Offer, demand.Request.Constraints);
        return cause switch
        {
            Cause.LocalZone => new(
                RejectionCodes.Policy,
                $"Its zone {offer.Zone} lies outside {offer.Region} and must be switched on for an account first; name the zone among the regions to take it.",
                1),
            Cause.Interruptions => new(RejectionCodes.Policy, Interruptions(candidate, constraints.MaxInterruptionPercent!.Value), 1),
            Cause.Region => new(RejectionCodes.Region, $"Its region is {offer.Region}; asked for is {demand.AskedRegions}.", 1),
            Cause.Price => new(RejectionCodes.UnknownPrice, $"No price is known; asked was {offer.Source}, of {offer.AsOf:yyyy-MM-dd}.", 1),
            _ => Budget(cause, offer.PricePerHour!.Value, priceMicros, of!, constraints),
        };
    }

    private static string Interruptions(GpuOffer candidate, decimal most) => candidate.InterruptionBand is { } band
        ? $"{band} of these instances are interrupted in a month; asked for is at most {Words.Number(most)}%."
        : $"How many of these instances are interrupted in a month is not known; asked for is at most {Words.Number(most)}%.";

    private static Rejection Budget(Cause cause, decimal price, long priceMicros, PriceClass of, Constraints constraints)
    {
        var perHour = price * of.Replicas;
        var money = of.Replicas == 1 ? Words.PerHour(price) : $"{of.Replicas} x {Words.PerHour(price)}";
        switch (cause)
        {
            case Cause.MaxHourly:
                var maxHourly = constraints.MaxHourly!.Value;
                return Refuse($"{money} is above the limit of {Words.PerHour(maxHourly)}.", (double)(perHour / maxHourly));
            case Cause.UntilLimit:
                var (total, hours) = (constraints.TotalBudget!.Value, constraints.MaxRuntimeHours!.Value);
                return Refuse($"{money} for up to {Words.Number(hours)} h is {Words.Usd(perHour * hours)}, above the budget of {Words.Usd(total)}.", (double)(perHour * hours / total));
            case Cause.NeverFinishes:
                return Refuse($"{Words.Number(of.InterruptionsPerHour)} interruptions per hour leave no time to finish.", double.MaxValue);
            case Cause.Deadline when of.Run is { } run:
                var deadline = constraints.DeadlineHours!.Value;
                return Refuse($"It would take about {Words.Hours(run.Total)}, longer than the {Words.Number(deadline)} h until the deadline.", run.Total / (double)deadline);
            case Cause.ToFinish when of.ToFinish(priceMicros) is { } finish:
                var budget = constraints.TotalBudget!.Value;
                return Refuse($"It would cost about {Words.Usd(Money.Usd(finish))} to finish, above the budget of {Words.Usd(budget)}.", finish / (double)budget);
            default:
                return Refuse("How long it would take is not known, so it cannot be held against the deadline or the budget.", double.MaxValue);
        }
    }

    private static Rejection Refuse(string detail, double distance) => new(RejectionCodes.Budget, detail, distance);
}
