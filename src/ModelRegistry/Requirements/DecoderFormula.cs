using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of decoder-only transformers: embedding, layers of attention and feed-forward network, norm, head.</summary>
internal static class DecoderFormula
{
    /// <summary>Null without the figures that it takes.</summary>
    public static Int128? Total(ModelConfig c, DecoderTraits traits)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, VocabularySize: { } v }
            || Attention(c, traits, h) is not { } attention || FeedForward(c, traits, h, l) is not { } feedForward)
        {
            return null;
        }

        var norm = (Int128)(int)traits.Norm * h;
        var norms = (traits.OneNorm.In(c) ? 1 : traits.NormsPerLayer) * norm;
        var embedding = ((Int128)v * h) + (traits.EmbeddingNorm ? Norm(h) : 0) + (traits.Positions ? (Int128)(c.MaxPositions ?? 0) * h : 0);
        return embedding + (l * (attention + norms)) + feedForward + norm + Head(c, h, v, Tied(c, traits), traits.HeadBias.In(c));
    }

    public static bool Tied(ModelConfig c, DecoderTraits traits) => c.TieWordEmbeddings ?? traits.Tied;

    /// <summary>Head of the first architecture: classes, or the vocabulary unless the embedding serves as the head too.</summary>
    public static Int128 Head(ModelConfig c, Int128 h, Int128 v, bool tied, bool bias) =>
        c.IsFor("ForSequenceClassification") ? (c.Labels ?? 2) * h
        : c.IsFor("ForTokenClassification") ? Linear(h, c.Labels ?? 2)
        : c.IsFor("ForQuestionAnswering") ? Linear(h, 2)
        : c.IsBare ? 0
        : (tied ? 0 : v * h) + (bias ? v : 0);

    /// <summary>Width of the feed-forward network; four times the hidden size where the config leaves it out.</summary>
    public static Int128? Intermediate(ModelConfig c, DecoderTraits traits) =>
        c.IntermediateSize is { } width ? width
        : traits.Gated || c.HiddenSize is not { } h ? null
        : c.LanguageType == "mpt" && c.Fields.Int("expansion_ratio") is { } ratio ? (Int128)h * ratio
        : (Int128)h * 4;

    /// <summary>Parameters of one layer's attention, its query and key norms included.</summary>
    private static Int128? Attention(ModelConfig c, DecoderTraits traits, Int128 h)
    {
        if (c is not { AttentionHeads: { } n, EffectiveHeadDim: { } d })
        {
            return null;
        }

        if (c.LatentRank is { } rank)
        {
            return LatentAttention(c, h, n, rank);
        }

        Int128 queries = (Int128)n * d;
        Int128 keys = (Int128)(c.KeyValueHeads ?? n) * d;
        var norms = !traits.QueryKeyNormed.In(c) ? 0 : traits.QueryKeyNorm switch { QueryKeyNorm.Head => 2 * d, QueryKeyNorm.AllHeads => queries + keys, _ => 0 };

        // Each head of gpt-oss has a learned sink beside the keys.
        var sinks = c.LanguageType == "gpt_oss" ? n : 0;
        return Linear(h, queries + (2 * keys), traits.QkvBias.In(c)) + Linear(queries, h, traits.OutputBias.In(c)) + norms + sinks;
    }

    // Multi-head latent attention, arXiv:2405.04434 section 2.1.
    private static Int128? LatentAttention(ModelConfig c, Int128 h, Int128 n, Int128 rank)
    {
        if (c.LatentRopeDim is not { } rope || c.Fields.Int("qk_nope_head_dim") is not { } nope || c.Fields.Int("v_head_dim") is not { } value)
        {
            return null;
        }

        var queries = n * (nope + rope);
        Int128 query = c.Fields.Int("q_lora_rank") is { } narrow ? (h * narrow) + narrow + (narrow * queries) : h * queries;
        return query + (h * (rank + rope)) + rank + (rank * n * (nope + value)) + (n * value * h);
    }

    private static Int128? FeedForward(ModelConfig c, DecoderTraits traits, Int128 h, Int128 layers)
    {
        var experts = ExpertLayers.Of(c);
        var dense = layers - (experts?.Layers ?? 0);
        if (dense <= 0)
        {
            return experts?.Total;
        }

        if (Intermediate(c, traits) is not { } i)
        {
            return null;
        }

        var bias = traits.FeedForwardBias.In(c);
        return (experts?.Total ?? 0) + (dense * (((traits.Gated ? 2 : 1) * Linear(h, i, bias)) + Linear(i, h, bias)));
    }
}
