namespace Terradev.ModelRegistry.Requirements;

/// <summary>The layers of a mixture of experts.</summary>
/// <param name="Layers">How many layers have experts; the others have one feed-forward network.</param>
/// <param name="Used">Routed experts that one token is sent to.</param>
/// <param name="Width">Intermediate size of one expert.</param>
/// <param name="Expert">Parameters of one expert.</param>
/// <param name="Shared">Parameters, in each of the layers, of router, shared experts and their gate.</param>
internal sealed record ExpertLayers(Int128 Layers, int Experts, int Used, int Width, Int128 Expert, Int128 Shared)
{
    /// <summary>All parameters of these layers' feed-forward parts.</summary>
    public Int128 Total => Layers * ((Experts * Expert) + Shared);

    /// <summary>Parameters that one token does not use: the experts it is not sent to.</summary>
    public Int128 Idle => Layers * Math.Max(Experts - Used, 0) * Expert;

    /// <summary>Null for a config without experts, or without the figures of one.</summary>
    public static ExpertLayers? Of(ModelConfig c)
    {
        if (c is not { Experts: { } experts, Layers: { } layers, HiddenSize: { } h } || (c.ExpertIntermediateSize ?? c.IntermediateSize) is not { } width)
        {
            return null;
        }

        var used = c.ExpertsPerToken ?? experts;
        var expert = 3 * (Int128)h * width;
        Int128 router = (Int128)h * experts;
        return c.LanguageType switch
        {
            "gpt_oss" => new(layers, experts, used, width, expert + (2 * width) + h, router + experts),
            "qwen2_moe" => new(Sparse(c, layers), experts, used, width, expert, router + (((3 * (Int128)(c.Fields.Int("shared_expert_intermediate_size") ?? 5632)) + 1) * h)),
            "qwen3_moe" => new(Sparse(c, layers), experts, used, width, expert, router),

            // Routing without an auxiliary loss corrects the score of each expert.
            "deepseek_v3" or "kimi_k2" or "glm4_moe" => new(AfterDense(c, layers), experts, used, width, expert, router + experts + ((c.Fields.Int("n_shared_experts") ?? 0) * expert)),
            "deepseek_v2" => new(AfterDense(c, layers), experts, used, width, expert, router + ((c.Fields.Int("n_shared_experts") ?? 0) * expert)),
            _ => new(layers, experts, used, width, expert, router),
        };
    }

    private static Int128 AfterDense(ModelConfig c, int layers) => Math.Max(layers - (c.Fields.Int("first_k_dense_replace") ?? 0), 0);

    private static Int128 Sparse(ModelConfig c, int layers)
    {
        var step = c.Fields.Int("decoder_sparse_step") ?? 1;
        var dense = c.Fields.Ints("mlp_only_layers").Distinct().Count(layer => layer < layers && (layer + 1) % step == 0);
        return Math.Max((layers / step) - dense, 0);
    }
}
