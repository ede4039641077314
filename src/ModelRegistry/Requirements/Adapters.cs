namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of low-rank adapters, arXiv:2106.09685: rank x (inputs + outputs) for every linear layer.</summary>
internal static class Adapters
{
    /// <summary>Of all linear layers but embedding and head, those of every expert included; at most the model's own parameters.</summary>
    public static Int128 Parameters(ParameterCount count, ModelConfig? config, ModelShape shape, int rank)
    {
        if (shape.Stacks.Count == 0)
        {
            // Half a percent is what rank 16 on all linear layers comes to in models of known shape.
            return Int128.Max(count.Parameters.Total / 200, 1);
        }

        Int128 sum = 0;
        var matrices = Gated(config) ? 3 : 2;
        foreach (var stack in shape.Stacks)
        {
            Int128 hidden = stack.Hidden;
            var attention = Attention(config, stack);
            sum += stack.Layers * attention * (stack.CrossAttention ? 2 : 1);
            var experts = stack.Generates && config is not null ? ExpertLayers.Of(config) : null;
            if (experts is not null)
            {
                sum += experts.Layers * matrices * (hidden + experts.Width) * experts.Experts;
            }

            sum += (stack.Layers - (experts?.Layers ?? 0)) * matrices * (hidden + stack.Intermediate);
        }

        return Int128.Clamp(sum * rank, 1, count.Parameters.Total);
    }

    private static Int128 Attention(ModelConfig? config, TransformerStack stack)
    {
        Int128 hidden = stack.Hidden;
        if (config is not { AttentionHeads: { } heads, EffectiveHeadDim: { } width } || config.HiddenSize != stack.Hidden)
        {
            return 8 * hidden;
        }

        if (config is { LatentRank: { } latent, LatentRopeDim: { } rope } && config.Fields.Int("qk_nope_head_dim") is { } nope && config.Fields.Int("v_head_dim") is { } value)
        {
            Int128 scored = (Int128)heads * (nope + rope);
            Int128 query = config.Fields.Int("q_lora_rank") is { } narrow ? hidden + (2 * narrow) + scored : hidden + scored;
            return query + hidden + latent + rope + latent + ((Int128)heads * (nope + value)) + ((Int128)heads * value) + hidden;
        }

        Int128 queries = (Int128)heads * width;
        Int128 keys = (Int128)(config.KeyValueHeads ?? heads) * width;
        return (2 * (hidden + queries)) + (2 * (hidden + keys));
    }

    private static bool Gated(ModelConfig? config) =>
        config is not null && (DecoderFamilies.Of(config.LanguageType)?.Gated ?? (SequenceFormulas.IsGated(config) || config.Type == "modernbert"));
}
