using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of models that read one sequence and write another.</summary>
internal static class SequenceFormulas
{
    /// <summary>T5: no biases, relative positions in the first layer of each stack (in every layer of UMT5).</summary>
    public static Int128? T5(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, AttentionHeads: { } n, EffectiveHeadDim: { } d })
        {
            return null;
        }

        var inner = (Int128)n * d;
        var feedForward = (IsGated(c) ? 3 : 2) * (Int128)h * i;
        Int128 decoders = c.DecoderLayers ?? l;
        Int128 positions = (Int128)(c.Fields.Int("relative_attention_num_buckets") ?? 32) * n;
        var everywhere = c.Type == "umt5";
        var encoder = (l * ((4 * h * inner) + feedForward + (2 * h))) + h + (positions * (everywhere ? l : 1));
        var decoder = (decoders * ((8 * h * inner) + feedForward + (3 * h))) + h + (positions * (everywhere ? decoders : 1));
        var embedding = (Int128)v * h;
        return c.IsFor("EncoderModel") ? embedding + encoder
            : c.IsFor("ForSequenceClassification") ? embedding + encoder + decoder + Linear(h, h) + Linear(h, c.Labels ?? 2)
            : embedding + encoder + decoder + (ParameterFormulas.Tied(c) || c.IsBare ? 0 : embedding);
    }

    public static bool IsGated(ModelConfig c) => c.Fields.Word("feed_forward_proj")?.StartsWith("gated", StringComparison.Ordinal) == true
        || (c.Type is "umt5" or "mt5" && c.Fields.Word("feed_forward_proj") is null);

    /// <summary>BART: learned positions with an offset of 2, and a norm on the embeddings.</summary>
    public static Int128? Bart(ModelConfig c) =>
        Stacks(c, positions: p => p + 2, ends: h => 2 * Norm(h)) is { } body
            ? body + (c.IsFor("ForSequenceClassification") ? Linear(c.HiddenSize!.Value, c.HiddenSize.Value) + Linear(c.HiddenSize.Value, c.Labels ?? 3) : 0)
            : null;

    /// <summary>mBART: BART with a norm at the end of each stack.</summary>
    public static Int128? Mbart(ModelConfig c) => Stacks(c, positions: p => p + 2, ends: h => 4 * Norm(h));

    /// <summary>Pegasus: stored sinusoids and a norm at the end of each stack.</summary>
    public static Int128? Pegasus(ModelConfig c) => Stacks(c, positions: p => p, ends: h => 2 * Norm(h));

    /// <summary>M2M-100 and NLLB: computed sinusoids and a norm at the end of each stack.</summary>
    public static Int128? M2M100(ModelConfig c) => Stacks(c, positions: _ => 0, ends: h => 2 * Norm(h));

    /// <summary>Marian: stored sinusoids, no norm beside the layers'.</summary>
    public static Int128? Marian(ModelConfig c) => Stacks(c, positions: p => p, ends: _ => 0);

    public static Int128? Whisper(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p, MaxSourcePositions: { } frames, MelBins: { } mel })
        {
            return null;
        }

        // The key projection has no bias.
        var attention = Attention(h) - h;
        var convolutions = Linear((Int128)mel * 3, h) + Linear((Int128)h * 3, h);
        var encoder = convolutions + ((Int128)frames * h) + (l * (attention + FeedForward(h, i) + (2 * Norm(h)))) + Norm(h);
        var decoder = (((Int128)v + p) * h) + ((Int128)(c.DecoderLayers ?? l) * ((2 * attention) + FeedForward(h, DecoderWidth(c, i)) + (3 * Norm(h)))) + Norm(h);
        return encoder + (c.IsFor("ForAudioClassification")
            ? Linear(h, c.Fields.Int("classifier_proj_size") ?? 256) + Linear(c.Fields.Int("classifier_proj_size") ?? 256, c.Labels ?? 2)
            : decoder);
    }

    private static Int128? Stacks(ModelConfig c, Func<Int128, Int128> positions, Func<Int128, Int128> ends)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        return ((Int128)v * h) + (2 * positions(p) * h) + (l * EncoderLayer(h, i)) + ((Int128)(c.DecoderLayers ?? l) * DecoderLayer(h, DecoderWidth(c, i))) + ends(h)
            + (c.TieWordEmbeddings == false ? (Int128)v * h : 0);
    }

    private static int DecoderWidth(ModelConfig c, int encoder) => c.Fields.Int("decoder_ffn_dim") ?? encoder;
}
