using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>
/// GPU memory of a workload on one device. Sources: activations and their recomputation arXiv:2205.05198 (table 2), bytes per
/// trained parameter arXiv:1910.02054 (section 3.1), QLoRA arXiv:2305.14314, latent attention arXiv:2405.04434,
/// the rule for unknown architectures blog.eleuther.ai/transformer-math.
/// </summary>
public static class MemoryEstimate
{
    public const string FormulaSource =
        "weights and KV cache from config.json and file headers; activations arXiv:2205.05198 table 2; optimizer states arXiv:1910.02054 section 3.1; QLoRA arXiv:2305.14314";

    /// <summary>CUDA context, workspaces and what the allocator cannot use: 0.3 to 2 GiB are seen, 1 GiB is counted.</summary>
    public const long RuntimeOverheadBytes = 1L << 30;

    /// <summary>Rank of LoRA adapters; they sit on every linear layer.</summary>
    public const int LoraRank = 16;

    // Serving engines read longer prompts in chunks (vLLM: max_num_batched_tokens).
    private const long PrefillTokens = 8192;

    // Inputs of convolution, normalization and activation are each kept for the backward pass.
    private const int KeptPerConvolution = 3;

    /// <summary>Adds up the parts.</summary>
    public static MemoryBreakdown Of(WorkloadPlan plan, ParameterCount count, ModelConfig? config, ModelShape shape)
    {
        var trained = TrainableParameters(plan, count, config, shape);
        var compute = ComputeBytes(plan);
        var weights = Weights(plan, count, config) + (plan.Mode is WorkloadMode.Lora or WorkloadMode.Qlora ? trained * compute : 0);
        var (perToken, cache) = plan.Trains ? (0, 0) : KvCache(plan, config, shape);
        return new MemoryBreakdown(
            Saturated.Long(weights),
            Saturated.Long(perToken),
            Saturated.Long(cache),
            Saturated.Long(plan.Trains ? TrainingActivations(plan, shape, weights, compute) : InferenceActivations(plan, shape, weights, compute)),
            Saturated.Long((Int128)trained * compute),
            Saturated.Long((Int128)trained * OptimizerBytesPerParameter(plan.Precision)),
            Saturated.Long(RuntimeOverheadBytes + (plan.Mode is WorkloadMode.Qlora ? LargestMatrix(config) * 2 : 0)));
    }

    /// <summary>Parameters with gradients: all of them, the adapters' rank x (in + out) on every linear layer, or none.</summary>
    public static long TrainableParameters(WorkloadPlan plan, ParameterCount count, ModelConfig? config, ModelShape shape) => plan.Mode switch
    {
        WorkloadMode.Full => count.Parameters.Total,
        WorkloadMode.Lora or WorkloadMode.Qlora => Math.Min(count.Parameters.Total, Saturated.Long(Adapters(count, config, shape))),
        _ => 0,
    };

    /// <summary>
    /// Bytes of the weights in the workload's precision. Quantization leaves embeddings and head in 16 bits; int4 takes 0.52 bytes with its
    /// scales (one of 16 bits and a zero point for 128 weights), NF4 with double quantization 4.127 bits.
    /// </summary>
    public static Int128 Weights(WorkloadPlan plan, ParameterCount count, ModelConfig? config)
    {
        Int128 total = count.Parameters.Total;
        var dense = config is null ? 0 : Int128.Min(ParameterFormulas.Embeddings(config), total);
        if (plan.Mode is WorkloadMode.Qlora)
        {
            return (((total - dense) * 4127) / 8000) + (dense * 2);
        }

        return plan.Precision switch
        {
            Precision.Fp32 => total * 4,
            Precision.Bf16 or Precision.Fp16 => total * 2,
            Precision.Int8 when count.StoredBits == 8 => count.StoredBytes,
            Precision.Int4 when count.StoredBits == 4 => count.StoredBytes,
            Precision.Int8 => total - dense + (dense * 2),
            _ => ((total - dense) * 52 / 100) + (dense * 2),
        };
    }

    /// <summary>
    /// Keys and values: 2 x layers x KV heads x head width x bytes for every token, within the window where attention slides; one latent
    /// vector a layer under multi-head latent attention. Kept in 16 bits unless the workload runs in fp32.
    /// </summary>
    public static (Int128 PerToken, Int128 Total) KvCache(WorkloadPlan plan, ModelConfig? config, ModelShape shape)
    {
        if (config is null || shape.Stacks.FirstOrDefault(stack => stack.Generates) is not { } decoder)
        {
            return (0, 0);
        }

        Int128 bytes = plan.Precision is Precision.Fp32 ? 4 : 2;
        Int128 layers = Math.Max(decoder.Layers - config.LinearLayers, 0);
        if (config.LatentRank is { } rank)
        {
            var latent = layers * (rank + (config.LatentRopeDim ?? 0)) * bytes;
            return (latent, latent * plan.ContextLength * plan.BatchSize);
        }

        var layer = 2 * (Int128)(config.KeyValueHeads ?? config.AttentionHeads ?? 1) * (config.EffectiveHeadDim ?? decoder.Hidden) * bytes;
        Int128 sliding = Int128.Min(config.SlidingLayers, layers);
        Int128 window = Math.Min(config.SlidingWindow ?? plan.ContextLength, plan.ContextLength);
        var tokens = ((layers - sliding) * plan.ContextLength) + (sliding * window);
        if (decoder.CrossAttention)
        {
            tokens += layers * (shape.Stacks[0].FixedTokens ?? plan.ContextLength);
        }

        return (layer * layers, layer * tokens * plan.BatchSize);
    }

    private static int ComputeBytes(WorkloadPlan plan) => plan.Precision is Precision.Fp32 ? 4 : 2;

    // Mixed precision keeps an fp32 copy beside Adam's two moments.
    private static int OptimizerBytesPerParameter(Precision precision) => precision is Precision.Fp32 ? 8 : 12;

    private static Int128 TrainingActivations(WorkloadPlan plan, ModelShape shape, Int128 weights, int bytes)
    {
        if (shape.Family is ModelFamily.Unknown)
        {
            return weights * plan.BatchSize / 5;
        }

        Int128 total = 0;
        Int128 layer = 0;
        foreach (var stack in shape.Stacks)
        {
            var oneLayer = Tokens(plan, stack) * stack.Hidden * ((16 * bytes) + 2);
            layer = Int128.Max(layer, oneLayer);

            // Adapter training recomputes each layer from its input, as the usual trainers do by default.
            total += plan.Mode is WorkloadMode.Full ? oneLayer * stack.Layers : Tokens(plan, stack) * stack.Hidden * bytes * stack.Layers;
        }

        var convolutions = (Int128)shape.ConvolutionOutputs * plan.BatchSize * bytes * KeptPerConvolution;
        Int128 logits = (Int128)plan.ContextLength * plan.BatchSize * shape.LogitVocabulary * (bytes + 4 + 4);
        return total + (plan.Mode is WorkloadMode.Full ? 0 : layer) + convolutions + logits;
    }

    private static Int128 InferenceActivations(WorkloadPlan plan, ModelShape shape, Int128 weights, int bytes)
    {
        if (shape.Family is ModelFamily.Unknown)
        {
            return weights / 5;
        }

        Int128 layer = 0;
        foreach (var stack in shape.Stacks)
        {
            var tokens = stack.Generates ? Int128.Min(Tokens(plan, stack), PrefillTokens) : Tokens(plan, stack);
            layer = Int128.Max(layer, tokens * stack.Hidden * ((16 * bytes) + 2));
        }

        // A generator needs the logits of its last token, a masked language model those of all.
        var positions = shape.Stacks.Any(stack => stack.Generates) ? 1 : plan.ContextLength;
        return layer + ((Int128)positions * plan.BatchSize * shape.LogitVocabulary * 4) + ((Int128)shape.ConvolutionOutputs * plan.BatchSize * bytes);
    }

    private static Int128 Tokens(WorkloadPlan plan, TransformerStack stack) => (Int128)(stack.FixedTokens ?? plan.ContextLength) * plan.BatchSize;

    private static Int128 Adapters(ParameterCount count, ModelConfig? config, ModelShape shape)
    {
        if (shape.Stacks.Count == 0)
        {
            // Half a percent is what rank 16 on all linear layers comes to in models of known shape.
            return Math.Max(count.Parameters.Total / 200, 1);
        }

        Int128 sum = 0;
        foreach (var stack in shape.Stacks)
        {
            Int128 hidden = stack.Hidden;
            var attention = 8 * hidden;
            if (config is { AttentionHeads: { } heads, EffectiveHeadDim: { } width } && config.HiddenSize == stack.Hidden)
            {
                Int128 queries = (Int128)heads * width;
                Int128 keys = (Int128)(config.KeyValueHeads ?? heads) * width;
                attention = (2 * (hidden + queries)) + (2 * (hidden + keys));
            }

            var experts = (Int128)(config?.Experts ?? 1);
            Int128 expert = config is { Experts: not null, ExpertIntermediateSize: { } narrow } ? narrow : stack.Intermediate;
            var matrices = GatedFeedForward(config) ? 3 : 2;
            sum += stack.Layers * ((attention * (stack.CrossAttention ? 2 : 1)) + (matrices * (hidden + expert) * experts));
        }

        return sum * LoraRank;
    }

    private static bool GatedFeedForward(ModelConfig? config) =>
        config is { GatedFeedForward: true }
        || config?.Type is "llama" or "mistral" or "mixtral" or "qwen2" or "qwen2_moe" or "qwen3" or "qwen3_moe" or "gemma" or "gemma2" or "gemma3" or "phi3" or "gpt_oss" or "deepseek_v2" or "deepseek_v3";

    private static Int128 LargestMatrix(ModelConfig? config) =>
        (Int128)(config?.HiddenSize ?? 0) * Math.Max(config?.IntermediateSize ?? 0, config?.HiddenSize ?? 0);
}
