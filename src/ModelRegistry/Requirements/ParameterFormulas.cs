namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameter counts from <c>config.json</c> alone, by the layer definitions of the transformers library.</summary>
public static class ParameterFormulas
{
    /// <summary>All parameters; null for architectures without a formula here or configs without the figures it takes.</summary>
    public static Int128? Total(ModelConfig config) => config.Type switch
    {
        "bert" => Bert(config),
        "roberta" or "xlm-roberta" or "camembert" => Roberta(config),
        "gpt2" => Gpt2(config),
        "t5" => T5(config),
        "vit" => Vit(config),
        "clip" => Clip(config),
        "whisper" => Whisper(config),
        "llama" or "mistral" or "qwen2" or "mixtral" => Llama(config),
        _ => null,
    };

    /// <summary>Parameters that one token does not use: the experts it is not sent to.</summary>
    public static Int128 Idle(ModelConfig config)
    {
        if (config is not { Experts: { } experts, ExpertsPerToken: { } used, Layers: { } layers, HiddenSize: { } hidden } || used >= experts
            || (config.ExpertIntermediateSize ?? config.IntermediateSize) is not { } width)
        {
            return 0;
        }

        return (Int128)layers * 3 * hidden * width * (experts - used);
    }

    /// <summary>Parameters of the token embedding, and of the output head where it is a matrix of its own.</summary>
    public static Int128 Embeddings(ModelConfig config) =>
        config is { VocabularySize: { } vocabulary, HiddenSize: { } hidden } ? (Int128)vocabulary * hidden * (Tied(config) ? 1 : 2) : 0;

    private static bool Tied(ModelConfig config) =>
        config.TieWordEmbeddings ?? config.Type is not ("llama" or "mistral" or "mixtral" or "qwen2" or "qwen2_moe" or "qwen3" or "qwen3_moe" or "gpt_oss" or "phi3" or "gpt_neox" or "deepseek_v3");

    private static Int128? Bert(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var body = (((Int128)v + p + (c.TypeVocabularySize ?? 2)) * h) + (2 * h) + Layers(l, h, i) + Square(h) + h;

        // Checkpoints that were saved for pre-training keep both of its heads.
        return c.IsFor("ForMaskedLM", "ForPreTraining") ? body + Square(h) + (3 * (Int128)h) + v + (2 * h) + 2 : body;
    }

    private static Int128? Roberta(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var body = (((Int128)v + p + (c.TypeVocabularySize ?? 1)) * h) + (2 * h) + Layers(l, h, i);
        return c.IsFor("ForMaskedLM") ? body + Square(h) + (3 * (Int128)h) + v : body + Square(h) + h;
    }

    private static Int128? Gpt2(ModelConfig c) =>
        c is { HiddenSize: { } h, Layers: { } l, VocabularySize: { } v, MaxPositions: { } p }
            ? (((Int128)v + p) * h) + Layers(l, h, c.IntermediateSize ?? 4L * h) + (2 * h)
            : null;

    private static Int128? T5(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, AttentionHeads: { } n, EffectiveHeadDim: { } d })
        {
            return null;
        }

        Int128 inner = (Int128)n * d;
        Int128 feedForward = (c.GatedFeedForward ? 3 : 2) * (Int128)h * i;
        Int128 decoders = c.DecoderLayers ?? l;
        return ((Int128)v * h * (c.TieWordEmbeddings == false ? 2 : 1))
            + (l * ((4 * h * inner) + feedForward + (2 * h)))
            + (decoders * ((8 * h * inner) + feedForward + (3 * h)))
            + (2 * h) + (2 * 32 * n);
    }

    private static Int128? Vit(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, ImageSize: { } image, PatchSize: { } patch } || image < patch)
        {
            return null;
        }

        var body = h + (((c.Channels ?? 3) * Square(patch) * h) + h) + ((Square(image / patch) + 1) * h) + Layers(l, h, i) + (2 * h);
        return c.IsFor("ForImageClassification") ? body + ((Int128)(c.Labels ?? 2) * (h + 1)) : body + Square(h) + h;
    }

    private static Int128? Clip(ModelConfig c)
    {
        if (c is not
            {
                ProjectionDim: { } d,
                Text: { HiddenSize: { } th, Layers: { } tl, IntermediateSize: { } ti, VocabularySize: { } v, MaxPositions: { } p },
                Vision: { HiddenSize: { } vh, Layers: { } vl, IntermediateSize: { } vi, ImageSize: { } image, PatchSize: { } patch },
            } || image < patch)
        {
            return null;
        }

        var text = (((Int128)v + p) * th) + Layers(tl, th, ti) + (2 * th);
        var vision = vh + (3 * Square(patch) * vh) + ((Square(image / patch) + 1) * vh) + (2 * vh) + Layers(vl, vh, vi) + (2 * vh);
        return text + vision + ((Int128)d * ((Int128)th + vh)) + 1;
    }

    private static Int128? Whisper(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, DecoderLayers: { } dl, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p, MaxSourcePositions: { } frames, MelBins: { } mel })
        {
            return null;
        }

        // The key projection has no bias.
        var attention = (4 * Square(h)) + (3 * (Int128)h);
        var feedForward = (2 * (Int128)h * i) + i + h;
        var encoder = ((Int128)mel * h * 3) + h + (3 * Square(h)) + h + ((Int128)frames * h) + (l * (attention + feedForward + (4 * (Int128)h))) + (2 * h);
        var decoder = (((Int128)v + p) * h) + (dl * ((2 * attention) + feedForward + (6 * (Int128)h))) + (2 * h);
        return encoder + decoder;
    }

    private static Int128? Llama(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, AttentionHeads: { } n, EffectiveHeadDim: { } d })
        {
            return null;
        }

        Int128 k = c.KeyValueHeads ?? n;
        Int128 experts = c.Experts ?? 0;
        var queries = (Int128)n * d;
        var bias = c.Type == "qwen2" ? queries + (2 * k * d) : c.AttentionBias ? (2 * queries) + (2 * k * d) : 0;
        var layer = (2 * h * queries) + (2 * h * k * d) + bias + (3 * (Int128)h * i * Int128.Max(experts, 1)) + (h * experts) + (2 * h);
        return ((Int128)v * h * (Tied(c) ? 1 : 2)) + (l * layer) + h;
    }

    // Query, key, value, output and two feed-forward matrices with biases, and two layer norms.
    private static Int128 Layers(Int128 layers, Int128 h, Int128 i) => layers * ((4 * h * h) + (4 * h) + (2 * h * i) + i + h + (4 * h));

    private static Int128 Square(Int128 value) => value * value;
}
