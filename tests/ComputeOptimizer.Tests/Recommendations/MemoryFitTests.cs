using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class MemoryFitTests
{
    private static readonly OfferGpu T4 = new("T4", 1, 16384, "nvidia", "7.5", Interconnect.Pcie);
    private static readonly OfferGpu EightPcie = new("L4", 8, 22888, "nvidia", "8.9", Interconnect.Pcie);

    [Fact]
    public void Usable_memory_is_the_providers_figure_less_the_policy()
    {
        MemoryFit.UsableBytes(T4, WorkloadMode.Inference, OptimizerPolicy.Default).ShouldBe((long)(13.4m * Workloads.GiB));
        MemoryFit.UsableBytes(T4, WorkloadMode.Full, OptimizerPolicy.Default).ShouldBe((long)(12.72m * Workloads.GiB));
        MemoryFit.UsableBytes(T4 with { MemoryMiB = 1024 }, WorkloadMode.Full, OptimizerPolicy.Default).ShouldBe(0);
    }

    [Fact]
    public void A_slice_is_one_gpu_with_the_memory_of_the_slice()
    {
        var slice = new OfferGpu("L4", 0.5m, 11444, "nvidia", "8.9", Interconnect.Pcie);

        MemoryFit.Devices(slice).ShouldBe(1);
        MemoryFit.Place(Workloads.Bert, slice, OptimizerPolicy.Default).Fit!.GpusUsed.ShouldBe(1);
    }

    [Fact]
    public void Key_value_heads_limit_how_far_the_cache_is_split()
    {
        var memory = new MemoryBreakdown(0, 0, 8 * Workloads.GiB, 0, 0, 0, 0);
        var requirements = Workloads.Llama8B() with { Memory = memory };

        MemoryFit.InferenceBytes(requirements with { Gpus = new GpuRequirements(null, [1, 2, 4, 8], 2) }, 8).ShouldBe(4 * Workloads.GiB);
        MemoryFit.InferenceBytes(requirements with { Gpus = new GpuRequirements(null, [1, 2, 4, 8], 1) }, 8).ShouldBe(8 * Workloads.GiB);
        MemoryFit.InferenceBytes(requirements with { Gpus = new GpuRequirements(null, [1, 2, 4, 8]) }, 8).ShouldBe(Workloads.GiB);
    }

    [Fact]
    public void Training_is_sharded_over_all_gpus_but_for_activations_and_overhead()
    {
        var memory = new MemoryBreakdown(4 * Workloads.GiB, 0, 0, Workloads.GiB, 4 * Workloads.GiB, 24 * Workloads.GiB, Workloads.GiB);

        MemoryFit.TrainingBytes(Workloads.Bert with { Memory = memory }, 8).ShouldBe(6 * Workloads.GiB);
    }

    [Fact]
    public void Inference_takes_the_fewest_gpus_that_hold_the_model()
    {
        var (fit, _) = MemoryFit.Place(Workloads.Llama8B(), EightPcie, OptimizerPolicy.Default);

        fit!.TensorParallel.ShouldBe(1);
        fit.GpusUsed.ShouldBe(1);
    }

    [Fact]
    public void Thirty_two_heads_are_never_split_over_three_gpus()
    {
        var memory = new MemoryBreakdown(45 * Workloads.GiB, 0, 0, 0, 0, 0, 0);
        var requirements = Workloads.Llama8B() with { Memory = memory };

        var onFour = MemoryFit.Place(requirements, EightPcie with { Count = 4 }, OptimizerPolicy.Default);
        var onThree = MemoryFit.Place(requirements, EightPcie with { Count = 3 }, OptimizerPolicy.Default);

        onFour.Fit!.TensorParallel.ShouldBe(4);
        onThree.Fit.ShouldBeNull();
        onThree.Rejection!.Code.ShouldBe(RejectionCodes.Parallelism);
        onThree.Rejection.Detail.ShouldBe("It fits from 3 GPUs on, but the model can be split over 1, 2 of its 3 GPUs only (legal degrees within PCIe, where at most 4 GPUs share a model).");
    }

    [Fact]
    public void Over_pcie_at_most_four_gpus_share_a_model()
    {
        var requirements = Workloads.Llama8B() with { Memory = new MemoryBreakdown(100 * Workloads.GiB, 0, 0, 0, 0, 0, 0) };

        MemoryFit.Place(requirements, EightPcie, OptimizerPolicy.Default).Rejection!.Code.ShouldBe(RejectionCodes.Parallelism);
        MemoryFit.Place(requirements, EightPcie with { Interconnect = Interconnect.Nvlink }, OptimizerPolicy.Default).Fit!.TensorParallel.ShouldBe(8);
    }

    [Fact]
    public void Too_little_memory_is_said_in_figures()
    {
        var (_, rejection) = MemoryFit.Place(Workloads.Llama8B(Precision.Fp16), T4, OptimizerPolicy.Default);

        rejection!.Code.ShouldBe(RejectionCodes.Memory);
        rejection.Detail.ShouldBe("It needs 18.02 GiB per GPU, has 13.40 GiB usable.");
    }
}
