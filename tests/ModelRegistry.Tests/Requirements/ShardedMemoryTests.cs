using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

/// <summary>What each of several GPUs holds, against the division rules by hand.</summary>
public class ShardedMemoryTests
{
    private const long Llama = 8_030_261_248;

    private const string DeepSeekV3 =
        """{"model_type":"deepseek_v3","architectures":["DeepseekV3ForCausalLM"],"hidden_size":7168,"intermediate_size":18432,"moe_intermediate_size":2048,"num_hidden_layers":61,"num_attention_heads":128,"num_key_value_heads":128,"vocab_size":129280,"n_routed_experts":256,"num_experts_per_tok":8,"n_shared_experts":1,"first_k_dense_replace":3,"kv_lora_rank":512,"q_lora_rank":1536,"qk_rope_head_dim":64,"qk_nope_head_dim":128,"v_head_dim":128,"torch_dtype":"bfloat16"}""";

    [Fact]
    public void Tensor_parallelism_splits_weights_cache_and_part_of_the_activations()
    {
        var requirements = Llama8B(new Workload(WorkloadMode.Inference, Precision.Bf16, 8192, 1, TensorParallel: 4));

        var share = requirements.PerGpu.ShouldNotBeNull();
        (share.Gpus, share.TensorParallel, share.DataParallel).ShouldBe((4, 4, 1));
        share.Memory.WeightsBytes.ShouldBe(2 * Llama / 4);
        share.Memory.KvCacheBytes.ShouldBe((1L << 30) / 4);
        share.Memory.KvCacheBytesPerToken.ShouldBe(128 * 1024 / 4);

        // One layer's 34 bytes for each of 8192 x 4096: 10 on every GPU and 24 shared, and the shared logits of the last token.
        share.Memory.ActivationBytes.ShouldBe((8192L * 4096 * 10) + (((8192L * 4096 * 24) + (128256 * 4)) / 4));
        share.Memory.OverheadBytes.ShouldBe(requirements.Memory.OverheadBytes);
    }

    [Fact]
    public void Key_value_heads_are_copied_where_there_are_fewer_than_GPUs()
    {
        var requirements = Llama8B(new Workload(WorkloadMode.Inference, Precision.Bf16, 8192, 1, Gpus: 16));

        requirements.Gpus.KeyValueHeads.ShouldBe(8);
        requirements.PerGpu.ShouldNotBeNull().TensorParallel.ShouldBe(16);
        requirements.PerGpu.Memory.KvCacheBytes.ShouldBe((1L << 30) / 8);
    }

    [Fact]
    public void A_latent_is_on_every_GPU_whole()
    {
        var requirements = Sample.Sized(Sample.Made(DeepSeekV3), new Workload(WorkloadMode.Inference, Precision.Bf16, 4096, 1, TensorParallel: 16));

        requirements.Gpus.KeyValueHeads.ShouldBe(1);
        requirements.PerGpu.ShouldNotBeNull().Memory.KvCacheBytes.ShouldBe(61L * 576 * 2 * 4096);
        requirements.Parameters.Total.ShouldBe(671_026_419_200);
        requirements.Parameters.Active.ShouldBe(37_552_297_472);
    }

    [Fact]
    public void An_encoder_has_no_cache_to_split() => Sample.Sized("google-bert/bert-base-uncased").Gpus.KeyValueHeads.ShouldBeNull();

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 1, 1, 8)]
    [InlineData(2, 1, 8, 8)]
    [InlineData(3, 8, 8, 8)]
    public void Zero_shards_optimizer_then_gradients_then_weights(int stage, int weights, int gradients, int optimizer)
    {
        var requirements = Llama8B(new Workload(WorkloadMode.Full, Precision.Bf16, 1024, 1, ZeroStage: stage, Gpus: 8));

        var memory = requirements.PerGpu.ShouldNotBeNull().Memory;
        memory.WeightsBytes.ShouldBe(2 * Llama / weights);
        memory.GradientBytes.ShouldBe(2 * Llama / gradients);
        memory.OptimizerBytes.ShouldBe(12 * Llama / optimizer);
        memory.ActivationBytes.ShouldBe(requirements.Memory.ActivationBytes);
        requirements.Training.ShouldNotBeNull().ZeroStage.ShouldBe(stage);
    }

    [Fact]
    public void Tensor_and_data_parallel_training_divide_one_after_the_other()
    {
        var requirements = Llama8B(new Workload(WorkloadMode.Full, Precision.Bf16, 1024, 1, ZeroStage: 1, Gpus: 8, TensorParallel: 2));

        var share = requirements.PerGpu.ShouldNotBeNull();
        share.DataParallel.ShouldBe(4);
        share.Memory.WeightsBytes.ShouldBe(2 * Llama / 2);
        share.Memory.OptimizerBytes.ShouldBe(12 * Llama / 8);
    }

    [Fact]
    public void Several_GPUs_shard_everything_by_default()
    {
        var requirements = Llama8B(new Workload(WorkloadMode.Full, Gpus: 4));

        requirements.Training.ShouldNotBeNull().ZeroStage.ShouldBe(3);
        requirements.PerGpu.ShouldNotBeNull().TensorParallel.ShouldBe(1);
        requirements.Assumptions.ShouldContain(assumption => assumption.StartsWith("zeroStage 3:", StringComparison.Ordinal));
    }

    [Fact]
    public void One_GPU_has_no_share() => Llama8B(new Workload(WorkloadMode.Full, Gpus: 1)).PerGpu.ShouldBeNull();

    [Theory]
    [InlineData(3, null, "tensorParallel")]
    [InlineData(4, 6, "tensorParallel")]
    [InlineData(4, 1025, "gpus")]
    [InlineData(0, null, "tensorParallel")]
    public void A_split_that_heads_or_GPUs_do_not_allow_is_refused(int tensorParallel, int? gpus, string field) =>
        SizeWorkload.Size(Sample.Shipped("meta-llama/Llama-3.1-8B"), new Workload(WorkloadMode.Inference, Gpus: gpus, TensorParallel: tensorParallel))
            .Refusal.ShouldNotBeNull().Errors.ShouldNotBeNull().Keys.ShouldContain(field);

    private static ModelRequirements Llama8B(Workload workload) => Sample.Sized(Sample.Shipped("meta-llama/Llama-3.1-8B"), workload);
}
