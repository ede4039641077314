using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Decoders that differ in more than a trait.</summary>
internal static class DecoderVariants
{
    /// <summary>OPT: two positions more than the config tells, and projections where the embedding is narrower than the layers.</summary>
    public static Int128? Opt(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p })
        {
            return null;
        }

        var narrow = c.Fields.Int("word_embed_proj_dim") ?? h;
        var normed = c.Fields.Flag("do_layer_norm_before") != false && c.Fields.Flag("_remove_final_layer_norm") != true;
        var layer = c.Fields.Flag("enable_bias") == false ? (4 * Square(h)) + (2 * (Int128)h * i) + (2 * Norm(h)) : EncoderLayer(h, i);
        return ((Int128)v * narrow) + (((Int128)p + 2) * h) + (narrow == h ? 0 : 2 * (Int128)narrow * h) + (l * layer) + (normed ? Norm(h) : 0)
            + DecoderFormula.Head(c, narrow, v, c.TieWordEmbeddings != false, bias: false);
    }

    /// <summary>The first GPT: no norm after the last layer.</summary>
    public static Int128? OpenAiGpt(ModelConfig c) => DecoderFormula.Total(c, DecoderFamilies.Of("gpt2")!) - (c.HiddenSize is { } h ? Norm(h) : 0);

    /// <summary>Falcon: one norm a layer where attention and feed-forward network run side by side, two in the new decoder architecture.</summary>
    public static Int128? Falcon(ModelConfig c)
    {
        var parallel = c.Fields.Flag("new_decoder_architecture") == true ? c.Fields.Int("num_ln_in_parallel_attn") == 1 : c.Fields.Flag("parallel_attn") != false;
        return DecoderFormula.Total(c, DecoderFamilies.Of("falcon")! with { NormsPerLayer = parallel ? 1 : 2 });
    }

    /// <summary>Mamba, arXiv:2312.00752 section 3.4: no attention, a state space in every layer.</summary>
    public static Int128? Mamba(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, VocabularySize: { } v })
        {
            return null;
        }

        var inner = (Int128)(c.IntermediateSize ?? Math.Min(100_000_000L, (long)(c.Fields.Int("expand") ?? 2) * h));
        Int128 state = c.Fields.Int("state_size", "d_state") ?? 16;
        Int128 rank = c.Fields.Int("time_step_rank") ?? (h + 15) / 16;
        var bias = c.Fields.Flag("use_bias") == true;
        var layer = Linear(h, 2 * inner, bias) + (inner * (c.Fields.Int("conv_kernel", "d_conv") ?? 4)) + (c.Fields.Flag("use_conv_bias") == false ? 0 : inner)
            + (inner * (rank + (2 * state))) + Linear(rank, inner) + (inner * state) + inner + Linear(inner, h, bias) + h;
        return ((Int128)v * h) + (l * layer) + h + DecoderFormula.Head(c, h, v, c.TieWordEmbeddings != false, bias: false);
    }
}
