using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class MixedFleetTests
{
    [Fact]
    public void A_quarter_stays_on_demand_and_the_rest_is_spot_of_the_same_kind_and_place()
    {
        var mixed = Mixed(8, L4("x", 1m), L4("x", 0.4m, Capacity.Spot), L4("x", 0.3m, Capacity.Spot, "us-west-2"), L4("x", 2m, region: "us-west-2"), L4("y", 0.35m, Capacity.Spot));

        mixed!.OnDemand.ShouldSatisfyAllConditions(offer => offer.InstanceType.ShouldBe("x"), offer => offer.Region.ShouldBe("us-east-1"));
        mixed.Spot.ShouldSatisfyAllConditions(offer => offer.InstanceType.ShouldBe("x"), offer => offer.Region.ShouldBe("us-east-1"));
        (mixed.OnDemandInstances, mixed.SpotInstances).ShouldBe((2, 6));
        mixed.PerHour.ShouldBe(2 + (6 * 0.4m));
        mixed.SavingPercent.ShouldBe(45m);
        mixed.InterruptionsPerMonth.ShouldBe(6 * -Math.Log(1 - 0.05), 1e-9);
        mixed.Reasons.Count.ShouldBe(3);
    }

    [Fact]
    public void Two_replicas_are_one_of_each()
    {
        var mixed = Mixed(2, L4("x", 1m), L4("x", 0.4m, Capacity.Spot))!;

        (mixed.OnDemandInstances, mixed.SpotInstances).ShouldBe((1, 1));
    }

    [Fact]
    public void Without_a_common_kind_the_cheapest_of_each_is_taken()
    {
        var mixed = Mixed(4, L4("x", 1m), L4("y", 0.4m, Capacity.Spot, "us-west-2"))!;

        (mixed.OnDemand.InstanceType, mixed.Spot.InstanceType).ShouldBe(("x", "y"));
        mixed.Reasons[2].ShouldStartWith("No instance type fits in both kinds in one region");
    }

    [Fact]
    public void There_is_no_mix_of_one_replica_of_one_kind_or_of_dear_spot()
    {
        Mixed(1, L4("x", 1m), L4("x", 0.4m, Capacity.Spot)).ShouldBeNull();
        Mixed(4, L4("x", 1m)).ShouldBeNull();
        Mixed(4, L4("x", 1m), L4("x", 1m, Capacity.Spot)).ShouldBeNull();
    }

    private static MixedFleet? Mixed(int replicas, params GpuOffer[] offers) => Optimizer.Rank(
        Workloads.Asking(Workloads.Llama8B(), job: new Job { Replicas = replicas }), Catalog.Of(offers), OptimizerPolicy.Default).Recommendation.Mixed;

    private static GpuOffer L4(string type, decimal price, Capacity capacity = Capacity.OnDemand, string region = "us-east-1")
    {
        var offer = Catalog.Offer(type, price, gpu: "L4", memoryMiB: 22888, capability: "8.9", capacity: capacity, region: region);
        return offer with { InterruptionBand = capacity == Capacity.Spot ? "<5%" : null };
    }
}
