using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class ThroughputTests
{
    private static readonly OfferGpu T4 = new("T4", 1, 16384, "nvidia", "7.5", Interconnect.Pcie);
    private static readonly OfferGpu L4 = new("L4", 1, 22888, "nvidia", "8.9", Interconnect.Pcie);
    private static readonly OfferGpu H100 = new("H100", 8, 81920, "nvidia", "9.0", Interconnect.Nvlink);
    private static readonly Recommend BertOnImdb = Workloads.Asking(Workloads.Bert, rows: 100_000, tokensPerRow: 333);

    [Fact]
    public void Tokens_to_train_on_are_rows_times_tokens_times_epochs()
    {
        Tokens(BertOnImdb).ShouldBe(100_000.0 * 333 * 3);
        Tokens(BertOnImdb with { Job = new Job { Epochs = 1 } }).ShouldBe(100_000.0 * 333);
        Tokens(BertOnImdb with { TokensPerRow = 5000 }).ShouldBe(100_000.0 * 512 * 3, "rows are cut at the context length");
        Tokens(BertOnImdb with { Job = new Job { Tokens = 7 } }).ShouldBe(7);
        Tokens(BertOnImdb with { DatasetRows = null }).ShouldBeNull();
        Tokens(BertOnImdb with { Requirements = Workloads.Llama8B() }).ShouldBeNull("a dataset does not say how much is generated");
    }

    [Fact]
    public void Training_is_held_back_by_flops_over_six_per_parameter_or_four_for_adapters()
    {
        var full = Of(Workloads.Bert, T4)!;
        var adapters = Of(Workloads.Bert with { Mode = WorkloadMode.Lora }, T4)!;

        full.Limit.ShouldBe("flops");
        full.TokensPerSecond.ShouldBe(65e12 * 0.35 / (6.0 * 109_482_240), 0.01);
        adapters.TokensPerSecond.ShouldBe(full.TokensPerSecond * 1.5, 0.01);
    }

    [Fact]
    public void Training_of_tiny_batches_is_held_back_by_bandwidth()
    {
        var memory = Workloads.Bert.Memory;
        var speed = Of(Workloads.Bert with { BatchSize = 1, ContextLength = 16 }, T4)!;

        speed.Limit.ShouldBe("memory-bandwidth");
        speed.TokensPerSecond.ShouldBe(16 * 320e9 * 0.6 / (2.0 * (memory.WeightsBytes + memory.GradientBytes + memory.OptimizerBytes + memory.ActivationBytes)), 0.01);
    }

    [Fact]
    public void Decoding_reads_the_weights_and_the_cache_for_each_step()
    {
        var needs = Workloads.Llama8B();
        var one = Of(needs, L4)!;
        var batch = Of(needs with { BatchSize = 8, Memory = needs.Memory with { KvCacheBytes = 8 * needs.Memory.KvCacheBytes } }, H100)!;

        one.Limit.ShouldBe("memory-bandwidth");
        one.TokensPerSecond.ShouldBe(300e9 * 0.6 / (needs.Memory.WeightsBytes + needs.Memory.KvCacheBytes), 1e-6);
        batch.TokensPerSecond.ShouldBe(8 * 3350e9 * 0.6 / (needs.Memory.WeightsBytes + (8.0 * needs.Memory.KvCacheBytes)), 1e-6);
    }

    [Fact]
    public void A_mixture_of_experts_reads_what_its_batch_touches()
    {
        var needs = Workloads.Llama8B() with { Memory = Workloads.Llama8B().Memory with { KvCacheBytes = 0 } };
        var experts = needs with { Parameters = needs.Parameters with { Active = needs.Parameters.Total / 4 } };

        Of(experts, L4)!.TokensPerSecond.ShouldBe(4 * Of(needs, L4)!.TokensPerSecond, 1e-3);
        Of(experts with { BatchSize = 2 }, L4)!.TokensPerSecond.ShouldBe(2 * Of(needs, L4)!.TokensPerSecond / (1 - (0.75 * 0.75)), 1e-3);
    }

    [Fact]
    public void Gpus_without_nvlink_lose_a_part_of_their_speed()
    {
        var two = L4 with { Count = 2 };
        var training = Workloads.Bert;
        var split = Workloads.Llama8B();

        Of(training, two, 2)!.TokensPerSecond.ShouldBe(2 * 0.8 * Of(training, L4)!.TokensPerSecond, 1e-6);
        Of(training, two with { Interconnect = Interconnect.Nvlink }, 2)!.TokensPerSecond.ShouldBe(2 * Of(training, L4)!.TokensPerSecond, 1e-6);
        Of(split, two, 2)!.TokensPerSecond.ShouldBe(2 * 0.7 * Of(split, L4)!.TokensPerSecond, 1e-6);
    }

    [Fact]
    public void A_slice_works_at_its_fraction() =>
        Of(Workloads.Bert, L4 with { Count = 0.5m, MemoryMiB = 11444 })!.TokensPerSecond.ShouldBe(Of(Workloads.Bert, L4)!.TokensPerSecond / 2, 1e-6);

    [Fact]
    public void What_the_caller_says_of_the_speed_goes_before_the_policy()
    {
        var job = new Job { FlopsUtilisation = 0.7, BandwidthUtilisation = 0.3 };

        Of(Workloads.Bert, T4, job: job)!.TokensPerSecond.ShouldBe(2 * Of(Workloads.Bert, T4)!.TokensPerSecond, 1e-6);
        Of(Workloads.Llama8B(), L4, job: job)!.TokensPerSecond.ShouldBe(Of(Workloads.Llama8B(), L4)!.TokensPerSecond / 2, 1e-6);
    }

    [Fact]
    public void What_is_not_known_gives_no_speed()
    {
        Of(Workloads.Bert, T4 with { Model = "RTXPRO4500" }).ShouldBeNull();
        Of(Workloads.Bert, T4 with { Model = "nobody's" }).ShouldBeNull();
        Of(Workloads.Bert with { Precision = Precision.Fp32 }, T4).ShouldBeNull("the peaks are those of half precision");
    }

    private static double? Tokens(Recommend request) => Work.Of(request, OptimizerPolicy.Default).Tokens;

    private static Throughput? Of(ModelRequirements needs, OfferGpu gpu, int gpus = 1, Job? job = null) => Throughput.Of(
        needs,
        gpu,
        new OfferFit(1, 1, 0, gpus, needs.Mode == WorkloadMode.Inference ? gpus : 1),
        Work.Of(Workloads.Asking(needs, job: job), OptimizerPolicy.Default),
        OptimizerPolicy.Default);
}
