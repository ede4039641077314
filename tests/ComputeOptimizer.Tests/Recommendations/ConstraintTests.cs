using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class ConstraintTests
{
    private static readonly Job Billion = new() { Tokens = 1_000_000_000 };

    [Fact]
    public void A_local_zone_is_taken_only_when_it_is_named()
    {
        var offers = new[] { Catalog.Offer("x", 1m, zone: "use1-atl2-az1"), Catalog.Offer("x", 2m, zone: "use1-az1") };

        var open = Rank(Workloads.Asking(Workloads.Bert), offers);
        var region = Rank(Workloads.Asking(Workloads.Bert, new Constraints { Regions = ["us-east-1"] }), offers);
        var zone = Rank(Workloads.Asking(Workloads.Bert, new Constraints { Regions = ["USE1-atl2-az1"] }), offers);

        open.Ranked.Single().Offer.Zone.ShouldBe("use1-az1");
        region.Ranked.Single().Offer.Zone.ShouldBe("use1-az1");
        open.Rejected.Single().Code.ShouldBe(RejectionCodes.Policy);
        open.Rejected.Single().Detail.ShouldBe("Its zone use1-atl2-az1 lies outside us-east-1 and must be switched on for an account first; name the zone among the regions to take it.");
        zone.Ranked.Single().Offer.Zone.ShouldBe("use1-atl2-az1");
        zone.Rejected.Single().Code.ShouldBe(RejectionCodes.Region);
    }

    [Theory]
    [InlineData("us-east-1", "us-east-1a", false)]
    [InlineData("us-east-1", "use1-az1", false)]
    [InlineData("us-gov-west-1", "usgw1-az1", false)]
    [InlineData("us-east-1", null, false)]
    [InlineData("us-east-1", "us-east-1-atl-2a", true)]
    [InlineData("us-east-1", "use1-atl2-az1", true)]
    [InlineData("us-east-1", "us-east-1-wl1-bos-wlz-1", true)]
    public void Zones_of_aws_tell_whether_they_are_local(string region, string? zone, bool local) => Clouds.Aws.IsLocalZone(region, zone).ShouldBe(local);

    [Fact]
    public void Too_many_gpus_or_too_few_are_refused()
    {
        var offers = new[] { 0.5m, 1, 2, 4 }.Select(count => Catalog.Offer($"gpus-{count}", 1m, count: count));

        var answer = Rank(Workloads.Asking(Workloads.Bert, new Constraints { MinGpus = 1, MaxGpus = 2 }), offers);

        answer.Ranked.Select(entry => entry.Offer.InstanceType).ShouldBe(["gpus-1", "gpus-2"], ignoreOrder: true);
        answer.Rejected.ShouldAllBe(entry => entry.Code == RejectionCodes.Policy);
        answer.Rejected[0].Detail.ShouldBe("It has 0.5 GPU(s); asked for is from 1 to 2.");
    }

    [Theory]
    [InlineData("<5%", 5, true)]
    [InlineData("5-10%", 5, false)]
    [InlineData(">20%", 99, false)]
    [InlineData(">20%", 100, true)]
    [InlineData(null, 100, false)]
    public void Spot_that_is_interrupted_too_often_is_refused(string? band, int most, bool taken)
    {
        var constraints = new Constraints { MaxInterruptionPercent = most };
        GpuOffer[] offers = [Catalog.Offer("x", 1m, capacity: Capacity.Spot) with { InterruptionBand = band }, Catalog.Offer("x", 2m)];

        var answer = Rank(Workloads.Asking(Workloads.Bert, constraints), offers);

        answer.Ranked.Select(entry => entry.Offer.Capacity).ShouldBe(taken ? [Capacity.Spot, Capacity.OnDemand] : [Capacity.OnDemand]);
        answer.Rejected.ShouldAllBe(entry => entry.Code == RejectionCodes.Policy);
    }

    [Fact]
    public void A_deadline_refuses_what_is_too_slow_and_says_the_hours()
    {
        GpuOffer[] offers = [Catalog.Offer("slow", 1m), Catalog.Offer("fast", 2m, gpu: "H100", memoryMiB: 81920, capability: "9.0"), Catalog.Offer("unknown", 1m, gpu: "RTXPRO4500")];

        var answer = Rank(Workloads.Asking(Workloads.Bert, new Constraints { DeadlineHours = 2 }, job: Billion), offers);

        answer.Ranked.Single().Offer.InstanceType.ShouldBe("fast");
        answer.Rejected.Single(entry => entry.Offer.InstanceType == "slow").ShouldSatisfyAllConditions(
            entry => entry.Code.ShouldBe(RejectionCodes.Budget),
            entry => entry.Detail.ShouldBe("It would take about 8.09 h, longer than the 2 h until the deadline."));
        answer.Rejected.Single(entry => entry.Offer.InstanceType == "unknown").Detail.ShouldBe("How long it would take is not known, so it cannot be held against the deadline or the budget.");
    }

    [Fact]
    public void A_total_budget_without_a_limit_of_hours_is_held_against_the_cost_to_finish()
    {
        var constraints = new Constraints { TotalBudget = 8.1m };
        var request = Workloads.Asking(Workloads.Bert, constraints, job: Billion);

        var answer = Rank(request, [Catalog.Offer("in", 1m), Catalog.Offer("over", 1.01m)]);

        answer.Ranked.Single().Offer.InstanceType.ShouldBe("in");
        answer.Ranked.Single().Cost.ToFinish!.Value.ShouldBeLessThanOrEqualTo(8.1m);
        answer.Rejected.Single().Detail.ShouldBe("It would cost about 8.18 USD to finish, above the budget of 8.10 USD.");
    }

    [Fact]
    public void Replicas_are_all_paid()
    {
        var request = Workloads.Asking(Workloads.Llama8B(), new Constraints { MaxHourly = 3 }, job: new Job { Replicas = 3, Tokens = 1_000_000 });
        var one = Rank(request with { Job = new Job { Tokens = 1_000_000 } }, [Offer("x", 1m)]).Ranked.Single();

        var three = Rank(request, [Offer("x", 1m), Offer("y", 1.01m)]);

        three.Ranked.Single().Cost.PerHour.ShouldBe(3m);
        three.Ranked.Single().Cost.Breakdown!.Compute.ShouldBe(one.Cost.Breakdown!.Compute, 0.0002m);
        three.Ranked.Single().Cost.Breakdown!.Boot.ShouldBe(3 * one.Cost.Breakdown!.Boot, 0.0002m);
        three.Rejected.Single().Detail.ShouldBe("3 x 1.0100 USD/h is above the limit of 3.0000 USD/h.");
    }

    [Fact]
    public void Data_costs_what_its_way_costs()
    {
        var constraints = new Constraints { Data = new DataLocation { Cloud = Cloud.Aws, Region = "us-east-1", SizeGB = 100 } };
        GpuOffer[] offers = [Catalog.Offer("here", 1m), Catalog.Offer("there", 1m, region: "us-west-2"), Catalog.Offer("away", 1m, region: "us-central1", cloud: Cloud.Gcp)];

        var answer = Rank(Workloads.Asking(Workloads.Bert, constraints, Goal.CheapestToFinish, job: Billion), offers);

        answer.Ranked.Select(entry => (entry.Offer.InstanceType, entry.Cost.Breakdown!.Egress)).ShouldBe([("here", 0m), ("there", 2m), ("away", 9m)]);
        answer.Ranked[2].Cost.Breakdown!.Inputs.Single(input => input.Name == "egressRate").Value.ShouldBe(0.09m);
    }

    [Theory]
    [InlineData(true, "constraints.deadlineHours", "constraints.maxRuntimeHours")]
    [InlineData(false)]
    public void Limits_that_need_a_known_amount_of_work_say_so(bool unknown, params string[] faults)
    {
        var request = Workloads.Asking(Workloads.Llama8B(), new Constraints { DeadlineHours = 1_000, TotalBudget = 100_000 }, job: unknown ? null : Billion);

        var answer = RecommendationDesk.Answer(request, Catalog.Snapshot, OptimizerPolicy.Default);

        (answer.Refusal?.Errors?.Keys ?? []).ShouldBe(faults, ignoreOrder: true);
        (answer.Refusal?.Errors?.Values ?? []).ShouldAllBe(messages => messages[0].Contains("job.tokens"));
    }

    [Fact]
    public void Training_has_no_replicas_and_unknown_data_has_no_size()
    {
        var request = Workloads.Asking(Workloads.Bert, new Constraints { Data = new DataLocation { Cloud = Cloud.Aws, Region = "us-east-1" } }, job: new Job { Replicas = 2 });

        var refusal = RecommendationDesk.Answer(request, Catalog.Snapshot, OptimizerPolicy.Default).Refusal;

        refusal!.Code.ShouldBe(RefusalCodes.InvalidRequest);
        refusal.Errors!.Keys.ShouldBe(["job.replicas", "constraints.data.sizeGB"], ignoreOrder: true);
    }

    [Fact]
    public void Sums_beyond_all_bounds_stay_too_large()
    {
        var huge = Workloads.Llama8B() with { Memory = new MemoryBreakdown(long.MaxValue, 0, long.MaxValue, long.MaxValue, 0, 0, long.MaxValue) };

        Rank(Workloads.Asking(huge), [Offer("x", 1m)]).Rejected.Single().Code.ShouldBe(RejectionCodes.Memory);
    }

    private static GpuOffer Offer(string type, decimal price) => Catalog.Offer(type, price, gpu: "L4", memoryMiB: 22888, capability: "8.9");

    private static Recommendation Rank(Recommend request, IEnumerable<GpuOffer> offers) => Optimizer.Rank(request, Catalog.Of(offers), OptimizerPolicy.Default).Recommendation;
}
