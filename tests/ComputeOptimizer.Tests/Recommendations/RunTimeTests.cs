using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class RunTimeTests
{
    private static readonly OfferGpu T4 = new("T4", 1, 16384, "nvidia", "7.5", Interconnect.Pcie);
    private static readonly Recommend BertOnImdb = Workloads.Asking(Workloads.Bert, rows: 100_000, tokensPerRow: 333);

    [Fact]
    public void Full_training_takes_six_flops_per_parameter_and_token() =>
        RunTime.Flops(BertOnImdb, OptimizerPolicy.Default).ShouldBe(6.0 * 109_482_240 * 100_000 * 333 * 3);

    [Fact]
    public void Adapters_take_four() =>
        RunTime.Flops(BertOnImdb with { Requirements = Workloads.Bert with { Mode = WorkloadMode.Lora } }, OptimizerPolicy.Default)
            .ShouldBe(4.0 * 109_482_240 * 100_000 * 333 * 3);

    [Fact]
    public void Rows_longer_than_the_context_are_cut() =>
        RunTime.Tokens(BertOnImdb with { TokensPerRow = 5000 }, OptimizerPolicy.Default).ShouldBe(100_000.0 * 512 * 3);

    [Fact]
    public void Hours_are_flops_over_peak_and_utilisation() =>
        RunTime.Hours(BertOnImdb, T4, 1, OptimizerPolicy.Default).ShouldBe(0.8013m); // 6.5624e16 / (65e12 x 0.35) / 3600

    [Fact]
    public void Two_gpus_take_half_and_half_a_gpu_takes_double()
    {
        var one = RunTime.Hours(BertOnImdb, new OfferGpu("L4", 1, 22888, "nvidia", "8.9", Interconnect.Pcie), 1, OptimizerPolicy.Default)!.Value;

        RunTime.Hours(BertOnImdb, new OfferGpu("L4", 2, 22888, "nvidia", "8.9", Interconnect.Pcie), 2, OptimizerPolicy.Default)!.Value.ShouldBe(one / 2, 0.0001m);
        RunTime.Hours(BertOnImdb, new OfferGpu("L4", 0.5m, 11444, "nvidia", "8.9", Interconnect.Pcie), 1, OptimizerPolicy.Default)!.Value.ShouldBe(one * 2, 0.0002m);
    }

    [Fact]
    public void What_is_not_known_gives_no_hours()
    {
        RunTime.Hours(BertOnImdb with { DatasetRows = null }, T4, 1, OptimizerPolicy.Default).ShouldBeNull();
        RunTime.Hours(BertOnImdb with { TokensPerRow = null }, T4, 1, OptimizerPolicy.Default).ShouldBeNull();
        RunTime.Hours(BertOnImdb, T4 with { Model = "T4g" }, 1, OptimizerPolicy.Default).ShouldBeNull();
        RunTime.Hours(BertOnImdb with { Requirements = Workloads.Llama8B() }, T4, 1, OptimizerPolicy.Default).ShouldBeNull();
        RunTime.Hours(BertOnImdb with { Requirements = Workloads.Bert with { Precision = Precision.Fp32 } }, T4, 1, OptimizerPolicy.Default).ShouldBeNull();
        RunTime.Hours(BertOnImdb with { DatasetRows = long.MaxValue }, T4, 1, OptimizerPolicy.Default).ShouldBeNull();
    }
}
