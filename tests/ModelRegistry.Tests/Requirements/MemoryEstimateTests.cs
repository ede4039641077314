using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class MemoryEstimateTests
{
    private const double GiB = 1L << 30;

    [Fact]
    public void Llama_8b_caches_128_KiB_a_token_and_1_GiB_at_8k()
    {
        var memory = Sample.Sized("meta-llama/Llama-3.1-8B", WorkloadMode.Inference, Precision.Bf16, context: 8192).Memory;

        memory.KvCacheBytesPerToken.ShouldBe(128 * 1024);
        memory.KvCacheBytes.ShouldBe(1L << 30);
        memory.WeightsBytes.ShouldBe(2 * 8_030_261_248);
    }

    [Fact]
    public void Llama_70b_caches_320_KiB_a_token()
    {
        var config = Sample.Config("meta-llama/Llama-3.1-8B").Replace("\"num_hidden_layers\": 32", "\"num_hidden_layers\": 80", StringComparison.Ordinal)
            .Replace("\"num_attention_heads\": 32", "\"num_attention_heads\": 64", StringComparison.Ordinal)
            .Replace("\"hidden_size\": 4096", "\"hidden_size\": 8192", StringComparison.Ordinal)
            .Replace("\"intermediate_size\": 14336", "\"intermediate_size\": 28672", StringComparison.Ordinal);

        var requirements = Sample.Sized(Sample.Made(config), new Workload(WorkloadMode.Inference, Precision.Bf16, 8192, 1));

        requirements.Parameters.Total.ShouldBe(70_553_706_496);
        requirements.Memory.KvCacheBytesPerToken.ShouldBe(320 * 1024);
        requirements.Memory.KvCacheBytes.ShouldBe((long)(2.5 * GiB));
    }

    [Fact]
    public void Latent_attention_caches_one_vector_a_layer()
    {
        var model = Sample.Made(
            """{"model_type":"deepseek_v3","architectures":["DeepseekV3ForCausalLM"],"hidden_size":7168,"num_hidden_layers":61,"num_attention_heads":128,"kv_lora_rank":512,"qk_rope_head_dim":64,"vocab_size":129280}""",
            new Dictionary<string, long> { ["BF16"] = 671_000_000_000 });

        Sample.Sized(model, new Workload(WorkloadMode.Inference, Precision.Bf16, 1024, 1)).Memory.KvCacheBytesPerToken.ShouldBe(61 * (512 + 64) * 2);
    }

    [Fact]
    public void A_sliding_window_bounds_the_cache()
    {
        var within = Sample.Sized("mistralai/Mistral-7B-v0.1", WorkloadMode.Inference, Precision.Bf16, context: 4096).Memory.KvCacheBytes;
        var beyond = Sample.Sized("mistralai/Mistral-7B-v0.1", WorkloadMode.Inference, Precision.Bf16, context: 32768).Memory.KvCacheBytes;

        beyond.ShouldBe(within);
    }

    [Theory]
    [InlineData("\"sliding_window_pattern\":6,", 22)]
    [InlineData("", 22)]
    [InlineData("\"layer_types\":[\"full_attention\",\"sliding_attention\"],", 1)]
    public void Only_some_layers_slide(string pattern, int sliding)
    {
        var model = Sample.Made($$"""
            {"model_type":"gemma3_text","architectures":["Gemma3ForCausalLM"],{{pattern}}"hidden_size":1152,"intermediate_size":6912,"num_hidden_layers":26,"num_attention_heads":4,
            "num_key_value_heads":1,"head_dim":256,"vocab_size":262144,"sliding_window":512,"max_position_embeddings":32768}
            """);

        Sample.Sized(model, new Workload(WorkloadMode.Inference, Precision.Bf16, 8192, 3)).Memory.KvCacheBytes.ShouldBe(2L * 256 * 2 * (((26 - sliding) * 8192) + (sliding * 512)) * 3);
    }

    [Theory]
    [InlineData("""{"model_type":"qwen2","hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,"num_attention_heads":14,"num_key_value_heads":2,"vocab_size":151936,"sliding_window":1024}""")]
    [InlineData("""{"model_type":"qwen2","hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,"num_attention_heads":14,"num_key_value_heads":2,"vocab_size":151936,"sliding_window":1024,"use_sliding_window":true,"max_window_layers":24}""")]
    public void Qwens_window_is_off_unless_it_is_switched_on_for_a_layer(string config)
    {
        var memory = Sample.Sized(Sample.Made(config), new Workload(WorkloadMode.Inference, Precision.Bf16, 8192, 1)).Memory;

        memory.KvCacheBytes.ShouldBe(memory.KvCacheBytesPerToken * 8192);
    }

    [Fact]
    public void A_state_space_model_keeps_the_same_for_every_length()
    {
        var model = Sample.Made(
            """{"model_type":"mamba","architectures":["MambaForCausalLM"],"hidden_size":768,"num_hidden_layers":24,"state_size":16,"conv_kernel":4,"expand":2,"vocab_size":50280}""");

        var one = Sample.Sized(model, new Workload(WorkloadMode.Inference, Precision.Fp16, 100, 1)).Memory;
        var longer = Sample.Sized(model, new Workload(WorkloadMode.Inference, Precision.Fp16, 100_000, 1)).Memory;

        one.KvCacheBytesPerToken.ShouldBe(0);
        one.KvCacheBytes.ShouldBe(24L * 1536 * (16 + 4) * 2);
        longer.KvCacheBytes.ShouldBe(one.KvCacheBytes);
    }

    [Fact]
    public void A_window_that_is_switched_off_bounds_nothing()
    {
        var memory = Sample.Sized("Qwen/Qwen2.5-7B-Instruct", WorkloadMode.Inference, Precision.Bf16, context: 32768).Memory;

        memory.KvCacheBytes.ShouldBe(memory.KvCacheBytesPerToken * 32768);
    }

    [Theory]
    [InlineData(Precision.Fp16)]
    [InlineData(Precision.Fp32)]
    public void Full_tuning_keeps_16_bytes_for_a_parameter(Precision precision)
    {
        var requirements = Sample.Sized("google-bert/bert-base-uncased", WorkloadMode.Full, precision);

        var memory = requirements.Memory;
        (memory.WeightsBytes + memory.GradientBytes + memory.OptimizerBytes).ShouldBe(16 * requirements.Parameters.Total);
        memory.KvCacheBytes.ShouldBe(0);
    }

    [Fact]
    public void Bert_is_tuned_as_a_whole_on_a_T4()
    {
        var requirements = Sample.Sized("google-bert/bert-base-uncased");

        requirements.Mode.ShouldBe(WorkloadMode.Full);
        requirements.Precision.ShouldBe(Precision.Fp16);
        requirements.BatchSize.ShouldBe(16);
        requirements.ContextLength.ShouldBe(512);
        requirements.Gpus.MinComputeCapability.ShouldBe("7.0");

        // 34 bytes x 512 tokens x 16 sequences x 768 wide x 12 layers, and the logits of the declared head.
        requirements.Memory.ActivationBytes.ShouldBe((34L * 512 * 16 * 768 * 12) + (512L * 16 * 30522 * 10));
        requirements.Memory.TotalBytes.ShouldBeLessThan(Usable(15360));
    }

    [Fact]
    public void Llama_8b_lora_fits_a_24_GB_card()
    {
        var requirements = Sample.Sized("meta-llama/Llama-3.1-8B");

        requirements.Mode.ShouldBe(WorkloadMode.Lora);
        requirements.Precision.ShouldBe(Precision.Bf16);
        requirements.TrainableParameters.ShouldBe(41_943_040);
        requirements.Memory.TotalBytes.ShouldBeLessThan(Usable(22888));
    }

    [Fact]
    public void Llama_8b_qlora_fits_a_T4() =>
        Sample.Sized("meta-llama/Llama-3.1-8B", WorkloadMode.Qlora).Memory.TotalBytes.ShouldBeLessThan(Usable(15360));

    [Fact]
    public void Int4_keeps_embeddings_in_16_bits() =>
        (Sample.Sized("meta-llama/Llama-3.1-8B", WorkloadMode.Inference, Precision.Int4).Memory.WeightsBytes / 1e9).ShouldBe(5.6, 0.2);

    [Fact]
    public void A_convolutional_network_grows_with_the_batch_and_not_with_the_context()
    {
        var one = Sample.Sized("microsoft/resnet-50", WorkloadMode.Full, Precision.Fp32, context: 10, batch: 1);
        var many = Sample.Sized("microsoft/resnet-50", WorkloadMode.Full, Precision.Fp32, context: 1000, batch: 32);

        many.Memory.ActivationBytes.ShouldBe(one.Memory.ActivationBytes * 32);
        many.ContextLength.ShouldBe(one.ContextLength);

        // 32 images in fp32 take 3 to 5 GB in practice.
        (many.Memory.ActivationBytes / 1e9).ShouldBeInRange(3, 5);
    }

    [Fact]
    public void An_image_is_as_long_as_its_patches() => Sample.Sized("google/vit-base-patch16-224").ContextLength.ShouldBe((224 / 16 * (224 / 16)) + 1);

    [Fact]
    public void A_fp8_repository_is_served_as_it_is_stored()
    {
        var model = Sample.Made(
            Sample.Config("meta-llama/Llama-3.1-8B").TrimEnd().TrimEnd('}') + ""","quantization_config":{"quant_method":"fp8"}}""",
            new Dictionary<string, long> { ["F8_E4M3"] = 6_979_321_856, ["BF16"] = 1_050_939_392 });

        var requirements = Sample.Sized(model, new Workload(WorkloadMode.Inference));

        requirements.Precision.ShouldBe(Precision.Fp8);
        requirements.Gpus.MinComputeCapability.ShouldBe("8.9");
        requirements.Memory.WeightsBytes.ShouldBe(6_979_321_856 + (2 * 1_050_939_392));
    }

    [Fact]
    public void Every_shipped_model_of_known_size_can_be_sized_in_every_mode()
    {
        foreach (var model in Sample.Sizable)
        {
            foreach (var mode in Enum.GetValues<WorkloadMode>())
            {
                var requirements = Sample.Sized(model, new Workload(mode));
                requirements.Memory.TotalBytes.ShouldBeGreaterThan(MemoryEstimate.RuntimeOverheadBytes, model.Id);
                requirements.HostMemoryBytes.ShouldBeGreaterThanOrEqualTo(4L << 30, model.Id);
                requirements.Assumptions.ShouldNotBeEmpty(model.Id);
                requirements.Gpus.TensorParallelDegrees[0].ShouldBe(1, model.Id);
            }
        }
    }

    [Theory]
    [InlineData(32, 8, new[] { 1, 2, 4, 8, 16 })]
    [InlineData(28, 4, new[] { 1, 2, 4 })]
    [InlineData(14, 2, new[] { 1, 2, 14 })]
    [InlineData(9, 3, new[] { 1, 3, 9 })]
    [InlineData(20, 20, new[] { 1, 2, 4, 5, 10 })]
    public void Heads_split_evenly_or_not_at_all(int heads, int keyValueHeads, int[] degrees) =>
        GpuFit.TensorParallelDegrees(new ModelConfig { Type = "llama", AttentionHeads = heads, KeyValueHeads = keyValueHeads }).ShouldBe(degrees);

    // The share of a card that training may use: 0.92 of its memory less 2 GiB.
    private static long Usable(long mebibytes) => (long)(mebibytes * 1024 * 1024 * 0.92) - (2L << 30);
}
