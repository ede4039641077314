using Terradev.ComputeOptimizer.Advice;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class RightSizingTests
{
    // Half-precision peaks of gpus.csv: A10G 70 TFLOPS, T4 65, A100-80GB 312.
    private static readonly GpuOffer Running = Catalog.Offer("g5.4xlarge", 1.6m, gpu: "A10G", memoryMiB: 22888, capability: "8.6", vcpus: 16, memoryGiB: 64);
    private static readonly GpuOffer SmallerHost = Catalog.Offer("g5.xlarge", 1.0m, gpu: "A10G", memoryMiB: 22888, capability: "8.6", vcpus: 4, memoryGiB: 16);
    private static readonly GpuOffer Weaker = Catalog.Offer("g4dn.xlarge", 0.5m, vcpus: 4, memoryGiB: 16);
    private static readonly GpuOffer Stronger = Catalog.Offer("p4de.slice", 3.0m, gpu: "A100-80GB", memoryMiB: 81920, capability: "8.0", vcpus: 16, memoryGiB: 64);

    private static readonly RightSizeRequest Idle = new()
    {
        Cloud = Cloud.Aws,
        Region = "us-east-1",
        InstanceType = "g5.4xlarge",
        Capacity = Capacity.OnDemand,
        HoursObserved = 24,
        GpuUtilisationPercent = new Percentiles { P50 = 30, P95 = 50 },
        GpuMemoryUsedMiB = 10_000,
        VcpusUsed = 2,
        MemoryUsedGiB = 10,
    };

    [Fact]
    public void What_is_little_used_fits_a_cheaper_machine()
    {
        var advice = Of(Idle, Running, SmallerHost, Weaker, Stronger);

        advice.Verdict.ShouldBe(RightSizeVerdict.Smaller);
        advice.Needed.ShouldBe(new RightSizeNeed(1, 12_000m, 42, 2.4m, 12m, 20m)); // 50% of 70 TFLOPS and 20% more
        advice.Candidates.Select(candidate => (candidate.Offer.InstanceType, candidate.SavingPerHour, candidate.SavingPerMonth))
            .ShouldBe([("g4dn.xlarge", 1.1m, 803m), ("g5.xlarge", 0.6m, 438m)]);
        advice.Candidates[0].Changes.ShouldContain("1 x T4 of 16384 MiB instead of 1 x A10G of 22888 MiB.");
        advice.Candidates[0].Changes.ShouldContain("Compute capability 7.5 instead of 8.6: no bf16.");
        advice.Candidates[1].Changes.ShouldBe(["4 vCPUs instead of 16.", "16 GiB of main memory instead of 64."]);
        advice.Reasons.ShouldBe(["What was observed in 24 h fits g4dn.xlarge with a margin of 20%, which costs 1.1000 USD/h less."]);
    }

    [Fact]
    public void A_weaker_gpu_is_left_out_when_the_work_would_not_fit_it()
    {
        // 80% of 70 TFLOPS and 20% more are 67.2, above the 65 of a T4.
        var advice = Of(Idle with { GpuUtilisationPercent = new Percentiles { P50 = 70, P95 = 80 } }, Running, SmallerHost, Weaker);

        advice.Needed.HalfTflops.ShouldBe(67.2);
        advice.Candidates.Select(candidate => candidate.Offer.InstanceType).ShouldBe(["g5.xlarge"]);
    }

    [Fact]
    public void The_margin_never_asks_for_more_than_an_instance_that_is_not_short_has()
    {
        // 90% and 20% more would be 108%.
        var advice = Of(Idle with { GpuUtilisationPercent = new Percentiles { P50 = 70, P95 = 90 } }, Running, SmallerHost, Weaker);

        advice.Needed.HalfTflops.ShouldBe(70);
        advice.Candidates.Select(candidate => candidate.Offer.InstanceType).ShouldBe(["g5.xlarge"]);
    }

    [Fact]
    public void What_fits_nothing_cheaper_is_kept()
    {
        var advice = Of(Idle with { VcpusUsed = 12 }, Running, SmallerHost, Weaker, Stronger);

        advice.Verdict.ShouldBe(RightSizeVerdict.Keep);
        advice.Candidates.ShouldBeEmpty();
        advice.Reasons.ShouldBe(["No cheaper on-demand instance type in us-east-1 holds what was observed with a margin of 20%."]);
    }

    [Fact]
    public void A_gpu_that_is_always_busy_needs_a_larger_one()
    {
        var advice = Of(Idle with { GpuUtilisationPercent = new Percentiles { P50 = 90, P95 = 96 } }, Running, SmallerHost, Weaker, Stronger);

        advice.Verdict.ShouldBe(RightSizeVerdict.Larger);
        advice.Needed.HalfTflops.ShouldBe(80.64); // 96% of 70 and 20% more
        advice.Candidates.Select(candidate => (candidate.Offer.InstanceType, candidate.SavingPerHour, candidate.SavingPerMonth)).ShouldBe([("p4de.slice", -1.4m, -1022m)]);
        advice.Reasons[0].ShouldBe("It is short of GPU utilisation (95th percentile): 96 of 100% is above 95%.");
    }

    [Fact]
    public void Memory_that_is_nearly_full_needs_a_larger_machine()
    {
        Of(Idle with { GpuMemoryUsedMiB = 22_000 }, Running, Stronger).Verdict.ShouldBe(RightSizeVerdict.Larger);
        var host = Of(Idle with { MemoryUsedGiB = 62 }, Running, Stronger);
        host.Verdict.ShouldBe(RightSizeVerdict.Larger);
        host.Candidates.ShouldBeEmpty();
        host.Reasons.ShouldBe(
            ["It is short of main memory: 62 of 64 GiB is above 95%.", "No other on-demand instance type in us-east-1 holds what it needs with a margin of 20%."]);
    }

    [Fact]
    public void Idle_gpus_of_an_instance_are_not_needed()
    {
        var four = Catalog.Offer("four", 4m, gpu: "A10G", count: 4, memoryMiB: 22888, capability: "8.6", vcpus: 48, memoryGiB: 192);
        var request = Idle with { InstanceType = "four" };

        Of(request with { GpusUsed = 1 }, four, SmallerHost).Candidates.ShouldHaveSingleItem().Offer.InstanceType.ShouldBe("g5.xlarge");
        Of(request, four, SmallerHost).Verdict.ShouldBe(RightSizeVerdict.Keep);
    }

    [Fact]
    public void Offers_of_another_region_or_kind_are_no_candidates() =>
        Of(
            Idle,
            Running,
            Catalog.Offer("elsewhere", 0.1m, region: "us-west-2"),
            Catalog.Offer("spot", 0.1m, capacity: Capacity.Spot),
            Catalog.Offer("other-vendor", 0.1m, vendor: "amd"),
            Weaker with { Withdrawn = true }).Verdict.ShouldBe(RightSizeVerdict.Keep);

    [Fact]
    public void Figures_that_the_instance_cannot_show_are_refused_at_once()
    {
        var refusal = RightSizing.Of(Idle with { GpusUsed = 2, GpuMemoryUsedMiB = 40_000, VcpusUsed = 17, MemoryUsedGiB = 65 }, Catalog.Of(Running)).Refusal!;

        refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);
        refusal.Errors!.Keys.ShouldBe(["gpusUsed", "gpuMemoryUsedMiB", "vcpusUsed", "memoryUsedGiB"], ignoreOrder: true);
    }

    private static RightSize Of(RightSizeRequest request, params IEnumerable<GpuOffer> offers) => RightSizing.Of(request, Catalog.Of(offers)).Answer!;
}
