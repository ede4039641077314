using System.Text.Json;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>
/// The figures of a <c>config.json</c> under one spelling. Values that are missing, of another type, or outside 1 to
/// 100,000,000 are null: a config is a stranger's file.
/// </summary>
public sealed record ModelConfig
{
    private const int Largest = 100_000_000;

    public required string Type { get; init; }

    public IReadOnlyList<string> Architectures { get; init; } = [];

    public int? HiddenSize { get; init; }

    /// <summary>Layers of the only stack, or of the encoder where there are two.</summary>
    public int? Layers { get; init; }

    public int? DecoderLayers { get; init; }

    public int? AttentionHeads { get; init; }

    /// <summary>Null where keys and values have as many heads as queries.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Null where it is hidden size / heads.</summary>
    public int? HeadDim { get; init; }

    public int? IntermediateSize { get; init; }

    /// <summary>Width of one expert where it differs from the dense layers'.</summary>
    public int? ExpertIntermediateSize { get; init; }

    public int? VocabularySize { get; init; }

    public int? MaxPositions { get; init; }

    public int? TypeVocabularySize { get; init; }

    public bool? TieWordEmbeddings { get; init; }

    public bool AttentionBias { get; init; }

    public bool GatedFeedForward { get; init; }

    public bool IsEncoderDecoder { get; init; }

    public int? Experts { get; init; }

    public int? ExpertsPerToken { get; init; }

    public int? SlidingWindow { get; init; }

    /// <summary>How many layers attend within <see cref="SlidingWindow"/> only.</summary>
    public int SlidingLayers { get; init; }

    /// <summary>How many layers keep a state of constant size instead of keys and values.</summary>
    public int LinearLayers { get; init; }

    /// <summary>Width of the compressed keys and values of multi-head latent attention.</summary>
    public int? LatentRank { get; init; }

    public int? LatentRopeDim { get; init; }

    public int? ImageSize { get; init; }

    public int? PatchSize { get; init; }

    public int? Channels { get; init; }

    public int? Labels { get; init; }

    public int? ProjectionDim { get; init; }

    public int? MelBins { get; init; }

    public int? MaxSourcePositions { get; init; }

    public int? Queries { get; init; }

    /// <summary><c>F32</c>, <c>BF16</c>, <c>F16</c> as the file headers spell it.</summary>
    public string? Dtype { get; init; }

    /// <summary>Such as <c>gptq</c>, <c>awq</c>, <c>mxfp4</c>, <c>bitsandbytes</c>.</summary>
    public string? QuantizationMethod { get; init; }

    public int? QuantizationBits { get; init; }

    public ModelConfig? Text { get; init; }

    public ModelConfig? Vision { get; init; }

    /// <summary>Width of one attention head.</summary>
    public int? EffectiveHeadDim => HeadDim ?? (HiddenSize is { } hidden && AttentionHeads is { } heads && hidden >= heads ? hidden / heads : null);

    /// <summary>True when the first architecture ends with one of the words, such as <c>ForCausalLM</c>.</summary>
    public bool IsFor(params ReadOnlySpan<string> heads)
    {
        foreach (var head in heads)
        {
            if (Architectures is [{ } first, ..] && first.EndsWith(head, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a <c>config.json</c>; null when it is not an object with a <c>model_type</c>.</summary>
    public static ModelConfig? Parse(JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.Object } json || String(json, "model_type") is not { Length: > 0 and <= 100 } type)
        {
            return null;
        }

        var text = Object(json, "text_config") is { } inner ? Read(inner, type) : null;
        var vision = Object(json, "vision_config") is { } seen ? Read(seen, type) : null;
        var own = Read(json, type);

        // Models that read images beside text keep the language model's figures one level down.
        return (own.HiddenSize is null && text is not null && type is not ("clip" or "siglip")
            ? text with { Type = type, Architectures = own.Architectures, QuantizationMethod = own.QuantizationMethod ?? text.QuantizationMethod, QuantizationBits = own.QuantizationBits ?? text.QuantizationBits }
            : own) with
        { Text = text, Vision = vision };
    }

    /// <summary>The part of it that the API shows.</summary>
    public ModelArchitecture ToArchitecture() => new(
        Type, HiddenSize, Layers, AttentionHeads, KeyValueHeads ?? AttentionHeads, EffectiveHeadDim, IntermediateSize, VocabularySize, MaxPositions, Dtype);

    private static ModelConfig Read(JsonElement json, string fallbackType)
    {
        var layers = Int(json, "num_hidden_layers", "n_layer", "num_layers", "encoder_layers", "n_layers");
        var quantization = Object(json, "quantization_config");
        var window = Bool(json, "use_sliding_window") == false ? null : Int(json, "sliding_window");
        return new ModelConfig
        {
            Type = String(json, "model_type") ?? fallbackType,
            Architectures = Strings(json, "architectures"),
            HiddenSize = Int(json, "hidden_size", "n_embd", "d_model", "dim"),
            Layers = layers,
            DecoderLayers = Int(json, "num_decoder_layers", "decoder_layers") ?? (Bool(json, "is_encoder_decoder") == true ? layers : null),
            AttentionHeads = Int(json, "num_attention_heads", "n_head", "num_heads", "encoder_attention_heads", "n_heads"),
            KeyValueHeads = Int(json, "num_key_value_heads"),
            HeadDim = Int(json, "head_dim", "d_kv"),
            IntermediateSize = Int(json, "intermediate_size", "n_inner", "d_ff", "encoder_ffn_dim", "ffn_dim", "hidden_dim"),
            ExpertIntermediateSize = Int(json, "moe_intermediate_size"),
            VocabularySize = Int(json, "vocab_size"),
            MaxPositions = Int(json, "max_position_embeddings", "n_positions", "max_target_positions", "n_ctx", "max_sequence_length"),
            TypeVocabularySize = Int(json, "type_vocab_size"),
            TieWordEmbeddings = Bool(json, "tie_word_embeddings"),
            AttentionBias = Bool(json, "attention_bias") == true,
            GatedFeedForward = String(json, "feed_forward_proj")?.StartsWith("gated", StringComparison.Ordinal) == true,
            IsEncoderDecoder = Bool(json, "is_encoder_decoder") == true,
            Experts = Int(json, "num_local_experts", "num_experts", "n_routed_experts"),
            ExpertsPerToken = Int(json, "num_experts_per_tok"),
            SlidingWindow = window,
            SlidingLayers = window is null ? 0 : SlidingLayersOf(json, layers ?? 0),
            LinearLayers = Strings(json, "layer_types").Count(layer => layer is "linear_attention" or "mamba"),
            LatentRank = Int(json, "kv_lora_rank"),
            LatentRopeDim = Int(json, "qk_rope_head_dim"),
            ImageSize = Int(json, "image_size"),
            PatchSize = Int(json, "patch_size"),
            Channels = Int(json, "num_channels"),
            Labels = Int(json, "num_labels"),
            ProjectionDim = Int(json, "projection_dim"),
            MelBins = Int(json, "num_mel_bins"),
            MaxSourcePositions = Int(json, "max_source_positions"),
            Queries = Int(json, "num_queries"),
            Dtype = DtypeOf(String(json, "dtype") ?? String(json, "torch_dtype")),
            QuantizationMethod = quantization is { } method ? String(method, "quant_method") : null,
            QuantizationBits = quantization is { } bits ? Bits(bits) : null,
        };
    }

    private static int SlidingLayersOf(JsonElement json, int layers)
    {
        if (Strings(json, "layer_types") is { Length: > 0 } types)
        {
            return types.Count(type => type == "sliding_attention");
        }

        if (Int(json, "sliding_window_pattern") is { } pattern)
        {
            // Every n-th layer attends to everything.
            return layers - (layers / pattern);
        }

        return Int(json, "max_window_layers") is { } full ? Math.Max(layers - full, 0) : layers;
    }

    private static int? Bits(JsonElement quantization) =>
        Int(quantization, "bits", "w_bit")
        ?? (Bool(quantization, "load_in_4bit") == true ? (int?)4 : null)
        ?? (Bool(quantization, "load_in_8bit") == true ? (int?)8 : null)
        ?? String(quantization, "quant_method") switch { "mxfp4" => 4, "fp8" or "fbgemm_fp8" => 8, _ => (int?)null };

    private static string? DtypeOf(string? torch) => torch switch
    {
        "float32" or "float" => "F32",
        "bfloat16" => "BF16",
        "float16" or "half" => "F16",
        _ => null,
    };

    private static int? Int(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is > 0 and <= Largest)
            {
                return number;
            }
        }

        return null;
    }

    private static bool? Bool(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    private static string? String(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Object(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string[] Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];
}
