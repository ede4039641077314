namespace Terradev.ModelRegistry.Requirements;

/// <summary>What kind of work a model does per input; it decides what grows with context and batch.</summary>
public enum ModelFamily
{
    /// <summary>Generates tokens and keeps their keys and values.</summary>
    Decoder,

    /// <summary>Reads a sequence once.</summary>
    Encoder,

    /// <summary>Reads one sequence and generates another.</summary>
    EncoderDecoder,

    /// <summary>Reads audio of fixed length and generates text.</summary>
    Speech,

    /// <summary>Reads an image as patches.</summary>
    Vision,

    /// <summary>Reads an image and a text side by side.</summary>
    DualEncoder,

    /// <summary>A convolutional backbone under a small transformer.</summary>
    Detection,

    /// <summary>Convolutions only.</summary>
    Convolution,

    /// <summary>The config does not tell.</summary>
    Unknown,
}

/// <summary>Layers of one width. <paramref name="FixedTokens"/> is null where the length is the workload's context.</summary>
public sealed record TransformerStack(int Hidden, int Layers, int Intermediate, int? FixedTokens = null, bool CrossAttention = false, bool Generates = false, int? Heads = null);

/// <summary>The dimensions that activations and caches depend on.</summary>
/// <param name="ConvolutionOutputs">Elements that all convolutions put out for one image.</param>
/// <param name="LogitVocabulary">Vocabulary of the language-model head that the repository declares; 0 without one.</param>
/// <param name="UsablePositions">Longest context; null without a limit.</param>
/// <param name="TrainedPositions">The context that the model was trained with where it is no limit.</param>
public sealed record ModelShape(ModelFamily Family, IReadOnlyList<TransformerStack> Stacks, long ConvolutionOutputs, int LogitVocabulary, int? UsablePositions, int? TrainedPositions = null)
{
    private const int DefaultImage = 224;

    // Sum of convolution outputs at 224 x 224 as counted in arXiv:2003.13678 and arXiv:2103.06877; ResNet-50 stands in for the rest.
    private const long ResNet50Outputs = 11_100_000;
    private const long SmallNetOutputs = 6_700_000;

    // DETR reads 800 x 1066 pixels and its backbone shrinks them 32 times: 25 x 34 positions.
    private const int DetectionTokens = 850;

    /// <summary>True when the caller's context length changes anything.</summary>
    public bool ReadsContext { get; } = Stacks.Any(stack => stack.FixedTokens is null);

    /// <summary>The stack that generates tokens; null without one.</summary>
    public TransformerStack? Decoder { get; } = Stacks.FirstOrDefault(stack => stack.Generates);

    /// <summary>Tokens of the longest fixed stack, for models whose input has one size.</summary>
    public int FixedTokens => Stacks.Select(stack => stack.FixedTokens ?? 1).DefaultIfEmpty(1).Max();

    public static ModelShape Of(ModelConfig? config)
    {
        if (config is null)
        {
            return new ModelShape(ModelFamily.Unknown, [], 0, 0, null);
        }

        var vocabulary = config.IsFor("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ForMaskedLM", "ForPreTraining") ? config.VocabularySize ?? 0 : 0;
        return config.Type switch
        {
            "resnet" or "regnet" or "convnext" or "convnextv2" => Convolution(config, ResNet50Outputs),
            "efficientnet" or "mobilenet_v1" or "mobilenet_v2" => Convolution(config, SmallNetOutputs),
            "detr" => Detection(config),
            "whisper" => Speech(config, vocabulary),
            "clip" or "siglip" when config is { Text: not null, Vision: not null } => Dual(config.Text, config.Vision),
            _ when config is { HiddenSize: not null, Layers: not null } => Transformer(config, vocabulary),
            _ => new ModelShape(ModelFamily.Unknown, [], 0, 0, config.MaxPositions),
        };
    }

    private static ModelShape Transformer(ModelConfig config, int vocabulary)
    {
        if (config is { ImageSize: { } image, PatchSize: { } patch, VocabularySize: null })
        {
            return new ModelShape(ModelFamily.Vision, [Stack(config) with { FixedTokens = Patches(image, patch) }], 0, 0, null);
        }

        if (config.IsEncoderDecoder && config.DecoderLayers is { } layers && !config.IsFor("EncoderModel"))
        {
            var encoder = Stack(config);
            var relative = config.Type is "t5" or "mt5" or "umt5";
            return new ModelShape(ModelFamily.EncoderDecoder, [encoder, encoder with { Layers = layers, CrossAttention = true, Generates = true }], 0, vocabulary, relative ? null : config.MaxPositions, config.MaxPositions);
        }

        if (config.IsFor("ForCausalLM", "LMHeadModel")
            || (DecoderFamilies.Of(config.LanguageType) is not null && !config.IsFor("ForSequenceClassification", "ForTokenClassification")))
        {
            return new ModelShape(ModelFamily.Decoder, [Stack(config) with { Generates = true }], 0, vocabulary, config.MaxPositions);
        }

        // RoBERTa keeps two positions for padding.
        var reserved = config.Type is "roberta" or "xlm-roberta" or "camembert" or "mpnet" or "longformer" ? 2 : 0;
        return new ModelShape(ModelFamily.Encoder, [Stack(config)], 0, vocabulary, config.MaxPositions - reserved);
    }

    private static ModelShape Speech(ModelConfig config, int vocabulary)
    {
        var encoder = Stack(config) with { FixedTokens = config.MaxSourcePositions ?? 1500 };
        var decoder = encoder with { FixedTokens = null, Layers = config.DecoderLayers ?? encoder.Layers, CrossAttention = true, Generates = true };
        return new ModelShape(ModelFamily.Speech, [encoder, decoder], 0, vocabulary, config.MaxPositions);
    }

    private static ModelShape Dual(ModelConfig text, ModelConfig vision) => new(
        ModelFamily.DualEncoder,
        [Stack(text), Stack(vision) with { FixedTokens = Patches(vision.ImageSize ?? DefaultImage, vision.PatchSize ?? 16) }],
        0, 0, text.MaxPositions);

    private static ModelShape Detection(ModelConfig config)
    {
        var encoder = Stack(config) with { FixedTokens = DetectionTokens };
        var decoder = encoder with { FixedTokens = config.Queries ?? 100, Layers = config.DecoderLayers ?? encoder.Layers, CrossAttention = true };
        return new ModelShape(ModelFamily.Detection, [encoder, decoder], ResNet50Outputs * 800 * 1066 / (DefaultImage * DefaultImage), 0, null);
    }

    private static ModelShape Convolution(ModelConfig config, long outputs)
    {
        Int128 pixels = (Int128)(config.ImageSize ?? DefaultImage) * (config.ImageSize ?? DefaultImage);
        return new ModelShape(ModelFamily.Convolution, [], Saturated.Long(outputs * pixels / (DefaultImage * DefaultImage)), 0, null);
    }

    private static TransformerStack Stack(ModelConfig config)
    {
        var hidden = config.HiddenSize ?? 1;
        return new TransformerStack(hidden, config.Layers ?? 1, config.IntermediateSize ?? (int)Math.Min(4L * hidden, int.MaxValue), Heads: config.AttentionHeads);
    }

    private static int Patches(int image, int patch) => (int)Math.Min(((long)Math.Max(image / patch, 1) * Math.Max(image / patch, 1)) + 1, int.MaxValue);
}
