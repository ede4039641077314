using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Bytes of activations.</summary>
/// <param name="Whole">What every GPU of a tensor-parallel group holds: inputs of the layers, norms and dropout masks.</param>
/// <param name="Split">What the group shares: what lies between the split matrices, attention matrices, and logits.</param>
internal sealed record Activations(Int128 Whole, Int128 Split)
{
    // Serving engines read longer prompts in chunks (vLLM: max_num_batched_tokens).
    private const long PrefillTokens = 8192;

    // Inputs of convolution, normalization and activation are each kept for the backward pass.
    private const int KeptPerConvolution = 3;

    /// <summary>
    /// A layer keeps 34 bytes for a token and hidden dimension in 16 bits (16 x bytes + 2 in general), of which tensor parallelism splits
    /// 24, and 5 bytes (2 x bytes + 1) for an attention weight unless these are recomputed: arXiv:2205.05198, table 2.
    /// </summary>
    public static Activations Of(WorkloadPlan plan, ModelShape shape, Int128 weights, int bytes)
    {
        if (shape.Family is ModelFamily.Unknown)
        {
            return new(weights * (plan.Trains ? plan.BatchSize : 1) / 5, 0);
        }

        return plan.Trains ? Training(plan, shape, bytes) : Inference(plan, shape, bytes);
    }

    private static Activations Training(WorkloadPlan plan, ModelShape shape, int bytes)
    {
        Int128 whole = 0;
        Int128 split = 0;
        Int128 widest = 0;
        Int128 matrices = 0;
        foreach (var stack in shape.Stacks)
        {
            var tokens = Tokens(plan, stack);
            var cells = tokens * stack.Hidden;
            var scores = tokens * (stack.FixedTokens ?? plan.ContextLength) * (stack.Heads ?? 1) * ((2 * bytes) + 1);
            if (plan.Recompute is Recomputation.Full)
            {
                // The inputs of all layers, and everything of the one that is computed again.
                whole += cells * bytes * stack.Layers;
                widest = Int128.Max(widest, cells);
            }
            else
            {
                whole += cells * stack.Layers * 5 * bytes;
                split += cells * stack.Layers * ((11 * bytes) + 2);
                matrices += plan.Recompute is Recomputation.None ? scores * stack.Layers : 0;
            }
        }

        var convolutions = (Int128)shape.ConvolutionOutputs * plan.BatchSize * bytes * KeptPerConvolution;
        var logits = (Int128)plan.ContextLength * plan.BatchSize * shape.LogitVocabulary * (bytes + 4 + 4);
        return new(whole + (widest * 5 * bytes) + convolutions, split + (widest * ((11 * bytes) + 2)) + matrices + logits);
    }

    private static Activations Inference(WorkloadPlan plan, ModelShape shape, int bytes)
    {
        Int128 widest = 0;
        foreach (var stack in shape.Stacks)
        {
            var tokens = stack.Generates ? Int128.Min(Tokens(plan, stack), PrefillTokens) : Tokens(plan, stack);
            widest = Int128.Max(widest, tokens * stack.Hidden);
        }

        // A generator needs the logits of its last token, a masked language model those of all.
        Int128 positions = shape.Decoder is not null ? 1 : plan.ContextLength;
        return new((widest * 5 * bytes) + ((Int128)shape.ConvolutionOutputs * plan.BatchSize * bytes), (widest * ((11 * bytes) + 2)) + (positions * plan.BatchSize * shape.LogitVocabulary * 4));
    }

    private static Int128 Tokens(WorkloadPlan plan, TransformerStack stack) => (Int128)(stack.FixedTokens ?? plan.ContextLength) * plan.BatchSize;
}
