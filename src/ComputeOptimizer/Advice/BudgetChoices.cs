using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>
/// Which offer is chosen at which budget. A larger budget only lets more offers in, each from an amount of its own on, so that going
/// through them in the order of these amounts meets every choice there is.
/// </summary>
internal static class BudgetChoices
{
    public const int MaxBudgets = 50;
    private const int MaxChanges = 200;

    // Room for the rounding of the double that a cost to finish is, in 10^-4 USD.
    private const double Rounding = 1e-5;

    /// <summary>Either the choices, or the refusal when nothing fits at any budget.</summary>
    /// <param name="request">Without the limit that the budgets stand for.</param>
    /// <param name="budgets">USD, above 0.</param>
    /// <param name="total">Whether they are for the whole time; per hour otherwise.</param>
    public static Advised<WhatIf> Of(Recommend request, IReadOnlyList<decimal> budgets, bool total, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        var judgement = Optimizer.Judge(request, snapshot, policy);
        var hours = request.Constraints.MaxRuntimeHours;
        var affordable = judgement.Candidates
            .Where(candidate => !total || hours is not null || candidate.Finishes)
            .Select(candidate => (Least: total ? LeastTotal(candidate, hours) : candidate.PerHour, Candidate: candidate))
            .OrderBy(entry => entry.Least)
            .ToList();
        if (affordable.Count == 0)
        {
            return new(null, NoFit.Explain(Optimizer.Rank(request, snapshot, policy), request));
        }

        var steps = Steps(affordable, judgement.Demand.Goal);
        var smallest = Money.Usd(steps[0].From);
        return new(
            new WhatIf(
                judgement.Demand.Goal,
                [.. budgets.Select(budget => At(budget, steps, smallest, judgement.Demand))],
                smallest,
                [.. steps.Take(MaxChanges).Select(step => new BudgetChange(Money.Usd(step.From), Choice(step.Chosen, judgement.Demand)))],
                snapshot.Id,
                Assumptions.Of(judgement.Demand)),
            null);
    }

    /// <summary>The budgets at which the choice changes, ascending.</summary>
    private static List<(decimal From, Candidate Chosen)> Steps(List<(decimal Least, Candidate Candidate)> affordable, Goal goal)
    {
        var order = RankingOrder.For(goal);
        var steps = new List<(decimal From, Candidate Chosen)>();
        var within = new List<Candidate>();
        Candidate? chosen = null;
        for (var i = 0; i < affordable.Count; i++)
        {
            var (least, candidate) = affordable[i];
            if (goal == Goal.Balanced)
            {
                AddUnbeaten(candidate, within);
            }

            chosen = chosen is null || order.Compare(candidate, chosen) < 0 ? candidate : chosen;
            if (i + 1 < affordable.Count && affordable[i + 1].Least == least)
            {
                continue;
            }

            // A balance is a ratio to the best of those that fit, which may have become better.
            if (goal == Goal.Balanced)
            {
                RankingOrder.Weigh(within);
                chosen = within.Min(order)!;
            }

            if (steps.Count == 0 || !ReferenceEquals(steps[^1].Chosen, chosen))
            {
                steps.Add((least, chosen));
            }
        }

        return steps;
    }

    // Whoever is beaten in all three is never chosen and moves none of the best; with it each step would weigh everything before it.
    private static void AddUnbeaten(Candidate candidate, List<Candidate> within)
    {
        if (!within.Exists(other => Beats(other, candidate)))
        {
            within.RemoveAll(other => Beats(candidate, other));
            within.Add(candidate);
        }
    }

    private static bool Beats(Candidate one, Candidate other) =>
        one.CostMicros != long.MaxValue
        && one.CostMicros <= other.CostMicros && one.Time <= other.Time && one.Risk <= other.Risk
        && (one.CostMicros < other.CostMicros || one.Time < other.Time || one.Risk < other.Risk);

    private static WhatIfBudget At(decimal budget, List<(decimal From, Candidate Chosen)> steps, decimal smallest, Demand demand) =>
        steps.FindLast(step => step.From <= budget) is { Chosen: { } chosen }
            ? new WhatIfBudget(budget, Choice(chosen, demand), null)
            : new WhatIfBudget(budget, null, new Refusal(
                RefusalCodes.NoOfferFits, $"Nothing fits within {Words.Number(budget)} USD.", $"Raise the budget to {Words.Number(smallest)} USD, or loosen the other constraints."));

    private static BudgetChoice Choice(Candidate candidate, Demand demand)
    {
        var entry = new RankedEntries(demand, [candidate], 1).First(1)[0];
        return new BudgetChoice(entry.Offer, entry.Fit, entry.Cost with { Breakdown = null });
    }

    /// <summary>The price until the limit of hours, or the cost to finish where there is none; rounded up to 10^-4 USD.</summary>
    private static decimal LeastTotal(Candidate candidate, decimal? hours) => hours is { } limit
        ? Math.Ceiling(candidate.PerHour * limit * 10_000) / 10_000
        : (decimal)Math.Ceiling((candidate.Class.ToFinish(candidate.PriceMicros)!.Value * 10_000) + Rounding) / 10_000;
}
