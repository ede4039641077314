using System.Collections.Frozen;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>The traits of decoder-only families by the <c>model_type</c> of their configs.</summary>
internal static class DecoderFamilies
{
    private static readonly DecoderTraits Llama = new() { QkvBias = Switch.By("attention_bias"), OutputBias = Switch.By("attention_bias"), FeedForwardBias = Switch.By("mlp_bias") };
    private static readonly DecoderTraits Plain = new();
    private static readonly DecoderTraits Qwen2 = new() { QkvBias = Switch.On };
    private static readonly DecoderTraits Qwen3 = new() { QkvBias = Switch.By("attention_bias"), OutputBias = Switch.By("attention_bias"), QueryKeyNorm = QueryKeyNorm.Head };
    private static readonly DecoderTraits Gemma = new() { QkvBias = Switch.By("attention_bias"), OutputBias = Switch.By("attention_bias"), Tied = true };
    private static readonly DecoderTraits Olmo2 = Llama with { QueryKeyNorm = QueryKeyNorm.AllHeads };
    private static readonly DecoderTraits Glm = new() { QkvBias = Switch.By("attention_bias") };
    private static readonly DecoderTraits Cohere = new() { QkvBias = Switch.By("attention_bias"), OutputBias = Switch.By("attention_bias"), NormsPerLayer = 1, Tied = true };

    private static readonly DecoderTraits Gpt2 = new()
    {
        Gated = false,
        QkvBias = Switch.On,
        OutputBias = Switch.On,
        FeedForwardBias = Switch.On,
        Norm = NormKind.ScaleAndShift,
        Positions = true,
        Tied = true,
    };

    private static readonly DecoderTraits GptJ = new() { Gated = false, FeedForwardBias = Switch.On, HeadBias = Switch.On, Norm = NormKind.ScaleAndShift, NormsPerLayer = 1 };

    private static readonly FrozenDictionary<string, DecoderTraits> ByType = new Dictionary<string, DecoderTraits>
    {
        ["llama"] = Llama,
        ["granite"] = Llama,
        ["smollm3"] = Llama with { Tied = true },
        ["minicpm"] = Llama with { Tied = true },
        ["mistral"] = Plain,
        ["ministral"] = Plain,
        ["phi3"] = Plain,
        ["baichuan"] = Plain,
        ["internlm2"] = new() { QkvBias = Switch.By("bias"), OutputBias = Switch.By("bias") },
        ["seed_oss"] = new() { QkvBias = Switch.By("attention_bias", otherwise: true), OutputBias = Switch.By("attention_out_bias"), FeedForwardBias = Switch.By("mlp_bias") },
        ["qwen2"] = Qwen2,
        ["qwen2_vl"] = Qwen2,
        ["qwen2_5_vl"] = Qwen2,
        ["qwen2_vl_text"] = Qwen2,
        ["qwen2_5_vl_text"] = Qwen2,
        ["qwen3"] = Qwen3,
        ["gemma"] = Gemma,
        ["gemma2"] = Gemma with { NormsPerLayer = 4 },
        ["gemma3_text"] = Gemma with { NormsPerLayer = 4, QueryKeyNorm = QueryKeyNorm.Head },
        ["olmo"] = Llama with { Norm = NormKind.None },
        ["olmo2"] = Olmo2,
        ["olmo3"] = Olmo2,
        ["cohere"] = Cohere with { QueryKeyNorm = QueryKeyNorm.AllHeads, QueryKeyNormed = Switch.By("use_qk_norm") },
        ["cohere2"] = Cohere,
        ["glm"] = Glm,
        ["glm4"] = Glm with { NormsPerLayer = 4 },
        ["chatglm"] = new() { QkvBias = Switch.By("add_qkv_bias"), OutputBias = Switch.By("add_bias_linear"), FeedForwardBias = Switch.By("add_bias_linear") },
        ["nemotron"] = Llama with { Gated = false, Norm = NormKind.ScaleAndShift },
        ["stablelm"] = new()
        {
            QkvBias = Switch.By("use_qkv_bias"),
            Norm = NormKind.ScaleAndShift,
            OneNorm = Switch.By("use_parallel_residual"),
            QueryKeyNorm = QueryKeyNorm.AllHeads,
            QueryKeyNormed = Switch.By("qk_layernorm"),
        },
        ["starcoder2"] = new()
        {
            Gated = false,
            QkvBias = Switch.By("use_bias", otherwise: true),
            OutputBias = Switch.By("use_bias", otherwise: true),
            FeedForwardBias = Switch.By("use_bias", otherwise: true),
            Norm = NormKind.ScaleAndShift,
            Tied = true,
        },
        ["phi"] = new()
        {
            Gated = false,
            QkvBias = Switch.On,
            OutputBias = Switch.On,
            FeedForwardBias = Switch.On,
            HeadBias = Switch.On,
            Norm = NormKind.ScaleAndShift,
            NormsPerLayer = 1,
        },
        ["gpt2"] = Gpt2,
        ["gpt_bigcode"] = Gpt2,
        ["gpt_neo"] = Gpt2 with { QkvBias = Switch.Off },
        ["bloom"] = Gpt2 with { Positions = false, EmbeddingNorm = true },
        ["gpt_neox"] = new()
        {
            Gated = false,
            QkvBias = Switch.By("attention_bias", otherwise: true),
            OutputBias = Switch.By("attention_bias", otherwise: true),
            FeedForwardBias = Switch.On,
            Norm = NormKind.ScaleAndShift,
        },
        ["gptj"] = GptJ,
        ["codegen"] = GptJ,
        ["falcon"] = new() { Gated = false, Norm = NormKind.ScaleAndShift, QkvBias = Switch.By("bias"), OutputBias = Switch.By("bias"), FeedForwardBias = Switch.By("bias"), Tied = true },
        ["mpt"] = new() { Gated = false, Tied = true },
        ["opt"] = Gpt2,
        ["mixtral"] = Plain,
        ["granitemoe"] = Llama,
        ["phimoe"] = Llama with { Norm = NormKind.ScaleAndShift, HeadBias = Switch.By("lm_head_bias") },
        ["olmoe"] = Olmo2,
        ["qwen2_moe"] = Qwen2,
        ["qwen3_moe"] = Qwen3,
        ["gpt_oss"] = new() { QkvBias = Switch.By("attention_bias", otherwise: true), OutputBias = Switch.By("attention_bias", otherwise: true) },
        ["glm4_moe"] = Glm with { QueryKeyNorm = QueryKeyNorm.Head, QueryKeyNormed = Switch.By("use_qk_norm") },
        ["deepseek_v2"] = Plain,
        ["deepseek_v3"] = Plain,
        ["kimi_k2"] = Plain,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null for types that are no decoder-only transformer known here.</summary>
    public static DecoderTraits? Of(string type) => ByType.GetValueOrDefault(type);
}
