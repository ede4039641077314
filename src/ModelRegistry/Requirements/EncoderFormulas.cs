using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of encoders in the manner of BERT; the architecture that the config names decides about pooler and head.</summary>
internal static class EncoderFormulas
{
    public static Int128? Bert(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var body = (((Int128)v + p + (c.TypeVocabularySize ?? 2)) * h) + Norm(h) + (l * EncoderLayer(h, i));
        var pretraining = Pooler(h) + MaskedHead(c, h, h, v) + Linear(h, 2);

        // Checkpoints from before the library wrote a dtype were converted from pre-training, and keep pooler and both heads.
        return body + (c.IsFor("ForPreTraining") || (c.IsFor("ForMaskedLM") && c.Dtype is null) ? pretraining
            : c.IsFor("ForMaskedLM", "LMHeadModel") ? MaskedHead(c, h, h, v)
            : c.IsFor("ForNextSentencePrediction") ? Pooler(h) + Linear(h, 2)
            : PooledHead(c, h));
    }

    public static Int128? Roberta(ModelConfig c) =>
        c is { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p }
            ? (((Int128)v + p + (c.TypeVocabularySize ?? 1)) * h) + Norm(h) + (l * EncoderLayer(h, i)) + RobertaHead(c, h, v)
            : null;

    /// <summary>Longformer: queries, keys and values of their own for the tokens that attend to all others.</summary>
    public static Int128? Longformer(ModelConfig c) =>
        Roberta(c) is { } body && c is { HiddenSize: { } h, Layers: { } l } ? body + (l * 3 * Linear(h, h)) : null;

    /// <summary>MPNet: no segments, and 32 buckets of relative positions for each head.</summary>
    public static Int128? Mpnet(ModelConfig c) =>
        c is { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p, AttentionHeads: { } n }
            ? (((Int128)v + p) * h) + Norm(h) + (l * EncoderLayer(h, i)) + ((Int128)(c.Fields.Int("relative_attention_num_buckets") ?? 32) * n) + RobertaHead(c, h, v)
            : null;

    public static Int128? DistilBert(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, VocabularySize: { } v, MaxPositions: { } p } || c.Fields.Int("hidden_dim") is not { } i)
        {
            return null;
        }

        return (((Int128)v + p) * h) + Norm(h) + (l * EncoderLayer(h, i))
            + (c.IsFor("ForMaskedLM") ? MaskedHead(c, h, h, v)
            : c.IsFor("ForSequenceClassification") ? Linear(h, h) + Linear(h, c.Labels ?? 2)
            : c.IsFor("ForTokenClassification") ? Linear(h, c.Labels ?? 2)
            : c.IsFor("ForQuestionAnswering") ? Linear(h, 2) : 0);
    }

    /// <summary>ALBERT: a narrow embedding, and layers that share their parameters.</summary>
    public static Int128? Albert(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var e = c.Fields.Int("embedding_size") ?? 128;
        Int128 layers = (Int128)(c.Fields.Int("num_hidden_groups") ?? 1) * (c.Fields.Int("inner_group_num") ?? 1);
        var body = (((Int128)v + p + (c.TypeVocabularySize ?? 2)) * e) + Norm(e) + Linear(e, h) + (layers * EncoderLayer(h, i));
        return body + (c.IsFor("ForPreTraining") ? Pooler(h) + MaskedHead(c, h, e, v) + Linear(h, 2) : c.IsFor("ForMaskedLM") ? MaskedHead(c, h, e, v) : PooledHead(c, h));
    }

    /// <summary>ELECTRA: no pooler; the discriminator judges every token.</summary>
    public static Int128? Electra(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var e = c.Fields.Int("embedding_size") ?? 128;
        var body = (((Int128)v + p + (c.TypeVocabularySize ?? 2)) * e) + Norm(e) + (e == h ? 0 : Linear(e, h)) + (l * EncoderLayer(h, i));
        return body + (c.IsFor("ForPreTraining") ? Linear(h, h) + Linear(h, 1)
            : c.IsFor("ForMaskedLM") ? MaskedHead(c, h, e, v)
            : c.IsFor("ForSequenceClassification") ? Linear(h, h) + Linear(h, c.Labels ?? 2)
            : c.IsFor("ForTokenClassification") ? Linear(h, c.Labels ?? 2)
            : c.IsFor("ForQuestionAnswering") ? Linear(h, 2) : 0);
    }

    /// <summary>DeBERTa-v2 and -v3: positions relative to each other, in projections of their own unless these are shared.</summary>
    public static Int128? DebertaV2(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var e = c.Fields.Int("embedding_size") ?? h;
        var relative = c.Fields.Flag("relative_attention") == true;
        Int128 projections = relative && c.Fields.Flag("share_att_key") != true ? PositionTypes(c) * Linear(h, h) : 0;
        Int128 span = c.Fields.Int("position_buckets") ?? c.Fields.Int("max_relative_positions") ?? p;
        Int128 convolution = c.Fields.Int("conv_kernel_size") is { } kernel ? Linear((Int128)h * kernel, h) + Norm(h) : 0;
        return DebertaEmbedding(c, v, p, e, h) + (l * (EncoderLayer(h, i) + projections)) + convolution
            + (relative ? 2 * span * h : 0) + (c.Fields.Word("norm_rel_ebd")?.Contains("layer_norm", StringComparison.Ordinal) == true ? Norm(h) : 0) + DebertaHead(c, h, e, v);
    }

    /// <summary>DeBERTa, the first: query, key and value in one matrix without bias, and two biases beside it.</summary>
    public static Int128? Deberta(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var relative = c.Fields.Flag("relative_attention") == true;
        var attention = (3 * Square(h)) + (2 * h) + Linear(h, h) + (relative ? (PositionTypes(c) * Square(h)) + (PositionTypes(c) == 2 ? h : 0) : 0);
        return DebertaEmbedding(c, v, p, h, h) + (l * (attention + FeedForward(h, i) + (2 * Norm(h))))
            + (relative ? 2 * (Int128)(c.Fields.Int("max_relative_positions") ?? p) * h : 0) + DebertaHead(c, h, h, v);
    }

    /// <summary>ModernBERT: no biases, gated feed-forward networks, no norm before the first layer's attention.</summary>
    public static Int128? ModernBert(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v })
        {
            return null;
        }

        var body = ((Int128)v * h) + h + (l * ((4 * Square(h)) + (3 * (Int128)h * i) + (2 * h))) - h + h;
        var dense = Square(h) + h;
        return body + (c.IsFor("ForMaskedLM") ? dense + v : c.IsFor("ForSequenceClassification", "ForTokenClassification") ? dense + Linear(h, c.Labels ?? 2) : 0);
    }

    /// <summary>XLNet: a fifth matrix for relative positions, three biases of the heads, and two segments in every layer.</summary>
    public static Int128? Xlnet(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v })
        {
            return null;
        }

        var attention = (5 * Square(h)) + (5 * h) + Norm(h);
        return ((Int128)v * h) + h + (l * (attention + FeedForward(h, i) + Norm(h)))
            + (c.IsFor("LMHeadModel") ? v : c.IsFor("ForSequenceClassification") ? Linear(h, h) + Linear(h, c.Labels ?? 2) : c.IsFor("ForTokenClassification") ? Linear(h, c.Labels ?? 2) : 0);
    }

    private static Int128 Pooler(Int128 h) => Linear(h, h);

    // The matrix that gives the words is the embedding; its bias is its own.
    private static Int128 MaskedHead(ModelConfig c, Int128 h, Int128 e, Int128 v) => Linear(h, e) + Norm(e) + v + (c.TieWordEmbeddings == false ? v * e : 0);

    private static Int128 PooledHead(ModelConfig c, Int128 h) =>
        c.IsFor("ForTokenClassification") ? Linear(h, c.Labels ?? 2)
        : c.IsFor("ForQuestionAnswering") ? Linear(h, 2)
        : c.IsFor("ForSequenceClassification") ? Pooler(h) + Linear(h, c.Labels ?? 2)
        : c.IsFor("ForMultipleChoice") ? Pooler(h) + Linear(h, 1)
        : Pooler(h);

    private static Int128 RobertaHead(ModelConfig c, Int128 h, Int128 v) =>
        c.IsFor("ForMaskedLM", "ForCausalLM") ? MaskedHead(c, h, h, v)
        : c.IsFor("ForSequenceClassification") ? Linear(h, h) + Linear(h, c.Labels ?? 2)
        : PooledHead(c, h);

    private static Int128 DebertaHead(ModelConfig c, Int128 h, Int128 e, Int128 v) =>
        c.IsFor("ForMaskedLM") ? MaskedHead(c, h, e, v)
        : c.IsFor("ForSequenceClassification") ? Pooler(h) + Linear(h, c.Labels ?? 2)
        : c.IsFor("ForTokenClassification") ? Linear(h, c.Labels ?? 2)
        : c.IsFor("ForQuestionAnswering") ? Linear(h, 2) : 0;

    private static Int128 DebertaEmbedding(ModelConfig c, Int128 v, Int128 p, Int128 e, Int128 h) =>
        ((v + (c.Fields.Flag("position_biased_input") == false ? 0 : p) + (c.TypeVocabularySize ?? 0)) * e) + (e == h ? 0 : e * h) + Norm(h);

    private static Int128 PositionTypes(ModelConfig c)
    {
        var types = c.Fields.Words("pos_att_type") is { Count: > 0 } list ? list : (c.Fields.Word("pos_att_type") ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries);
        return types.Count(type => type is "c2p" or "p2c");
    }
}
