using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class ParameterCountTests
{
    [Theory]
    [InlineData("google-bert/bert-base-uncased", 110_106_428)]
    [InlineData("openai-community/gpt2", 124_439_808)]
    [InlineData("google-t5/t5-base", 222_903_552)]
    [InlineData("FacebookAI/roberta-base", 124_697_433)]
    [InlineData("openai/clip-vit-base-patch32", 151_277_313)]
    [InlineData("openai/whisper-large-v3", 1_543_490_560)]
    [InlineData("meta-llama/Llama-3.1-8B", 8_030_261_248)]
    [InlineData("mistralai/Mistral-7B-v0.1", 7_241_732_096)]
    [InlineData("Qwen/Qwen2.5-7B-Instruct", 7_615_616_512)]
    [InlineData("mistralai/Mixtral-8x7B-v0.1", 46_702_792_704)]
    public void A_config_alone_gives_the_count_of_the_headers(string id, long parameters) =>
        ParameterFormulas.Total(Sample.ParsedConfig(Sample.Config(id))).ShouldBe(parameters);

    [Fact]
    public void A_vit_config_counts_its_labels() =>
        ParameterFormulas.Total(Sample.ParsedConfig(Sample.Config("google/vit-base-patch16-224").Replace("_note_num_labels", "num_labels", StringComparison.Ordinal))).ShouldBe(86_567_656);

    [Fact]
    public void Gpt2_masks_are_not_parameters()
    {
        var count = Count(Sample.Shipped("openai-community/gpt2"));

        count.Parameters.Total.ShouldBe(124_439_808);
        count.Parameters.ByDtype["F32"].ShouldBe(137_022_720);
        count.Parameters.Confidence.ShouldBe(Confidence.Headers);
        count.Notes.ShouldContain(note => note.Contains("12,582,912"));
    }

    [Fact]
    public void A_gpt2_that_was_saved_without_masks_loses_none() =>
        Count(Sample.Made(Sample.Config("openai-community/gpt2"), new Dictionary<string, long> { ["F32"] = 124_439_808 })).Parameters.Total.ShouldBe(124_439_808);

    [Fact]
    public void Position_ids_are_not_parameters() => Count(Sample.Shipped("FacebookAI/roberta-base")).Parameters.Total.ShouldBe(124_697_433);

    [Fact]
    public void Mxfp4_values_count_and_their_scales_do_not()
    {
        var count = Count(Sample.Shipped("openai/gpt-oss-120b"));

        count.Parameters.Total.ShouldBe(116_829_156_672);
        count.Parameters.Active.ShouldBeInRange(5_000_000_000, 6_000_000_000);
        count.StoredBits.ShouldBe(4);

        // OpenAI gives the checkpoint as 60.8 GiB.
        (count.StoredBytes / (double)(1L << 30)).ShouldBe(60.8, 0.05);
    }

    [Theory]
    [InlineData(872_415_232)]
    [InlineData(6_979_321_856)]
    public void Packed_int4_counts_the_same_by_container_and_by_value(long packed)
    {
        var config = Sample.Config("meta-llama/Llama-3.1-8B").TrimEnd().TrimEnd('}') + ""","quantization_config":{"quant_method":"gptq","bits":4,"group_size":128}}""";

        var count = Count(Sample.Made(config, new Dictionary<string, long> { ["I32"] = packed, ["BF16"] = 1_050_939_392 }));

        count.Parameters.Total.ShouldBe(8_030_261_248);
        count.StoredBits.ShouldBe(4);
        count.StoredBytes.ShouldBeInRange(5_500_000_000, 5_700_000_000);
    }

    [Theory]
    [InlineData("""{"quant_method":"gptq","bits":4,"group_size":128}""", "I32", 879_231_104, "F16", 1_105_465_344, Precision.Int4)]
    [InlineData("""{"quant_method":"awq","bits":4,"group_size":128}""", "I32", 879_231_104, "F16", 1_105_465_344, Precision.Int4)]
    [InlineData("""{"quant_method":"bitsandbytes","load_in_4bit":true}""", "U8", 3_598_712_832, "BF16", 1_050_939_392, Precision.Int4)]
    [InlineData("""{"quant_method":"bitsandbytes","load_in_8bit":true}""", "I8", 6_979_321_856, "F16", 1_050_939_392, Precision.Int8)]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"group_0":{"weights":{"num_bits":4,"type":"int"}}}}""", "I32", 6_979_321_856, "BF16", 1_052_315_648, Precision.Int4)]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"group_0":{"weights":{"num_bits":8,"type":"float"}}}}""", "F8_E4M3", 6_979_321_856, "BF16", 1_052_315_648, Precision.Fp8)]
    [InlineData("""{"quant_method":"modelopt","quant_algo":"NVFP4","group_size":16}""", "U8", 3_489_660_928, "BF16", 1_487_147_008, Precision.Fp4)]
    public void Scales_and_containers_of_a_quantized_model_are_not_parameters(string quantization, string packedAs, long packed, string kept, long others, Precision stored)
    {
        var config = Sample.Config("meta-llama/Llama-3.1-8B").TrimEnd().TrimEnd('}') + ",\"quantization_config\":" + quantization + "}";

        var count = Count(Sample.Made(config, new Dictionary<string, long> { [packedAs] = packed, [kept] = others }));

        count.Parameters.Total.ShouldBe(8_030_261_248);
        count.StoredPrecision.ShouldBe(stored);
    }

    [Fact]
    public void Without_a_formula_the_packing_alone_gives_the_count()
    {
        const long Packed = 7_000_000_000;
        var count = Count(Sample.Made(
            """{"model_type":"unheard-of","quantization_config":{"quant_method":"gptq","bits":4,"group_size":128}}""",
            new Dictionary<string, long> { ["I32"] = (Packed / 8) + (Packed / 128 / 8), ["F16"] = 1_000_000_000 + (Packed / 128) }));

        count.Parameters.Total.ShouldBeInRange(7_999_000_000, 8_001_000_000);
    }

    [Fact]
    public void Block_scales_of_fp8_are_not_parameters()
    {
        var count = Count(Sample.Made(
            """{"model_type":"unheard-of","quantization_config":{"quant_method":"fp8","weight_block_size":[128,128]}}""",
            new Dictionary<string, long> { ["F8_E4M3"] = 16_384_000_000, ["BF16"] = 1_000_000_000, ["F32"] = 1_000_000 }));

        count.Parameters.Total.ShouldBe(17_384_000_000);
        count.StoredBytes.ShouldBe(16_384_000_000 + 2_000_000_000 + 4_000_000);
    }

    [Theory]
    [InlineData("""{"model_type":"falcon","architectures":["FalconForCausalLM"],"hidden_size":4544,"num_hidden_layers":32,"num_attention_heads":71,"vocab_size":65024}""", 7_217_189_760, 6_921_720_704)]
    [InlineData("""{"model_type":"detr","architectures":["DetrForObjectDetection"],"d_model":256,"encoder_layers":6,"decoder_layers":6,"encoder_ffn_dim":2048,"encoder_attention_heads":8}""", 41_631_008, 41_524_768)]
    [InlineData("""{"model_type":"gpt2","n_embd":768,"n_layer":12,"n_head":12,"n_positions":1024,"vocab_size":50257}""", 124_439_808 + 12_582_912 + 38_597_376, 124_439_808)]
    public void Copies_and_frozen_norms_are_not_parameters(string config, long stored, long parameters) =>
        Count(Sample.Made(config, new Dictionary<string, long> { ["F32"] = stored })).Parameters.Total.ShouldBe(parameters);

    [Fact]
    public void Experts_that_a_token_skips_are_not_active()
    {
        var count = Count(Sample.Shipped("mistralai/Mixtral-8x7B-v0.1"));

        count.Parameters.Total.ShouldBe(46_702_792_704);
        count.Parameters.Active.ShouldBe(12_879_925_248);
        count.Parameters.Confidence.ShouldBe(Confidence.Config);
    }

    [Fact]
    public void Without_headers_and_formula_the_file_sizes_count()
    {
        var count = Count(Sample.Made("""{"model_type":"unheard-of"}""", null, new ModelFile("model.safetensors", 166_587_896, null)));

        count.Parameters.Confidence.ShouldBe(Confidence.Files);
        count.Parameters.Total.ShouldBe(166_587_896 / 4);
    }

    [Theory]
    [InlineData("org/Llama-2-7B-chat", 7_000_000_000, null)]
    [InlineData("org/mixtral-8x7b-v0.1", 56_000_000_000, null)]
    [InlineData("facebook/opt-350m", 350_000_000, null)]
    [InlineData("Qwen/Qwen3-30B-A3B-GGUF", 30_000_000_000, 3_000_000_000L)]
    [InlineData("org/SmolLM-1.7B", 1_700_000_000, null)]
    public void A_size_in_the_name_is_the_last_resort(string id, long total, long? active)
    {
        var count = ParameterCount.Of(Sample.Made() with { Id = id }, null).ShouldNotBeNull();

        count.Parameters.Total.ShouldBe(total);
        count.Parameters.Active.ShouldBe(active ?? total);
        count.Parameters.Confidence.ShouldBe(Confidence.Name);
        count.Notes.ShouldContain(note => note.Contains("name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("org/bge-m3")]
    [InlineData("org/awq-4bit")]
    [InlineData("7b/adapter")]
    [InlineData("org/v0.1m2")]
    [InlineData("org/x-0b")]
    [InlineData("org/999x9999b")]
    public void A_name_without_a_size_tells_none(string id) => ParameterCount.Of(Sample.Made() with { Id = id }, null).ShouldBeNull();

    [Theory]
    [InlineData("""{"model_type":"bert","architectures":["BertForMaskedLM"],"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,"num_attention_heads":12,"max_position_embeddings":512,"vocab_size":30522}""", 438_081_240, 109_514_298)]
    [InlineData("""{"model_type":"bert","architectures":["BertForMaskedLM"],"hidden_size":768,"intermediate_size":3072,"num_hidden_layers":12,"num_attention_heads":12,"max_position_embeddings":512,"vocab_size":30522}""", 440_449_768, 110_106_428)]
    [InlineData("""{"model_type":"llama","hidden_size":2048,"intermediate_size":8192,"num_hidden_layers":16,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"torch_dtype":"bfloat16"}""", 2_471_645_608, 1_235_814_400)]
    [InlineData("""{"model_type":"llama","hidden_size":2048,"intermediate_size":8192,"num_hidden_layers":16,"num_attention_heads":32,"num_key_value_heads":8,"vocab_size":128256,"torch_dtype":"bfloat16"}""", 4_943_000_000, 1_498_482_688)]
    public void Files_settle_what_the_config_leaves_open(string config, long bytes, long parameters)
    {
        var count = Count(Sample.Made(config, null, new ModelFile("model.safetensors", bytes, null)));

        count.Parameters.Total.ShouldBe(parameters);
        count.Parameters.Confidence.ShouldBe(Confidence.Config);
    }

    [Fact]
    public void An_architecture_without_a_formula_is_counted_as_a_decoder_of_its_dimensions()
    {
        var count = Count(Sample.Made(Sample.Config("meta-llama/Llama-3.1-8B").Replace("\"llama\"", "\"newcomer\"", StringComparison.Ordinal)));

        count.Parameters.Total.ShouldBe(8_030_261_248);
        count.Notes.ShouldContain(note => note.Contains("newcomer", StringComparison.Ordinal));
    }

    [Fact]
    public void A_published_figure_has_the_lowest_confidence()
    {
        var count = Count(Sample.Shipped("microsoft/resnet-50"));

        count.Parameters.Total.ShouldBe(25_557_032);
        count.Parameters.Confidence.ShouldBe(Confidence.Name);
    }

    [Fact]
    public void Nothing_known_is_no_count() => ParameterCount.Of(Sample.Made(), null).ShouldBeNull();

    [Fact]
    public void Absurd_headers_are_not_believed() =>
        ParameterCount.Of(Sample.Made(elements: new Dictionary<string, long> { ["F32"] = long.MaxValue, ["BF16"] = -5 }), null).ShouldBeNull();

    [Fact]
    public void An_absurd_config_is_not_believed() =>
        ParameterCount.Of(
            Sample.Made("""{"model_type":"llama","hidden_size":100000000,"num_hidden_layers":100000000,"intermediate_size":100000000,"vocab_size":100000000,"num_attention_heads":1}"""),
            Sample.ParsedConfig("""{"model_type":"llama","hidden_size":100000000,"num_hidden_layers":100000000,"intermediate_size":100000000,"vocab_size":100000000,"num_attention_heads":1}""")).ShouldBeNull();

    [Fact]
    public void One_format_is_chosen_of_many()
    {
        ModelFile[] files =
        [
            new("model-00001-of-00002.safetensors", 10, null), new("model-00002-of-00002.safetensors", 20, null), new("pytorch_model.bin", 30, null),
            new("consolidated.00.pth", 30, null), new("model.fp16.safetensors", 15, null), new("tf_model.h5", 30, null),
        ];

        WeightFiles.Bytes(files).ShouldBe(30);
    }

    [Fact]
    public void A_pipeline_counts_its_components_and_not_the_single_file_copy()
    {
        ModelFile[] files =
        [
            new("model_index.json", 1, null), new("sd_xl_base_1.0.safetensors", 6_000, null), new("unet/diffusion_pytorch_model.safetensors", 5_000, null),
            new("unet/diffusion_pytorch_model.fp16.safetensors", 2_500, null), new("text_encoder/model.safetensors", 400, null), new("vae/diffusion_pytorch_model.safetensors", 100, null),
        ];

        WeightFiles.Bytes(files).ShouldBe(5_500);
    }

    [Fact]
    public void A_missing_file_size_is_no_size() => WeightFiles.Bytes([new("model.safetensors", null, null)]).ShouldBeNull();

    private static ParameterCount Count(HubModel model) => ParameterCount.Of(model, ModelConfig.Parse(model.Config)).ShouldNotBeNull();
}
