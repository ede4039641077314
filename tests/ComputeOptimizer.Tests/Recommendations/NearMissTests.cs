using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class NearMissTests
{
    private static readonly GpuOffer L4 = Catalog.Offer("l4", 1m, gpu: "L4", memoryMiB: 22888, capability: "8.9");

    [Fact]
    public void A_t4_would_do_with_weights_in_8_bits()
    {
        var almost = Almost(Workloads.Llama8B(Precision.Fp16), L4, Catalog.Offer("t4", 0.5m), Catalog.Offer("dear-t4", 0.6m));

        almost!.Offer.InstanceType.ShouldBe("t4");
        almost.Code.ShouldBe(RejectionCodes.Memory);
        almost.Changes[0].Field.ShouldBe("precision");
        almost.Changes[0].Value.ShouldBe("int8");
        var needs = Workloads.Llama8B().Memory;
        almost.Changes[0].RequiredBytesPerGpu.ShouldBe((needs.WeightsBytes / 2) + needs.KvCacheBytes + needs.ActivationBytes + needs.OverheadBytes);
        almost.Changes[0].Detail.ShouldBe("int8 weights take about 7.48 GiB instead of 14.96 GiB: about 10.54 GiB per GPU in all, 13.40 GiB are usable (an estimate).");
    }

    [Fact]
    public void Bf16_on_a_gpu_without_it_becomes_fp16()
    {
        var small = Workloads.Llama8B() with { Memory = Workloads.Llama8B().Memory with { WeightsBytes = 4 * Workloads.GiB } };

        var change = Almost(small, L4, Catalog.Offer("t4", 0.5m))!.Changes[0];

        (change.Field, change.Value).ShouldBe(("precision", "fp16"));
    }

    [Fact]
    public void The_longest_context_that_fits_fits_and_one_token_more_does_not()
    {
        var needs = Workloads.Llama8B() with { ContextLength = 81_920, Memory = Workloads.Llama8B().Memory with { KvCacheBytes = 81_920L * 131_072, ActivationBytes = 81_920L * 4096 * 34 } };

        var change = Almost(needs, Catalog.Offer("h100", 4m, gpu: "H100", memoryMiB: 81920, capability: "9.0"), L4)!.Changes.Single(change => change.Field == "contextLength");

        var fits = int.Parse(change.Value, System.Globalization.CultureInfo.InvariantCulture);
        long Bytes(int context) => needs.Memory.WeightsBytes + (context * (131_072L + (4096 * 34))) + needs.Memory.OverheadBytes;
        var usable = MemoryFit.UsableBytes(L4.Offer.Gpu, WorkloadMode.Inference, OptimizerPolicy.Default);
        Bytes(fits).ShouldBeLessThanOrEqualTo(usable);
        Bytes(fits + 1).ShouldBeGreaterThan(usable);
        change.RequiredBytesPerGpu.ShouldBe(Bytes(fits));
    }

    [Fact]
    public void Full_training_becomes_adapters_and_more_gpus_of_the_kind_are_named()
    {
        var memory = new MemoryBreakdown(10 * Workloads.GiB, 0, 0, 2 * Workloads.GiB, 10 * Workloads.GiB, 60 * Workloads.GiB, Workloads.GiB);
        var request = Workloads.Bert with { Memory = memory };
        GpuOffer[] offers =
        [
            Catalog.Offer("a100", 2m, gpu: "A100", memoryMiB: 40960, capability: "8.0"), Catalog.Offer("four-a100", 8m, gpu: "A100", memoryMiB: 40960, capability: "8.0", count: 4),
        ];

        var changes = Almost(request, offers)!.Changes;

        changes.Select(change => (change.Field, change.Value)).ShouldBe([("mode", "lora"), ("mode", "qlora"), ("constraints.minGpus", "4")]);
        changes[2].Detail.ShouldBe("With 4 of the same GPU it fits, such as four-a100 from 8.0000 USD/h.");
    }

    [Fact]
    public void What_is_dearer_or_far_away_is_not_almost_there()
    {
        Almost(Workloads.Llama8B(Precision.Fp16), L4, Catalog.Offer("t4", 1.5m)).ShouldBeNull();
        Almost(Workloads.Llama70B, Catalog.Offer("b300", 10m, gpu: "B300", memoryMiB: 275_040, capability: "10.0"), L4).ShouldBeNull();
    }

    [Fact]
    public void Where_nothing_fits_the_cheapest_near_miss_within_the_money_is_named()
    {
        var request = Workloads.Asking(Workloads.Llama8B(Precision.Fp16), new Constraints { MaxHourly = 0.55m });

        var answer = Optimizer.Rank(request, Catalog.Of(L4, Catalog.Offer("t4", 0.5m), Catalog.Offer("cheap", 0.1m, memoryMiB: 4096)), OptimizerPolicy.Default).Recommendation;

        answer.Ranked.ShouldBeEmpty();
        answer.Almost!.Offer.InstanceType.ShouldBe("t4");
    }

    private static AlmostFits? Almost(ModelRequirements requirements, params GpuOffer[] offers) =>
        Optimizer.Rank(Workloads.Asking(requirements), Catalog.Of(offers), OptimizerPolicy.Default).Recommendation.Almost;
}
