namespace Terradev.Contracts.ModelRegistry;

/// <summary>The workload to size. Null leaves the choice to the registry, which names it in <see cref="ModelRequirements.Assumptions"/>.</summary>
/// <param name="ContextLength">Tokens per sequence, 1 to 10,000,000.</param>
/// <param name="BatchSize">Sequences at once per GPU, 1 to 65,536.</param>
public sealed record Workload(WorkloadMode? Mode = null, Precision? Precision = null, int? ContextLength = null, int? BatchSize = null);

/// <summary>What a workload needs, with every part that was added up.</summary>
/// <param name="Model">The model, written <c>source:id</c>.</param>
/// <param name="TrainableParameters">Parameters that get gradients: all, the adapters, or none.</param>
/// <param name="HostMemoryBytes">Main memory while loading.</param>
/// <param name="DiskBytes">Disk for weights, their working copies and checkpoints; the dataset comes on top.</param>
/// <param name="Assumptions">What was chosen for the caller and why, in words.</param>
public sealed record ModelRequirements(
    string Model,
    WorkloadMode Mode,
    Precision Precision,
    int ContextLength,
    int BatchSize,
    ModelParameters Parameters,
    long TrainableParameters,
    MemoryBreakdown Memory,
    long HostMemoryBytes,
    long DiskBytes,
    GpuRequirements Gpus,
    string FormulaSource,
    IReadOnlyList<string> Assumptions);

/// <summary>GPU memory in bytes on one device that holds the whole model; the parts sum to <see cref="TotalBytes"/>.</summary>
public sealed record MemoryBreakdown(
    long WeightsBytes,
    long KvCacheBytesPerToken,
    long KvCacheBytes,
    long ActivationBytes,
    long GradientBytes,
    long OptimizerBytes,
    long OverheadBytes)
{
    /// <summary>Sum of the parts (<see cref="KvCacheBytesPerToken"/> is a rate and not one of them).</summary>
    public long TotalBytes => WeightsBytes + KvCacheBytes + ActivationBytes + GradientBytes + OptimizerBytes + OverheadBytes;
}

/// <summary>Which GPUs can run the workload at all.</summary>
/// <param name="MinComputeCapability">NVIDIA compute capability that the precision asks for, such as <c>8.0</c> for bf16; null when any will do.</param>
/// <param name="TensorParallelDegrees">Legal numbers of GPUs to split the model over, ascending, always with 1.</param>
/// <param name="KeyValueHeads">Parts the KV cache can be split into; more GPUs hold copies. 1 where it is not split at all (one shared head, or a compressed latent as in DeepSeek-V2); null where it splits like the weights.</param>
public sealed record GpuRequirements(string? MinComputeCapability, IReadOnlyList<int> TensorParallelDegrees, int? KeyValueHeads = null);

/// <summary>Message: resolve a model and size a workload. Answered by <see cref="ModelResolved"/>.</summary>
public sealed record ResolveModel(string Model, Workload Workload);

/// <summary>Answer to <see cref="ResolveModel"/>: either the model with its requirements or the refusal.</summary>
public sealed record ModelResolved(ModelSummary? Model, ModelRequirements? Requirements, Refusal? Refusal);
