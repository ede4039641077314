using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class TrainingMemoryTests
{
    private const long Bert = 110_106_428;
    private const long Cells = 512L * 16 * 768;
    private const long Logits = 512L * 16 * 30522;

    [Theory]
    [InlineData(TrainingOptimizer.Adamw, Precision.Bf16, 12)]
    [InlineData(TrainingOptimizer.Adam8bit, Precision.Bf16, 6)]
    [InlineData(TrainingOptimizer.SgdMomentum, Precision.Bf16, 8)]
    [InlineData(TrainingOptimizer.Adamw, Precision.Fp32, 8)]
    [InlineData(TrainingOptimizer.Adam8bit, Precision.Fp32, 2)]
    [InlineData(TrainingOptimizer.SgdMomentum, Precision.Fp32, 4)]
    public void An_optimizer_keeps_so_many_bytes_a_parameter(TrainingOptimizer optimizer, Precision precision, int bytes) =>
        Tuned(new Workload(WorkloadMode.Full, precision, Optimizer: optimizer)).Memory.OptimizerBytes.ShouldBe(bytes * Bert);

    [Theory]
    [InlineData(Recomputation.None, (34 * Cells * 12) + (5L * 512 * 512 * 12 * 16 * 12) + (10 * Logits))]
    [InlineData(Recomputation.Selective, (34 * Cells * 12) + (10 * Logits))]
    [InlineData(Recomputation.Full, (2 * Cells * 12) + (34 * Cells) + (10 * Logits))]
    public void Activations_follow_table_2(Recomputation recompute, long bytes) =>
        Tuned(new Workload(WorkloadMode.Full, Precision.Fp16, 512, 16, Recompute: recompute)).Memory.ActivationBytes.ShouldBe(bytes);

    [Fact]
    public void In_fp32_activations_take_66_bytes_and_attention_9() =>
        Tuned(new Workload(WorkloadMode.Full, Precision.Fp32, 512, 16, Recompute: Recomputation.None)).Memory.ActivationBytes
            .ShouldBe((66 * Cells * 12) + (9L * 512 * 512 * 12 * 16 * 12) + (12 * Logits));

    [Fact]
    public void The_defaults_are_what_they_were()
    {
        var full = Tuned(new Workload(WorkloadMode.Full));
        var lora = Tuned(new Workload(WorkloadMode.Lora));

        full.Training.ShouldBe(new TrainingSetup(TrainingOptimizer.Adamw, Recomputation.Selective, 0));
        lora.Training.ShouldBe(new TrainingSetup(TrainingOptimizer.Adamw, Recomputation.Full, 0));
        full.Assumptions.ShouldContain("AdamW on all parameters, flash attention, no other recomputation of activations.");
    }

    [Fact]
    public void Inference_refuses_what_only_training_has()
    {
        var errors = WorkloadPlan.Validate(new Workload(WorkloadMode.Inference, Optimizer: TrainingOptimizer.Adamw, Recompute: Recomputation.Full, ZeroStage: 1));

        errors.Keys.ShouldBe(["optimizer", "recompute", "zeroStage"], ignoreOrder: true);
    }

    [Fact]
    public void Every_part_tells_its_source()
    {
        var requirements = Tuned(new Workload(WorkloadMode.Full));

        requirements.Sources.Select(source => source.Part).ShouldBe(["weightsBytes", "activationBytes", "gradientBytes", "optimizerBytes", "overheadBytes"]);
        requirements.Sources.ShouldAllBe(source => source.Source.Length > 0);
    }

    [Fact]
    public void Stored_weights_are_loaded_as_they_are_stored()
    {
        var mixed = Sample.Made(Sample.Config("meta-llama/Llama-3.1-8B"), new Dictionary<string, long> { ["BF16"] = 8_029_995_008, ["F32"] = 266_240, ["I64"] = 100 });

        var stored = Sample.Sized(mixed, new Workload(WorkloadMode.Inference, Precision.Bf16));
        var converted = Sample.Sized(mixed, new Workload(WorkloadMode.Inference, Precision.Fp16));

        stored.Memory.WeightsBytes.ShouldBe((2 * 8_029_995_008) + (4 * 266_240) + (8 * 100));
        stored.Sources[0].Source.ShouldBe("bytes in the repository's file headers");
        converted.Memory.WeightsBytes.ShouldBe(2 * 8_030_261_248);
    }

    [Fact]
    public void A_4_bit_float_repository_runs_where_4_bit_integers_do()
    {
        var requirements = Sample.Sized(Sample.Shipped("openai/gpt-oss-120b"), new Workload(WorkloadMode.Inference));

        requirements.Precision.ShouldBe(Precision.Int4);
        requirements.Gpus.MinComputeCapability.ShouldBe("7.5");
        Sample.Sized(Sample.Shipped("openai/gpt-oss-120b"), new Workload(WorkloadMode.Inference, Precision.Fp4)).Memory.WeightsBytes.ShouldBe(requirements.Memory.WeightsBytes);
    }

    [Theory]
    [InlineData(Precision.Fp8, "8.9")]
    [InlineData(Precision.Fp4, "10.0")]
    [InlineData(Precision.Bf16, "8.0")]
    [InlineData(Precision.Fp32, null)]
    public void A_precision_asks_for_a_compute_capability(Precision precision, string? capability) => GpuFit.MinComputeCapability(precision).ShouldBe(capability);

    private static ModelRequirements Tuned(Workload workload) => Sample.Sized(Sample.Shipped("google-bert/bert-base-uncased"), workload);
}
