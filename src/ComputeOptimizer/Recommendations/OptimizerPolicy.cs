using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Every figure the choice rests on that is neither measured nor told by a provider or the caller.</summary>
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

    /// <summary>Model FLOPs utilisation: the part of the peak that is reached; 0.3 to 0.5 is usual for tuned transformer code.</summary>
    public double FlopsUtilisation { get; init; } = 0.35;

    /// <summary>Part of the memory bandwidth that is reached; 0.5 to 0.8 is usual for decoding.</summary>
    public double BandwidthUtilisation { get; init; } = 0.6;

    /// <summary>Part of the speed that is left when a model is split over GPUs that only PCIe joins.</summary>
    public double TensorParallelOverPcieEfficiency { get; init; } = 0.7;

    /// <summary>Part of the speed that is left when GPUs that only PCIe joins train together and exchange gradients.</summary>
    public double TrainingOverPcieEfficiency { get; init; } = 0.8;

    /// <summary>Passes over the dataset.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>FLOPs per active parameter and token of full training: 2 forward, 4 backward (Kaplan et al. 2020, 2001.08361).</summary>
    public int FullFlopsPerParameter { get; init; } = 6;

    /// <summary>The same for adapters: no gradients of the frozen weights, so 2 of the 4 backward FLOPs stay.</summary>
    public int AdapterFlopsPerParameter { get; init; } = 4;

    /// <summary>The same for one generated token.</summary>
    public int InferenceFlopsPerParameter { get; init; } = 2;

    /// <summary>Minutes until a machine takes work, without the download: start, driver, image.</summary>
    public double BootMinutes { get; init; } = 4;

    /// <summary>Bytes per second at which weights and data come from a hub.</summary>
    public double DownloadBytesPerSecond { get; init; } = 100e6;

    /// <summary>Minutes from an interruption until the work goes on: another machine, image, weights, checkpoint.</summary>
    public double RestartMinutes { get; init; } = 10;

    /// <summary>Bytes per second at which a checkpoint is written; what a gp3 volume does without extra charge.</summary>
    public double CheckpointBytesPerSecond { get; init; } = 125e6;

    /// <summary>Minutes between two checkpoints, at least.</summary>
    public double MinCheckpointMinutes { get; init; } = 1;

    /// <summary>Minutes of work that an interruption of batch inference loses: the requests in flight.</summary>
    public double InFlightMinutes { get; init; } = 1;

    /// <summary>Percentage interrupted in a month where the provider only says that it is above a figure.</summary>
    public double OpenBandPercent { get; init; } = 30;

    /// <summary>The same where the provider says nothing: as bad as the worst band.</summary>
    public double UnknownBandPercent { get; init; } = 30;

    /// <summary>How many times the price of a model split over PCIe a single larger GPU may cost and still be worth a hint.</summary>
    public decimal SingleGpuPremium { get; init; } = 1.3m;

    /// <summary>Part of the replicas of a mixed fleet that is on-demand, at least one.</summary>
    public decimal OnDemandShare { get; init; } = 0.25m;

    /// <summary>How many times the usable memory an offer may lack and still nearly fit: what int4 saves on 16-bit weights.</summary>
    public double AlmostFactor { get; init; } = 4;

    /// <summary>Bytes of an int4 weight with its share of the scales.</summary>
    public double Int4Bytes { get; init; } = 0.55;

    /// <summary>Parameters of LoRA adapters over those of the model, for the estimate of what another mode would need.</summary>
    public double AdapterShare { get; init; } = 0.01;
}
