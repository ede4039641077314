namespace Terradev.Contracts.ModelRegistry;

/// <summary>The workload to size. Null leaves the choice to the registry, which names it in <see cref="ModelRequirements.Assumptions"/>.</summary>
/// <param name="ContextLength">Tokens per sequence, 1 to 10,000,000.</param>
/// <param name="BatchSize">Sequences at once per GPU, 1 to 65,536.</param>
/// <param name="Optimizer">Training only; AdamW by default.</param>
/// <param name="Recompute">Training only; selective by default in full fine-tuning, full for adapters.</param>
/// <param name="ZeroStage">Training only: what the data-parallel GPUs share, 0 nothing, 1 optimizer state, 2 gradients too, 3 weights too (arXiv:1910.02054).</param>
/// <param name="Gpus">GPUs that the workload is spread over, 1 to 1,024.</param>
/// <param name="TensorParallel">GPUs that share every matrix; it divides <paramref name="Gpus"/>, and the rest is data-parallel.</param>
/// <param name="GpuMemoryGiB">Memory of one GPU in GiB, up to 10,000: asks for <see cref="ModelRequirements.Fit"/>.</param>
public sealed record Workload(
    WorkloadMode? Mode = null,
    Precision? Precision = null,
    int? ContextLength = null,
    int? BatchSize = null,
    TrainingOptimizer? Optimizer = null,
    Recomputation? Recompute = null,
    int? ZeroStage = null,
    int? Gpus = null,
    int? TensorParallel = null,
    decimal? GpuMemoryGiB = null);

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
    IReadOnlyList<string> Assumptions)
{
    /// <summary>Where the formula of each part of <see cref="Memory"/> comes from.</summary>
    public IReadOnlyList<PartSource> Sources { get; init; } = [];

    /// <summary>How the workload trains; null for inference.</summary>
    public TrainingSetup? Training { get; init; }

    /// <summary>One GPU's share where several were asked for; null for one GPU.</summary>
    public GpuShare? PerGpu { get; init; }

    /// <summary>What fits the GPU that was asked about; null when none was.</summary>
    public WorkloadFit? Fit { get; init; }
}

/// <summary>GPU memory in bytes on one device that holds the whole model, or on each of several; the parts sum to <see cref="TotalBytes"/>.</summary>
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

/// <param name="Part">A field of <see cref="MemoryBreakdown"/> as JSON spells it, such as <c>activationBytes</c>.</param>
/// <param name="Source">A paper and its table or section, a specification, or the repository's own files.</param>
public sealed record PartSource(string Part, string Source);

/// <summary>The choices that training memory depends on besides mode, precision, context and batch.</summary>
public sealed record TrainingSetup(TrainingOptimizer Optimizer, Recomputation Recompute, int ZeroStage);

/// <summary>What each GPU holds when a workload is spread over several.</summary>
/// <param name="DataParallel">Copies of the model, or its shards under ZeRO: <paramref name="Gpus"/> / <paramref name="TensorParallel"/>.</param>
public sealed record GpuShare(int Gpus, int TensorParallel, int DataParallel, MemoryBreakdown Memory);

/// <summary>What a GPU of a given size can hold of a workload.</summary>
/// <param name="UsableBytes">What of the GPU may be filled: <see cref="GpuMemory"/>.</param>
/// <param name="RequiredBytes">What the workload as asked for takes on each GPU.</param>
/// <param name="LargestContextLength">The longest context at the workload's batch size that fits; null when not even one token does.</param>
/// <param name="LargestBatchSize">The largest batch at the workload's context length that fits; null when not even one sequence does.</param>
/// <param name="Reason">Why a figure is null; null when none is.</param>
public sealed record WorkloadFit(decimal GpuMemoryGiB, long UsableBytes, long RequiredBytes, bool Fits, int? LargestContextLength, int? LargestBatchSize, string? Reason);

/// <summary>Which GPUs can run the workload at all.</summary>
/// <param name="MinComputeCapability">NVIDIA compute capability that the precision asks for, such as <c>8.0</c> for bf16; null when any will do.</param>
/// <param name="TensorParallelDegrees">Legal numbers of GPUs to split the model over, ascending, always with 1.</param>
/// <param name="KeyValueHeads">Parts the KV cache can be split into; more GPUs hold copies. 1 where it is not split at all (one shared head, or a compressed latent as in DeepSeek-V2); null where there is no cache.</param>
public sealed record GpuRequirements(string? MinComputeCapability, IReadOnlyList<int> TensorParallelDegrees, int? KeyValueHeads = null);

/// <summary>Message: resolve a model and size a workload. Answered by <see cref="ModelResolved"/>.</summary>
public sealed record ResolveModel(string Model, Workload Workload);

/// <summary>Answer to <see cref="ResolveModel"/>: either the model with its requirements or the refusal.</summary>
public sealed record ModelResolved(ModelSummary? Model, ModelRequirements? Requirements, Refusal? Refusal);
