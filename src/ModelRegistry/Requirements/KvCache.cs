using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Keys and values that generation keeps, in bytes for one token of one sequence and for all of the workload.</summary>
internal sealed record KvCache(Int128 PerToken, Int128 Total)
{
    private static readonly KvCache None = new(0, 0);

    /// <summary>
    /// 2 x layers x KV heads x head width x bytes for every token, within the window where attention slides; one latent vector a layer
    /// under multi-head latent attention; a state of constant size in layers without attention. 16 bits unless the workload runs in fp32.
    /// </summary>
    public static KvCache Of(WorkloadPlan plan, ModelConfig? config, ModelShape shape)
    {
        if (plan.Trains || config is null || shape.Decoder is not { } decoder)
        {
            return None;
        }

        Int128 bytes = plan.Precision is Precision.Fp32 ? 4 : 2;
        Int128 layers = Math.Max(decoder.Layers - config.LinearLayers, 0);
        var states = Math.Min(config.LinearLayers, decoder.Layers) * State(config) * bytes * plan.BatchSize;
        if (config.LatentRank is { } rank)
        {
            var latent = layers * (rank + (config.LatentRopeDim ?? 0)) * bytes;
            return new(latent, (latent * plan.ContextLength * plan.BatchSize) + states);
        }

        var layer = 2 * (Int128)(config.KeyValueHeads ?? config.AttentionHeads ?? 1) * (config.EffectiveHeadDim ?? decoder.Hidden) * bytes;
        Int128 sliding = Int128.Min(config.SlidingLayers, layers);
        Int128 window = Math.Min(config.SlidingWindow ?? plan.ContextLength, plan.ContextLength);
        var tokens = ((layers - sliding) * plan.ContextLength) + (sliding * window);
        if (decoder.CrossAttention)
        {
            tokens += layers * (shape.Stacks[0].FixedTokens ?? plan.ContextLength);
        }

        return new(layer * layers, (layer * tokens * plan.BatchSize) + states);
    }

    /// <summary>Parts that the cache splits into over GPUs: its heads, 1 where all heads share it, null without a cache.</summary>
    public static int? Parts(ModelConfig? config, ModelShape shape) =>
        config is null || shape.Decoder is null ? null
        : config.LatentRank is not null ? 1
        : config.KeyValueHeads ?? config.AttentionHeads;

    // Elements of one layer's state: Mamba's (arXiv:2312.00752) and its convolution's, or the delta rule's matrix for each head.
    private static Int128 State(ModelConfig config)
    {
        var fields = config.Fields;
        return fields.Int("linear_num_value_heads") is { } heads && fields.Int("linear_key_head_dim") is { } key && fields.Int("linear_value_head_dim") is { } value
            ? (Int128)heads * key * value
            : (Int128)(config.HiddenSize ?? 0) * (fields.Int("expand", "mamba_expand") ?? 2) * ((fields.Int("state_size", "d_state", "mamba_d_state") ?? 16) + (fields.Int("conv_kernel", "d_conv", "mamba_d_conv") ?? 4));
    }
}
