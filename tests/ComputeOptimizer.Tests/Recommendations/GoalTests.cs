using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class GoalTests
{
    private static readonly GpuOffer[] Offers =
    [
        Catalog.Offer("small", 0.9m), // T4: 65 TFLOPS
        Catalog.Offer("middle", 1.3m, gpu: "L4", memoryMiB: 22888, capability: "8.9"), // 121 TFLOPS
        Catalog.Offer("large", 12m, gpu: "H100", memoryMiB: 81920, capability: "9.0"), // 989 TFLOPS
    ];

    private static readonly Recommend Training = Workloads.Asking(Workloads.Bert, job: new Job { Tokens = 10_000_000_000 });

    [Theory]
    [InlineData(Goal.CheapestHour, "small", "Cheapest per hour of 3 offers that fit.")]
    [InlineData(Goal.CheapestToFinish, "middle", "Cheapest to finish of 3 offers that fit: 56.15 USD.")]
    [InlineData(Goal.Fastest, "large", "Fastest of 3 offers that fit: 5.34 h.")]
    [InlineData(Goal.Balanced, "large", "Best balance of cost, time and risk of 3 offers that fit.")]
    public void Each_goal_has_its_best(Goal goal, string best, string reason)
    {
        var ranked = Optimizer.Rank(Training with { Goal = goal }, Catalog.Of(Offers), OptimizerPolicy.Default).Recommendation.Ranked;

        ranked[0].Offer.InstanceType.ShouldBe(best);
        ranked[0].Reasons[0].ShouldBe(reason);
        ranked[1].Reasons[0].ShouldContain("small".Equals(best, StringComparison.Ordinal) ? "more than small" : best);
    }

    [Fact]
    public void The_parts_of_the_cost_sum_up_and_have_their_inputs()
    {
        var best = Optimizer.Rank(Training, Catalog.Of(Offers[0]), OptimizerPolicy.Default).Recommendation;
        var cost = best.Ranked[0].Cost;
        var figures = best.Inputs.Concat(cost.Breakdown!.Inputs).ToDictionary(input => input.Name, input => (double)input.Value);

        (cost.Breakdown.Compute + cost.Breakdown.Interruptions + cost.Breakdown.Boot + cost.Breakdown.Disk + cost.Breakdown.Egress).ShouldBe(cost.ToFinish!.Value);
        figures["tokensPerSecond"].ShouldBe(figures["peak"] * 1e12 * figures["flopsUtilisation"] * figures["gpus"] / figures["flopsPerToken"], 1);
        figures["work"].ShouldBe(figures["tokens"] / figures["tokensPerSecond"] / 3600, 0.01);
        ((double)cost.Breakdown.Compute).ShouldBe(figures["work"] * figures["price"], 0.01);
        ((double)cost.Breakdown.Disk).ShouldBe(figures["disk"] * figures["diskRate"] * (double)cost.HoursToFinish!.Value / 730, 0.001);
        best.Inputs.Concat(cost.Breakdown.Inputs).ShouldAllBe(input => input.Unit.Length > 0 && input.Source.Length > 0);
    }

    [Fact]
    public void Interruptions_are_paid_with_restart_and_lost_work()
    {
        var spot = Catalog.Offer("spot", 1m, capacity: Capacity.Spot);
        var calm = Rank(new Job { Tokens = 10_000_000_000, InterruptionsPerHour = 0 });
        var often = Rank(new Job { Tokens = 10_000_000_000, InterruptionsPerHour = 0.5 });

        calm.Cost.Breakdown!.Interruptions.ShouldBe(0);
        often.Cost.Breakdown!.Interruptions.ShouldBeGreaterThan(9);
        often.Risk!.ExpectedInterruptions.ShouldBe(0.5 * ((double)often.Cost.HoursToFinish!.Value - 0.07), 0.1);
        often.Risk.CheckpointEveryMinutes.ShouldNotBeNull();
        often.Reasons.ShouldContain(reason => reason.Contains("interruptions are expected"));

        RankedOffer Rank(Job job) => Optimizer.Rank(Training with { Job = job }, Catalog.Of(spot), OptimizerPolicy.Default).Recommendation.Ranked.Single();
    }

    [Fact]
    public void A_machine_that_is_interrupted_all_the_time_never_finishes()
    {
        var request = Training with { Job = new Job { Tokens = 10_000_000_000, InterruptionsPerHour = 60, RestartMinutes = 30 } };

        var answer = Optimizer.Rank(request, Catalog.Of(Catalog.Offer("spot", 1m, capacity: Capacity.Spot)), OptimizerPolicy.Default).Recommendation;

        answer.Rejected.Single().Code.ShouldBe(RejectionCodes.Budget);
        answer.Rejected.Single().Detail.ShouldBe("60 interruptions per hour leave no time to finish.");
    }

    [Fact]
    public void Nothing_on_the_pareto_front_is_beaten_and_the_best_of_each_kind_is_on_it()
    {
        var request = Workloads.Asking(Workloads.Llama8B(), job: new Job { Tokens = 10_000_000 });
        var answer = Optimizer.Rank(request, Catalog.Snapshot, OptimizerPolicy.Default).Recommendation;

        answer.Pareto.Count.ShouldBeGreaterThan(2);
        answer.Pareto.ShouldBe(answer.Pareto.OrderBy(offer => offer.Cost));
        answer.Pareto[0].Cost.ShouldBe(answer.Ranked.Min(entry => entry.Cost.ToFinish)!.Value);
        answer.Pareto.Min(offer => offer.Risk).ShouldBe(0);
    }

    [Fact]
    public void A_single_larger_gpu_is_named_beside_a_split_over_pcie()
    {
        GpuOffer[] offers =
        [
            Catalog.Offer("two-t4", 1m, count: 2), Catalog.Offer("one-l4", 1.2m, gpu: "L4", memoryMiB: 22888, capability: "8.9"),
        ];

        var answer = Optimizer.Rank(Workloads.Asking(Workloads.Llama8B(Precision.Fp16)), Catalog.Of(offers), OptimizerPolicy.Default).Recommendation;

        answer.Ranked[0].Fit.TensorParallel.ShouldBe(2);
        answer.Ranked[0].Reasons.ShouldContain("one-l4 on-demand in us-east-1 holds it on one L4 for 1.2000 USD/h.");
    }

    [Fact]
    public void Idle_gpus_are_paid_and_said()
    {
        var answer = Optimizer.Rank(
            Workloads.Asking(Workloads.Llama8B()), Catalog.Of(Catalog.Offer("eight", 4m, gpu: "L4", memoryMiB: 22888, capability: "8.9", count: 8)), OptimizerPolicy.Default).Recommendation;

        answer.Ranked[0].Cost.PerHour.ShouldBe(4m);
        answer.Ranked[0].Reasons.ShouldContain("7 of its 8 GPUs stay free and are paid all the same.");
    }

    [Fact]
    public void A_limit_shortens_the_ranking_and_nothing_else()
    {
        var whole = Optimizer.Rank(Workloads.Asking(Workloads.Bert), Catalog.Snapshot, OptimizerPolicy.Default).Recommendation;
        var three = Optimizer.Rank(Workloads.Asking(Workloads.Bert) with { Limit = 3 }, Catalog.Snapshot, OptimizerPolicy.Default).Recommendation;

        three.Ranked.Select(entry => entry.Offer).ShouldBe(whole.Ranked.Take(3).Select(entry => entry.Offer));
        three.Fitting.ShouldBe(whole.Fitting);
        three.Rejected.Count.ShouldBe(whole.Rejected.Count);
        Optimizer.Rank(Workloads.Asking(Workloads.Bert) with { Limit = null }, Catalog.Snapshot, OptimizerPolicy.Default).Recommendation.Ranked.Count.ShouldBe(Optimizer.DefaultLimit);
    }
}
