using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Every figure the choice rests on that is neither measured nor told by a provider.</summary>
public sealed record OptimizerPolicy
{
    public static readonly OptimizerPolicy Default = new();

    /// <summary>Part of a GPU's memory that inference may fill; the default of vLLM's <c>gpu_memory_utilization</c>.</summary>
    public decimal InferenceMemoryFraction { get; init; } = GpuMemory.InferenceFraction;

    /// <summary>GiB per GPU held back in inference for what the driver and other processes take.</summary>
    public decimal InferenceReserveGiB { get; init; } = GpuMemory.InferenceReserveGiB;

    /// <summary>Part of a GPU's memory that training may fill before the allocator fragments.</summary>
    public decimal TrainingMemoryFraction { get; init; } = GpuMemory.TrainingFraction;

    /// <summary>GiB per GPU held back in training: driver, communication buckets and the layer that is gathered whole while it computes.</summary>
    public decimal TrainingReserveGiB { get; init; } = GpuMemory.TrainingReserveGiB;

    /// <summary>Largest tensor-parallel degree without NVLink: each layer waits for two all-reduces over PCIe.</summary>
    public int MaxTensorParallelOverPcie { get; init; } = 4;

    /// <summary>vCPUs beside one per GPU in use: one for the system and one for the data loader.</summary>
    public int VcpusBesideGpus { get; init; } = 2;

    /// <summary>GiB of one network volume, the least of the three clouds (AWS gp3, before it grew to 64 TiB).</summary>
    public decimal MaxVolumeGiB { get; init; } = 16 * 1024;

    /// <summary>Model FLOPs utilisation: the part of the peak that training reaches; 0.3 to 0.5 is usual for tuned transformer code.</summary>
    public double FlopsUtilisation { get; init; } = 0.35;

    /// <summary>Passes over the dataset.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>FLOPs per active parameter and token of full training: 2 forward, 4 backward (Kaplan et al. 2020, 2001.08361).</summary>
    public int FullFlopsPerParameter { get; init; } = 6;

    /// <summary>The same for adapters: no gradients of the frozen weights, so 2 of the 4 backward FLOPs stay.</summary>
    public int AdapterFlopsPerParameter { get; init; } = 4;
}
