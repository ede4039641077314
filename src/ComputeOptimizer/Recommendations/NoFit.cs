using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Explains that nothing fits: how many fell at which check, which came nearest, and what would let it through.</summary>
public static class NoFit
{
    /// <summary>The nearest miss is the offer that passed the most checks, then the one that failed by least, then the cheapest.</summary>
    public static RefusedOffer? Nearest(IReadOnlyList<RefusedOffer> refused) => refused
        .OrderByDescending(offer => Stage(offer.Rejection.Code))
        .ThenBy(offer => offer.Rejection.Distance)
        .ThenBy(offer => offer.Offer, OfferOrder.ByPriceThenName)
        .FirstOrDefault();

    /// <summary>The refusal <see cref="RefusalCodes.NoOfferFits"/> of a ranking without a ranked offer.</summary>
    public static Refusal Explain(Ranking ranking, Recommend request)
    {
        var counts = ranking.Recommendation.RejectedByCode
            .OrderByDescending(entry => entry.Value).ThenBy(entry => Stage(entry.Key))
            .Select(entry => $"{entry.Value} {entry.Key}");
        if (Nearest(ranking.Refused) is not { } nearest)
        {
            return new Refusal(RefusalCodes.NoOfferFits, "There are no offers at all.", "Import prices, then ask again.");
        }

        var offer = nearest.Offer;
        return new Refusal(
            RefusalCodes.NoOfferFits,
            $"None of {ranking.Recommendation.Considered} offers fits: {Words.List(counts)}. "
                + $"Nearest is {offer.InstanceType} {Wire.Name(offer.Capacity)} in {offer.Region}"
                + $"{(offer.PricePerHour is { } price ? $" at {Words.PerHour(price)}" : "")} ({nearest.Rejection.Code}): {nearest.Rejection.Detail}",
            string.Join(' ', [WhatWouldHelp(nearest, request), .. Almost(ranking.Recommendation.Almost)]));
    }

    private static IEnumerable<string> Almost(AlmostFits? almost) => almost is { Changes: [var change, ..] }
        ? [$"{almost.Offer.InstanceType} in {almost.Offer.Region} at {Words.PerHour(almost.Offer.PricePerHour!.Value)} would do with {change.Field} {change.Value}."]
        : [];

    private static string WhatWouldHelp(RefusedOffer nearest, Recommend request) => nearest.Rejection.Code switch
    {
        RejectionCodes.Budget => BudgetToRaise(nearest.Offer, request),
        RejectionCodes.Parallelism => "Take GPUs with more memory, or a quantised precision (int8, int4), so that fewer GPUs hold the model.",
        RejectionCodes.Memory => LessMemory(request.Requirements),
        RejectionCodes.Dtype => $"Use fp16 or fp32 instead of {Wire.Name(request.Requirements.Precision)}, or let newer GPUs in.",
        RejectionCodes.UnknownPrice => "Take another region, another capacity or other instance types: nobody told a price of these.",
        RejectionCodes.Capacity => "Take both kinds of capacity: 'spot-preferred'.",
        RejectionCodes.Region => "Leave the region out, or name one of those in GET /api/v1/offers where the rest of the constraints can be met.",
        _ => "Loosen the constraints on clouds, GPUs and instance types.",
    };

    private static string BudgetToRaise(Offer offer, Recommend request)
    {
        var constraints = request.Constraints;
        var price = offer.PricePerHour!.Value * (request.Job?.Replicas ?? 1);
        List<string> steps = [];
        if (constraints.MaxHourly is { } maxHourly && price > maxHourly)
        {
            steps.Add($"raise maxHourly to {Words.PerHour(price)}");
        }

        if (constraints is { TotalBudget: { } total, MaxRuntimeHours: { } hours } && price * hours > total)
        {
            steps.Add($"raise totalBudget to {Words.Usd(Math.Ceiling(price * hours * 100) / 100)} or lower maxRuntimeHours to {Words.Number(Math.Floor(total / price * 100) / 100)}");
        }

        return steps.Count > 0
            ? $"To take it, {string.Join(" and ", steps)}."
            : "Raise totalBudget, give more deadlineHours, or let faster GPUs in.";
    }

    private static string LessMemory(ModelRequirements requirements)
    {
        List<string> steps = [];
        if (requirements.Mode == WorkloadMode.Full)
        {
            steps.Add("mode 'lora' or 'qlora' instead of 'full'");
        }
        else if (requirements.Mode == WorkloadMode.Lora)
        {
            steps.Add("mode 'qlora' instead of 'lora'");
        }
        else if (requirements is { Mode: WorkloadMode.Inference, Precision: not (Precision.Int4 or Precision.Fp4) })
        {
            steps.Add("precision 'int8' or 'int4'");
        }

        if (requirements.BatchSize > 1)
        {
            steps.Add($"a batchSize below {requirements.BatchSize}");
        }

        if (requirements.ContextLength > 1)
        {
            steps.Add($"a contextLength below {requirements.ContextLength}");
        }

        steps.Add("constraints that let larger GPUs in");
        return $"What lowers the need: {string.Join(", ", steps)}.";
    }

    private static int Stage(string code)
    {
        for (var index = 0; index < Rejection.Order.Count; index++)
        {
            if (Rejection.Order[index] == code)
            {
                return index;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(code), code, "It is not a code of the closed list.");
    }
}
