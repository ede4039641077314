using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>What may be asked of other budgets.</summary>
internal static class WhatIfRules
{
    /// <summary>The refusal with the messages of every field at fault; null when the request can be worked on.</summary>
    public static Refusal? Check(WhatIfRequest request)
    {
        var faults = new Faults();
        CheckBudgets("hourly", request.Hourly, faults);
        CheckBudgets("total", request.Total, faults);
        faults.Unless(request.Hourly is null || request.Total is null, "total", "Give hourly or total, not both.");
        faults.Unless(request.Hourly is not null || request.Total is not null, "hourly", "Give hourly or total: budgets in USD.");
        if (request.Request is not { } question)
        {
            faults.Add("request", "It is needed: a request as POST /api/v1/recommendations takes it.");
            return faults.Refusal();
        }

        const string InPlace = "The budgets stand in its place; leave it out.";
        faults.Unless(request.Hourly is null || question.Constraints?.MaxHourly is null, "request.constraints.maxHourly", InPlace);
        faults.Unless(request.Total is null || question.Constraints?.TotalBudget is null, "request.constraints.totalBudget", InPlace);
        var first = (request.Hourly ?? request.Total)?.FirstOrDefault(budget => budget is > 0 and <= ConstraintRules.MaxUsd) is { } budget and > 0 ? budget : 1;
        foreach (var (field, messages) in RequestRules.Check(Under(request, first))?.Errors ?? new Dictionary<string, string[]>())
        {
            faults.Add($"request.{field}", messages[0]);
        }

        return faults.Refusal();
    }

    /// <summary>The request with one of the budgets in it.</summary>
    public static RecommendationRequest Under(WhatIfRequest request, decimal budget)
    {
        var constraints = request.Request!.Constraints ?? new Constraints();
        return request.Request with { Constraints = request.Total is null ? constraints with { MaxHourly = budget } : constraints with { TotalBudget = budget } };
    }

    /// <summary>The refusal with the paths of the fields as they are in the body.</summary>
    public static Refusal InRequest(Refusal refusal) =>
        refusal with { Errors = refusal.Errors?.ToDictionary(entry => $"request.{entry.Key}", entry => entry.Value, StringComparer.Ordinal) };

    private static void CheckBudgets(string field, IReadOnlyList<decimal>? budgets, Faults faults)
    {
        faults.Unless(budgets is null or { Count: >= 1 and <= BudgetChoices.MaxBudgets }, field, $"It must have 1 to {BudgetChoices.MaxBudgets} entries.");
        faults.Unless(
            budgets is null || budgets.All(budget => budget is > 0 and <= ConstraintRules.MaxUsd), field, $"Each entry must be above 0 and at most {Words.Number(ConstraintRules.MaxUsd)}.");
    }
}
