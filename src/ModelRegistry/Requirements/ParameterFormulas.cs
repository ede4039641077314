using System.Collections.Frozen;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameter counts from <c>config.json</c> alone, by the layer definitions of the transformers library.</summary>
public static class ParameterFormulas
{
    private static readonly FrozenDictionary<string, Func<ModelConfig, Int128?>> Formulas = new Dictionary<string, Func<ModelConfig, Int128?>>
    {
        ["opt"] = DecoderVariants.Opt,
        ["openai-gpt"] = DecoderVariants.OpenAiGpt,
        ["falcon"] = DecoderVariants.Falcon,
        ["mamba"] = DecoderVariants.Mamba,
        ["falcon_mamba"] = DecoderVariants.Mamba,
        ["bert"] = EncoderFormulas.Bert,
        ["roberta"] = EncoderFormulas.Roberta,
        ["xlm-roberta"] = EncoderFormulas.Roberta,
        ["camembert"] = EncoderFormulas.Roberta,
        ["longformer"] = EncoderFormulas.Longformer,
        ["xlnet"] = EncoderFormulas.Xlnet,
        ["mpnet"] = EncoderFormulas.Mpnet,
        ["distilbert"] = EncoderFormulas.DistilBert,
        ["albert"] = EncoderFormulas.Albert,
        ["electra"] = EncoderFormulas.Electra,
        ["deberta"] = EncoderFormulas.Deberta,
        ["deberta-v2"] = EncoderFormulas.DebertaV2,
        ["modernbert"] = EncoderFormulas.ModernBert,
        ["t5"] = SequenceFormulas.T5,
        ["mt5"] = SequenceFormulas.T5,
        ["umt5"] = SequenceFormulas.T5,
        ["bart"] = SequenceFormulas.Bart,
        ["mbart"] = SequenceFormulas.Mbart,
        ["pegasus"] = SequenceFormulas.Pegasus,
        ["m2m_100"] = SequenceFormulas.M2M100,
        ["marian"] = SequenceFormulas.Marian,
        ["whisper"] = SequenceFormulas.Whisper,
        ["wav2vec2"] = ConvolutionFormulas.Wav2Vec2,
        ["hubert"] = ConvolutionFormulas.Wav2Vec2,
        ["wavlm"] = ConvolutionFormulas.WavLm,
        ["resnet"] = ConvolutionFormulas.ResNet,
        ["convnext"] = ConvolutionFormulas.ConvNext,
        ["detr"] = ConvolutionFormulas.Detr,
        ["vit"] = VisionFormulas.Vit,
        ["deit"] = VisionFormulas.Deit,
        ["dinov2"] = VisionFormulas.Dinov2,
        ["swin"] = VisionFormulas.Swin,
        ["clip"] = VisionFormulas.Clip,
        ["clip_text_model"] = VisionFormulas.ClipText,
        ["clip_vision_model"] = VisionFormulas.ClipVision,
        ["siglip"] = VisionFormulas.Siglip,
        ["siglip_vision_model"] = VisionFormulas.SiglipVision,
        ["llava"] = VisionLanguageFormulas.Llava,
        ["llava_next"] = VisionLanguageFormulas.LlavaNext,
        ["paligemma"] = VisionLanguageFormulas.PaliGemma,
        ["gemma3"] = VisionLanguageFormulas.Gemma3,
        ["qwen2_vl"] = VisionLanguageFormulas.Qwen2,
        ["qwen2_5_vl"] = VisionLanguageFormulas.Qwen25,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All parameters; null for architectures without a formula here or configs without the figures it takes.</summary>
    public static Int128? Total(ModelConfig config) =>
        Formulas.TryGetValue(config.Type, out var formula) ? formula(config)
        : DecoderFamilies.Of(config.Type) is { } traits ? DecoderFormula.Total(config, traits)
        : null;

    /// <summary>
    /// The count that comes nearest to what weight files hold, among those that the config leaves open: head and embedding as one matrix or
    /// two, and the heads of BERT's pre-training. The formula's own where none comes within 1 %, as in files of another dtype.
    /// </summary>
    internal static Int128? Nearest(ModelConfig config, Int128 stored)
    {
        if (Total(config) is not { } own)
        {
            return null;
        }

        var nearest = own;
        foreach (var open in Variants(config))
        {
            if (Total(open) is { } total && Int128.Abs(stored - total) < Int128.Abs(stored - nearest))
            {
                nearest = total;
            }
        }

        return Int128.Abs(stored - nearest) <= stored / 100 ? nearest : own;
    }

    private static IEnumerable<ModelConfig> Variants(ModelConfig config)
    {
        if (config.TieWordEmbeddings is null)
        {
            yield return config with { TieWordEmbeddings = !Tied(config) };
        }

        if (config.Type == "bert" && config.IsFor("ForMaskedLM"))
        {
            yield return config with { Architectures = [config.Dtype is null ? "BertLMHeadModel" : "BertForPreTraining"] };
        }
    }

    /// <summary>
    /// For types without a formula: as if it were a decoder with RMS norms and gated feed-forward networks; null unless the config
    /// names a causal language model and tells RMS norms.
    /// </summary>
    internal static Int128? Alike(ModelConfig config) =>
        config.IsFor("ForCausalLM") && config.Fields.Has("rms_norm_eps") ? DecoderFormula.Total(config, DecoderFamilies.Of("llama")!) : null;

    /// <summary>Parameters that one token does not use: the experts it is not sent to.</summary>
    public static Int128 Idle(ModelConfig config) => ExpertLayers.Of(config)?.Idle ?? 0;

    /// <summary>Parameters of the token embedding, and of the output head where it is a matrix of its own.</summary>
    public static Int128 Embeddings(ModelConfig config) =>
        config is { VocabularySize: { } vocabulary, HiddenSize: { } hidden } ? (Int128)vocabulary * hidden * (Tied(config) ? 1 : 2) : 0;

    /// <summary>True where embedding and head are one matrix: as the config says, else as the architecture does by default.</summary>
    public static bool Tied(ModelConfig config) =>
        config.TieWordEmbeddings ?? DecoderFamilies.Of(config.LanguageType)?.Tied ?? config.Type is not ("mt5" or "umt5");
}
