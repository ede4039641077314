using System.Text.Json;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>
/// The figures of a <c>config.json</c> under one spelling; null where the config does not tell them. What only one family has
/// is read from <see cref="Fields"/> where it is used.
/// </summary>
public sealed record ModelConfig
{
    public required string Type { get; init; }

    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>The config as it was written.</summary>
    public ConfigFields Fields { get; init; } = ConfigFields.None;

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

    /// <summary>Null where the weights are not quantized.</summary>
    public Quantization? Quantization { get; init; }

    public ModelConfig? Text { get; init; }

    public ModelConfig? Vision { get; init; }

    /// <summary>The type of the part that reads or writes text.</summary>
    public string LanguageType => Text?.Type ?? Type;

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

    /// <summary>True when the first architecture is the network without a head, such as <c>MistralModel</c>.</summary>
    public bool IsBare => IsFor("Model") && !IsFor("LMHeadModel", "DoubleHeadsModel", "ChatGLMModel");

    /// <summary>Reads a <c>config.json</c>; null when it is not an object with a <c>model_type</c>.</summary>
    public static ModelConfig? Parse(JsonElement? element)
    {
        if (element is not { } json || ConfigFields.Of(json) is not { } fields || fields.Word("model_type") is not { Length: > 0 and <= 100 } type)
        {
            return null;
        }

        var own = ConfigReader.Read(fields, type, nested: false);
        var text = fields.Section("text_config") is { } inner ? ConfigReader.Read(inner, type, nested: true) : null;
        var vision = fields.Section("vision_config") is { } seen ? ConfigReader.Read(seen, type, nested: true) : null;
        if (own.HiddenSize is not null || text is null || type is "clip" or "siglip")
        {
            return own with { Text = text, Vision = vision };
        }

        // Models that read images beside text keep the language model's figures one level down.
        text = text with { TieWordEmbeddings = text.TieWordEmbeddings ?? own.TieWordEmbeddings };
        return text with
        {
            Type = type,
            Architectures = own.Architectures,
            Dtype = own.Dtype ?? text.Dtype,
            Fields = fields,
            Quantization = own.Quantization ?? text.Quantization,
            Text = text,
            Vision = vision,
        };
    }

    /// <summary>The part of it that the API shows.</summary>
    public ModelArchitecture ToArchitecture() => new(
        Type, HiddenSize, Layers, AttentionHeads, KeyValueHeads ?? AttentionHeads, EffectiveHeadDim, IntermediateSize, VocabularySize, MaxPositions, Dtype);
}
