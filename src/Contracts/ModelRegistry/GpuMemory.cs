namespace Terradev.Contracts.ModelRegistry;

/// <summary>The one rule for how much of a GPU's memory a workload may be planned to fill.</summary>
public static class GpuMemory
{
    /// <summary>Part of a GPU's memory that inference may fill; the default of vLLM's <c>gpu_memory_utilization</c>.</summary>
    public const decimal InferenceFraction = 0.90m;

    /// <summary>GiB per GPU held back in inference for what the driver and other processes take.</summary>
    public const decimal InferenceReserveGiB = 1m;

    /// <summary>Part of a GPU's memory that training may fill before the allocator fragments.</summary>
    public const decimal TrainingFraction = 0.92m;

    /// <summary>GiB per GPU held back in training: driver, communication buckets and the layer that is gathered whole while it computes.</summary>
    public const decimal TrainingReserveGiB = 2m;

    private const decimal GiB = 1L << 30;

    /// <summary>Bytes of a GPU of <paramref name="memoryBytes"/> that the workload may fill; never below 0.</summary>
    public static long UsableBytes(long memoryBytes, WorkloadMode mode) => mode is WorkloadMode.Inference
        ? UsableBytes(memoryBytes, InferenceFraction, InferenceReserveGiB)
        : UsableBytes(memoryBytes, TrainingFraction, TrainingReserveGiB);

    /// <summary>The same with a fraction and a reserve in GiB of the caller's choice.</summary>
    public static long UsableBytes(long memoryBytes, decimal fraction, decimal reserveGiB) =>
        Math.Max(0, (long)((fraction * memoryBytes) - (reserveGiB * GiB)));
}
