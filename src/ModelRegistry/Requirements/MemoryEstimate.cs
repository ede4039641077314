using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>GPU memory of a workload, on one device that holds the whole model or on each of several.</summary>
public static class MemoryEstimate
{
    public const string FormulaSource =
        "weights and KV cache from config.json and file headers; activations arXiv:2205.05198 table 2; optimizer states arXiv:1910.02054 section 3.1; QLoRA arXiv:2305.14314";

    /// <summary>CUDA context, workspaces and what the allocator cannot use: 0.3 to 2 GiB are seen, 1 GiB is counted.</summary>
    public const long RuntimeOverheadBytes = 1L << 30;

    /// <summary>Rank of LoRA adapters; they sit on every linear layer.</summary>
    public const int LoraRank = 16;

    /// <summary>Adds up the parts on one device.</summary>
    public static MemoryBreakdown Of(WorkloadPlan plan, ParameterCount count, ModelConfig? config, ModelShape shape) =>
        PerGpu(plan with { Gpus = 1, TensorParallel = 1 }, count, config, shape);

    /// <summary>
    /// The parts on each GPU of the plan. Tensor parallelism splits weights, gradients, optimizer state and part of the activations
    /// (arXiv:2205.05198 section 4.1), and the KV cache down to one head or latent vector; ZeRO shards over the data-parallel GPUs optimizer
    /// state, then gradients, then weights (arXiv:1910.02054 section 5). Batch and overhead are each GPU's own.
    /// </summary>
    public static MemoryBreakdown PerGpu(WorkloadPlan plan, ParameterCount count, ModelConfig? config, ModelShape shape)
    {
        Int128 trained = TrainableParameters(plan, count, config, shape);
        var compute = plan.Precision is Precision.Fp32 ? 4 : 2;
        var weights = Weights(plan, count, config) + (plan.Mode is WorkloadMode.Lora or WorkloadMode.Qlora ? trained * compute : 0);
        var cache = KvCache.Of(plan, config, shape);
        var activations = Activations.Of(plan, shape, weights, compute);
        var overhead = RuntimeOverheadBytes + (plan.Mode is WorkloadMode.Qlora ? LargestMatrix(config) * 2 : 0);
        var split = plan.TensorParallel;
        var cacheParts = Math.Min(split, Math.Max(KvCache.Parts(config, shape) ?? 1, 1));
        int Shards(int stage) => split * (plan.ZeroStage >= stage ? plan.DataParallel : 1);
        return new MemoryBreakdown(
            Share(weights, Shards(3)),
            Share(cache.PerToken, cacheParts),
            Share(cache.Total, cacheParts),
            Saturated.Long(activations.Whole + Share(activations.Split, split)),
            Share(trained * compute, Shards(2)),
            Share(trained * OptimizerBytes(plan), Shards(1)),
            Saturated.Long(overhead));
    }

    /// <summary>Parameters with gradients: all of them, the adapters' rank x (in + out) on every linear layer, or none.</summary>
    public static long TrainableParameters(WorkloadPlan plan, ParameterCount count, ModelConfig? config, ModelShape shape) => plan.Mode switch
    {
        WorkloadMode.Full => count.Parameters.Total,
        WorkloadMode.Lora or WorkloadMode.Qlora => Saturated.Long(Adapters.Parameters(count, config, shape, LoraRank)),
        _ => 0,
    };

    /// <summary>
    /// Bytes of the weights in the workload's precision: those of the files where these keep it and the weights are not trained.
    /// NF4 with double quantization takes 4.127 bits (arXiv:2305.14314 section 3).
    /// </summary>
    public static Int128 Weights(WorkloadPlan plan, ParameterCount count, ModelConfig? config)
    {
        Int128 total = count.Parameters.Total;
        var dense = config is null ? 0 : Int128.Min(ParameterFormulas.Embeddings(config), total);
        return plan.Mode switch
        {
            WorkloadMode.Qlora => ((total - dense) * 4127 / 8000) + (dense * 2),
            not WorkloadMode.Full when count.IsStoredIn(plan.Precision) => count.StoredBytes,
            _ => Formats.WeightBytes(total, dense, plan.Precision),
        };
    }

    /// <summary>Where the formula of each part that is not zero comes from.</summary>
    public static IReadOnlyList<PartSource> Sources(WorkloadPlan plan, ParameterCount count, MemoryBreakdown memory) =>
    [
        .. new (string Part, long Bytes, string Source)[]
        {
            ("weightsBytes", memory.WeightsBytes, WeightsSource(plan, count)),
            ("kvCacheBytes", memory.KvCacheBytes, "2 x layers x KV heads x head width from config.json; latent attention arXiv:2405.04434 section 2.1"),
            ("activationBytes", memory.ActivationBytes, "arXiv:2205.05198 table 2"),
            ("gradientBytes", memory.GradientBytes, "arXiv:1910.02054 section 3.1"),
            ("optimizerBytes", memory.OptimizerBytes, plan.Optimizer is TrainingOptimizer.Adam8bit ? "arXiv:1910.02054 section 3.1; moments arXiv:2110.02861 section 2" : "arXiv:1910.02054 section 3.1"),
            ("overheadBytes", memory.OverheadBytes, "CUDA context and allocator: 1 GiB of the 0.3 to 2 GiB that are seen"),
        }.Where(part => part.Bytes > 0).Select(part => new PartSource(part.Part, part.Source)),
    ];

    private static string WeightsSource(WorkloadPlan plan, ParameterCount count) => plan.Mode switch
    {
        WorkloadMode.Qlora => "arXiv:2305.14314 section 3",
        not WorkloadMode.Full when count.IsStoredIn(plan.Precision) && count.Parameters.ByDtype.Count > 0 => "bytes in the repository's file headers",
        not WorkloadMode.Full when count.IsStoredIn(plan.Precision) => "bytes of the repository's weight files",
        _ => $"parameters ({count.Parameters.Source}) x bytes of {Contracts.Wire.Name(plan.Precision)}",
    };

    // Mixed precision keeps an fp32 copy beside Adam's two moments, or beside the momentum.
    private static int OptimizerBytes(WorkloadPlan plan) =>
        (plan.Precision is Precision.Fp32 ? 0 : 4) + plan.Optimizer switch { TrainingOptimizer.Adamw => 8, TrainingOptimizer.Adam8bit => 2, _ => 4 };

    private static long Share(Int128 bytes, int parts) => Saturated.Long((bytes + parts - 1) / parts);

    // NF4 is unpacked to 16 bits matrix by matrix.
    private static Int128 LargestMatrix(ModelConfig? config) =>
        (Int128)(config?.HiddenSize ?? 0) * Math.Max(config?.IntermediateSize ?? 0, config?.HiddenSize ?? 0);
}
