using Terradev.ComputeOptimizer.Advice;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class BudgetChoicesTests
{
    private static readonly Job OneBillionTokens = new() { Tokens = 1_000_000_000 };

    [Fact]
    public void A_larger_budget_per_hour_buys_a_faster_machine()
    {
        var snapshot = Catalog.Of(
            Catalog.Offer("slow", 0.5m),
            Catalog.Offer("dear", 1.0m),
            Catalog.Offer("fast", 2.0m, gpu: "A100-80GB", memoryMiB: 81920, capability: "8.0"));

        var answer = Of(Workloads.Asking(Workloads.Bert, goal: Goal.Fastest, job: OneBillionTokens), [0.4999m, 0.5m, 1.5m, 2m], total: false, snapshot).Answer!;

        answer.SmallestBudget.ShouldBe(0.5m);
        answer.Budgets.Select(entry => entry.Choice?.Offer.InstanceType).ShouldBe([null, "slow", "slow", "fast"]);
        answer.Budgets[0].Refusal!.Code.ShouldBe(RefusalCodes.NoOfferFits);
        answer.Budgets[0].Refusal!.NextStep.ShouldContain("0.5 USD");
        answer.Changes.Select(change => (change.From, change.Choice.Offer.InstanceType)).ShouldBe([(0.5m, "slow"), (2m, "fast")]);
        answer.Changes[1].Choice.Cost.HoursToFinish!.Value.ShouldBeLessThan(answer.Changes[0].Choice.Cost.HoursToFinish!.Value);
    }

    [Fact]
    public void A_total_budget_is_the_price_until_the_limit_of_hours()
    {
        var request = Workloads.Asking(Workloads.Bert, new Constraints { MaxRuntimeHours = 12 });

        var answer = Of(request, [6m], total: true, Catalog.Of(Catalog.Offer("one", 0.5m), Catalog.Offer("two", 0.6m))).Answer!;

        answer.SmallestBudget.ShouldBe(6m);
        answer.Budgets[0].Choice!.Offer.InstanceType.ShouldBe("one");
        answer.Budgets[0].Choice!.Cost.AtDeadline.ShouldBe(6m);
    }

    [Theory]
    [InlineData(Goal.CheapestHour, false, null)]
    [InlineData(Goal.Fastest, false, null)]
    [InlineData(Goal.Balanced, false, null)]
    [InlineData(Goal.CheapestToFinish, true, 12)]
    [InlineData(Goal.Fastest, true, 12)]
    [InlineData(Goal.Fastest, true, null)]
    [InlineData(Goal.CheapestHour, true, null)]
    [InlineData(Goal.Balanced, true, null)]
    public void At_each_change_the_ranking_itself_changes(Goal goal, bool total, int? hours)
    {
        var request = Workloads.Asking(Workloads.Bert, new Constraints { MaxRuntimeHours = hours }, goal, job: OneBillionTokens);

        var answer = Of(request, [1_000_000m], total, Catalog.Snapshot).Answer!;

        answer.Budgets[0].Choice.ShouldBe(answer.Changes[^1].Choice);
        foreach (var (change, index) in answer.Changes.Take(12).Select((change, index) => (change, index)))
        {
            Ranked(change.From).ShouldBe(change.Choice.Offer, $"{goal} at {change.From}");
            Ranked(change.From - 0.0001m).ShouldBe(index == 0 ? null : answer.Changes[index - 1].Choice.Offer, $"{goal} below {change.From}");
        }

        Offer? Ranked(decimal budget)
        {
            var constraints = total ? request.Constraints with { TotalBudget = budget } : request.Constraints with { MaxHourly = budget };
            return RecommendationDesk.Answer(request with { Constraints = constraints }, Catalog.Snapshot, OptimizerPolicy.Default).Recommendation?.Ranked[0].Offer;
        }
    }

    [Fact]
    public void Where_nothing_fits_at_any_budget_the_reason_is_another_one()
    {
        var refusal = Of(Workloads.Asking(Workloads.Llama70B), [1m], total: false, Catalog.Of(Catalog.Offer("small", 0.5m, gpu: "L4", capability: "8.9"))).Refusal!;

        refusal.Code.ShouldBe(RefusalCodes.NoOfferFits);
        refusal.Detail.ShouldContain("memory");
    }

    private static Advised<WhatIf> Of(Recommend request, IReadOnlyList<decimal> budgets, bool total, OfferSnapshot snapshot) =>
        BudgetChoices.Of(request, budgets, total, snapshot, OptimizerPolicy.Default);
}
