using System.Text.Json;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class OptimizerTests
{
    private static readonly Constraints UpExample = new()
    {
        Clouds = [Cloud.Aws],
        Regions = ["us-east-1"],
        Capacity = CapacityPreference.SpotPreferred,
        MaxHourly = 1.00m,
        MaxRuntimeHours = 12,
    };

    [Fact]
    public void Bert_for_a_dollar_an_hour_goes_to_a_spot_t4()
    {
        var recommendation = Rank(Workloads.Asking(Workloads.Bert, UpExample, rows: 100_000, tokensPerRow: 333));

        var best = recommendation.Ranked[0];
        best.Offer.InstanceType.ShouldBe("g4dn.xlarge");
        best.Offer.Capacity.ShouldBe(Capacity.Spot);
        best.Offer.PricePerHour.ShouldBe(0.1894m);
        best.Offer.Confidence.ShouldBe(PriceConfidence.Estimate);
        (best.Cost with { Breakdown = null }).ShouldBe(new OfferCost(0.1894m, 0.1662m, 2.2728m, 0.8721m));
        best.Reasons.ShouldBe(
        [
            $"Cheapest per hour of {recommendation.Fitting} offers that fit.",
            "Fits: full in fp16 needs 3.34 GiB per GPU, 12.72 GiB of the T4's 16384 MiB are usable: 73.7% are left.",
            "0.1894 USD/h is an estimate of 2026-07-20: on-demand price of 2026-07-20 less the AWS Spot Advisor saving of 2025-06-28.",
            "Spot: 15-20% of these instances are interrupted in a month, says AWS Spot Advisor.",
            "About 0.87 h until it is done, 0.17 USD: 0.8 h of computing, held back by its FLOPS.",
        ]);
    }

    [Fact]
    public void Every_cheaper_offer_than_the_first_has_its_reason()
    {
        var recommendation = Rank(Workloads.Asking(Workloads.Bert, UpExample));
        var best = recommendation.Ranked[0].Offer.PricePerHour;

        var cheaper = recommendation.Rejected.Where(rejected => rejected.Offer.PricePerHour < best).ToDictionary(
            rejected => (rejected.Offer.InstanceType, rejected.Offer.Capacity), rejected => (rejected.Code, rejected.Detail));

        cheaper.Count.ShouldBe(Catalog.Snapshot.Priced.Count(offer => offer.PricePerHour < best));
        cheaper[("g4ad.xlarge", Capacity.Spot)].ShouldBe((RejectionCodes.Policy, "Its GPU V520 has no CUDA, which the images are built for."));
        cheaper[("g5g.xlarge", Capacity.Spot)].Code.ShouldBe(RejectionCodes.Policy);
        cheaper[("g5g.xlarge", Capacity.Spot)].Detail.ShouldContain("Arm");
    }

    [Fact]
    public void Llama_70b_in_bf16_never_lands_on_a_single_80_gb_gpu()
    {
        var ranked = Rank(Workloads.Asking(Workloads.Llama70B)).Ranked;

        ranked.ShouldNotBeEmpty();
        ranked.Where(offer => offer.Fit.GpusUsed == 1).ShouldAllBe(offer => offer.Offer.Gpu.MemoryMiB > 81920);
        ranked.Where(offer => offer.Offer.Gpu.Model is "A100-80GB" or "H100").ShouldAllBe(offer => offer.Fit.TensorParallel >= 2);
        ranked.ShouldContain(offer => offer.Offer.InstanceType == "a2-ultragpu-2g" && offer.Fit.TensorParallel == 2);
    }

    [Fact]
    public void Llama_8b_in_bf16_fits_an_l4_or_an_a10g_at_8k_and_not_a_t4()
    {
        var bf16 = Rank(Workloads.Asking(Workloads.Llama8B()));
        var fp16 = Rank(Workloads.Asking(Workloads.Llama8B(Precision.Fp16)));

        bf16.Ranked.ShouldContain(offer => offer.Offer.InstanceType == "g6.2xlarge" && offer.Fit.GpusUsed == 1);
        bf16.Ranked.ShouldContain(offer => offer.Offer.InstanceType == "g5.2xlarge" && offer.Fit.GpusUsed == 1);
        fp16.Rejected.ShouldContain(offer => offer.Offer.InstanceType == "g4dn.2xlarge" && offer.Code == RejectionCodes.Memory);
    }

    [Fact]
    public void Bf16_is_never_placed_below_compute_capability_8()
    {
        // The optimizer knows this by itself, also where the requirements do not say so.
        var silent = Workloads.Llama8B() with { Gpus = new GpuRequirements(null, [1, 2, 4, 8]) };
        foreach (var requirements in new[] { Workloads.Llama8B(), silent, Workloads.Bert with { Precision = Precision.Bf16 } })
        {
            var recommendation = Rank(Workloads.Asking(requirements));

            recommendation.Ranked.ShouldNotContain(offer => offer.Offer.Gpu.Model.StartsWith("T4") || offer.Offer.Gpu.Model.StartsWith("V100"));
            recommendation.Rejected.Where(offer => offer.Offer is { PricePerHour: not null, Gpu.Model: "T4" })
                .ShouldAllBe(offer => offer.Code == RejectionCodes.Dtype && offer.Detail == "bf16 needs compute capability 8.0, the T4 has 7.5.");
        }
    }

    [Theory]
    [InlineData(Goal.CheapestHour)]
    [InlineData(Goal.CheapestToFinish)]
    public void The_order_in_which_offers_come_does_not_matter(Goal goal)
    {
        var request = Workloads.Asking(Workloads.Bert, goal: goal, rows: 100_000, tokensPerRow: 333);
        var expected = JsonSerializer.Serialize(Rank(request), TerradevJson.Options);
        for (var seed = 0; seed < 20; seed++)
        {
            var shuffled = Catalog.Snapshot.Offers.ToArray();
            new Random(seed).Shuffle(shuffled);

            JsonSerializer.Serialize(Optimizer.Rank(request, Catalog.Of(shuffled), OptimizerPolicy.Default).Recommendation, TerradevJson.Options).ShouldBe(expected);
        }
    }

    [Fact]
    public void Every_offer_is_ranked_or_rejected()
    {
        var recommendation = Rank(Workloads.Asking(Workloads.Bert, UpExample));

        recommendation.Considered.ShouldBe(Catalog.Rows.Count);
        recommendation.Ranked.Sum(offer => offer.Offers).ShouldBe(recommendation.Fitting);
        (recommendation.Fitting + recommendation.Rejected.Sum(offer => offer.Offers)).ShouldBe(recommendation.Considered);
        foreach (var (code, count) in recommendation.RejectedByCode)
        {
            recommendation.Rejected.Where(offer => offer.Code == code).Sum(offer => offer.Offers).ShouldBe(count);
        }

        recommendation.Ranked.Select(offer => offer.Offer).Concat(recommendation.Rejected.Select(offer => offer.Offer))
            .DistinctBy(offer => (offer.Cloud, offer.InstanceType, offer.Capacity)).Count()
            .ShouldBe(Catalog.Rows.DistinctBy(row => (row.Cloud, row.InstanceType, row.Capacity)).Count());
    }

    [Fact]
    public void Offers_without_a_price_are_counted_and_never_ranked()
    {
        var recommendation = Rank(Workloads.Asking(Workloads.Bert, new Constraints { InstanceTypes = ["a4-highgpu-8g"] }));

        recommendation.Ranked.ShouldBeEmpty();
        recommendation.RejectedByCode[RejectionCodes.UnknownPrice].ShouldBe(2);
        recommendation.Rejected.First(offer => offer.Code == RejectionCodes.UnknownPrice).Detail
            .ShouldStartWith("No price is known; asked was karpenter-provider-gcp");
    }

    [Theory]
    [InlineData("g5g.xlarge", "Named by the caller: its CPUs are Arm")]
    [InlineData("p3.2xlarge", "Named by the caller: the provider prices it but no longer lists it")]
    public void Arm_and_withdrawn_types_are_taken_when_they_are_named(string instanceType, string warning)
    {
        Rank(Workloads.Asking(Workloads.Bert)).Rejected.Where(offer => offer.Offer.InstanceType == instanceType)
            .ShouldAllBe(offer => offer.Code == RejectionCodes.Policy);

        var named = Rank(Workloads.Asking(Workloads.Bert, new Constraints { InstanceTypes = [instanceType.ToUpperInvariant()] }));

        named.Ranked.Count.ShouldBe(2);
        named.Ranked.ShouldAllBe(offer => offer.Offer.InstanceType == instanceType && offer.Reasons.Any(reason => reason.StartsWith(warning)));
    }

    [Fact]
    public void A_gpu_without_cuda_is_not_taken_even_when_it_is_named() =>
        Rank(Workloads.Asking(Workloads.Bert, new Constraints { InstanceTypes = ["Standard_ND96isr_MI300X_v5"] })).Ranked.ShouldBeEmpty();

    [Theory]
    [InlineData(CapacityPreference.Spot, Capacity.OnDemand)]
    [InlineData(CapacityPreference.OnDemand, Capacity.Spot)]
    public void A_strict_capacity_refuses_the_other(CapacityPreference asked, Capacity refused)
    {
        var recommendation = Rank(Workloads.Asking(Workloads.Bert, new Constraints { Clouds = [Cloud.Gcp], Capacity = asked }));

        recommendation.Ranked.ShouldNotBeEmpty();
        recommendation.Ranked.ShouldNotContain(offer => offer.Offer.Capacity == refused);
        recommendation.Rejected.ShouldContain(offer => offer.Code == RejectionCodes.Capacity && offer.Offer.Capacity == refused);
    }

    [Fact]
    public void Spot_wins_a_tie()
    {
        GpuOffer[] offers = [Catalog.Offer("x", 1m), Catalog.Offer("x", 1m, capacity: Capacity.Spot)];

        Optimizer.Rank(Workloads.Asking(Workloads.Bert), Catalog.Of(offers), OptimizerPolicy.Default).Recommendation.Ranked[0].Offer.Capacity.ShouldBe(Capacity.Spot);
    }

    [Fact]
    public void The_dearer_hour_wins_when_it_finishes_for_less()
    {
        GpuOffer[] offers = [Catalog.Offer("slow", 1m), Catalog.Offer("fast", 2m, gpu: "A100", memoryMiB: 40960, capability: "8.0"), Catalog.Offer("unknown", 0.5m, gpu: "RTXPRO4500")];
        var request = Workloads.Asking(Workloads.Bert, rows: 100_000, tokensPerRow: 333);

        string[] Order(Goal goal) => [.. Optimizer.Rank(request with { Goal = goal }, Catalog.Of(offers), OptimizerPolicy.Default).Recommendation.Ranked.Select(offer => offer.Offer.InstanceType)];

        Order(Goal.CheapestHour).ShouldBe(["unknown", "slow", "fast"]);
        Order(Goal.CheapestToFinish).ShouldBe(["fast", "slow", "unknown"]);
    }

    [Fact]
    public void Checks_come_in_the_documented_order()
    {
        var constraints = new Constraints { Clouds = [Cloud.Aws], Regions = ["us-east-1"], Capacity = CapacityPreference.OnDemand, MaxHourly = 1 };
        var request = Workloads.Asking(Workloads.Llama8B() with { HostMemoryBytes = 64 * Workloads.GiB }, constraints);
        GpuOffer[] offers =
        [
            Catalog.Offer("policy", null, cloud: Cloud.Gcp, region: "elsewhere", capacity: Capacity.Spot),
            Catalog.Offer("region", null, region: "elsewhere", capacity: Capacity.Spot),
            Catalog.Offer("capacity", null, capacity: Capacity.Spot),
            Catalog.Offer("unknown-price", null),
            Catalog.Offer("dtype", 2),
            Catalog.Offer("memory", 2, capability: "8.0"),
            Catalog.Offer("parallelism", 2, capability: "8.0", count: 2, memoryGiB: 1),
            Catalog.Offer("host", 2, capability: "8.0", memoryMiB: 40960, memoryGiB: 1),
            Catalog.Offer("cpus", 2, capability: "8.0", memoryMiB: 40960, vcpus: 2),
            Catalog.Offer("budget", 2, capability: "8.0", memoryMiB: 40960),
        ];
        request = request with { Requirements = request.Requirements with { Gpus = new GpuRequirements("8.0", [1]) } };

        var rejected = Optimizer.Rank(request, Catalog.Of(offers), OptimizerPolicy.Default).Recommendation.Rejected;

        rejected.Count.ShouldBe(offers.Length);
        rejected.ShouldAllBe(offer => offer.Code == (offer.Offer.InstanceType == "host" ? "memory" : offer.Offer.InstanceType == "cpus" ? "policy" : offer.Offer.InstanceType));
    }

    [Fact]
    public void The_host_must_hold_what_is_loaded_and_feed_the_gpus()
    {
        string Detail(GpuOffer offer, Recommend request) =>
            Optimizer.Rank(request, Catalog.Of(offer), OptimizerPolicy.Default).Recommendation.Rejected.Select(r => $"{r.Code}: {r.Detail}").Single();

        Detail(Catalog.Offer("x", 1, memoryGiB: 1), Workloads.Asking(Workloads.Bert)).ShouldBe("memory: Loading needs 2.00 GiB of main memory, the instance has 1.00 GiB.");
        Detail(Catalog.Offer("x", 1, vcpus: 2), Workloads.Asking(Workloads.Bert)).ShouldBe("policy: 1 GPU(s) need 3 vCPUs, the instance has 2.");
        Detail(Catalog.Offer("x", 1), Workloads.Asking(Workloads.Bert) with { MinDiskBytes = 20_000 * Workloads.GiB }).ShouldBe("policy: Model and dataset need 20000.00 GiB of disk, one volume holds 16384.00 GiB.");
    }

    [Fact]
    public void A_total_budget_holds_until_the_deadline()
    {
        var constraints = new Constraints { TotalBudget = 10, MaxRuntimeHours = 10 };

        var recommendation = Optimizer.Rank(Workloads.Asking(Workloads.Bert, constraints), Catalog.Of(Catalog.Offer("in", 1m), Catalog.Offer("over", 1.01m)), OptimizerPolicy.Default).Recommendation;

        recommendation.Ranked.Single().Cost.AtDeadline.ShouldBe(10m);
        recommendation.Rejected.Single().Detail.ShouldBe("1.0100 USD/h for up to 10 h is 10.10 USD, above the budget of 10.00 USD.");
    }

    [Fact]
    public void Work_that_does_not_finish_in_time_is_said()
    {
        var request = Workloads.Asking(Workloads.Bert, new Constraints { MaxRuntimeHours = 0.5m }, rows: 100_000, tokensPerRow: 333);

        Optimizer.Rank(request, Catalog.Of(Catalog.Offer("x", 1m)), OptimizerPolicy.Default).Recommendation.Ranked[0].Reasons
            .ShouldContain("It does not finish by the deadline of 0.5 h; only a checkpoint would be left.");
    }

    private static Recommendation Rank(Recommend request) => Optimizer.Rank(request, Catalog.Snapshot, OptimizerPolicy.Default).Recommendation;
}
