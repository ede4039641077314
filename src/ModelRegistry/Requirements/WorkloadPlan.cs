using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>A workload with every choice made; <see cref="Assumptions"/> puts the choices into words.</summary>
public sealed record WorkloadPlan(WorkloadMode Mode, Precision Precision, int ContextLength, int BatchSize)
{
    public const int MaxContextLength = 10_000_000;
    public const int MaxBatchSize = 65_536;
    public const int MaxGpus = 1024;
    public const decimal MaxGpuMemoryGiB = 10_000;

    private const long LargestFullyTuned = 3_000_000_000;
    private const long SmallModel = 1_000_000_000;

    public TrainingOptimizer Optimizer { get; init; } = TrainingOptimizer.Adamw;

    /// <summary>Adapters are trained with full recomputation, as the usual trainers do by default.</summary>
    public Recomputation Recompute { get; init; } = Mode is WorkloadMode.Full ? Recomputation.Selective : Recomputation.Full;

    public int ZeroStage { get; init; }

    public int Gpus { get; init; } = 1;

    public int TensorParallel { get; init; } = 1;

    public int DataParallel => Gpus / TensorParallel;

    public bool Trains => Mode is not WorkloadMode.Inference;

    /// <summary>What is wrong with a workload whatever the model is, by field.</summary>
    public static Dictionary<string, string[]> Validate(Workload workload)
    {
        Dictionary<string, string[]> errors = [];
        void Check(bool wrong, string field, string message)
        {
            if (wrong)
            {
                errors.TryAdd(field, [message]);
            }
        }

        Check(workload.ContextLength is < 1 or > MaxContextLength, "contextLength", $"The context length is 1 to {MaxContextLength:N0} tokens.");
        Check(workload.BatchSize is < 1 or > MaxBatchSize, "batchSize", $"The batch size is 1 to {MaxBatchSize:N0} sequences.");
        Check(Undefined(workload.Mode), "mode", $"The mode is one of: {Words<WorkloadMode>()}.");
        Check(Undefined(workload.Precision), "precision", $"The precision is one of: {Words<Precision>()}.");
        Check(Unusable(workload.Mode, workload.Precision) is not null, "precision", Unusable(workload.Mode, workload.Precision) ?? "");
        Check(Undefined(workload.Optimizer), "optimizer", $"The optimizer is one of: {Words<TrainingOptimizer>()}.");
        Check(Undefined(workload.Recompute), "recompute", $"Recomputation is one of: {Words<Recomputation>()}.");
        Check(workload.ZeroStage is < 0 or > 3, "zeroStage", "The ZeRO stage is 0 to 3.");
        Check(workload.Gpus is < 1 or > MaxGpus, "gpus", $"The workload is spread over 1 to {MaxGpus:N0} GPUs.");
        Check(workload.TensorParallel is < 1 or > GpuFit.MostGpus, "tensorParallel", $"Tensor parallelism is over 1 to {GpuFit.MostGpus} GPUs.");
        Check(workload is { Gpus: { } gpus, TensorParallel: { } degree and > 0 } && gpus % degree != 0, "tensorParallel", "The GPUs divide into groups of this many; choose a divisor of gpus.");
        Check(workload.GpuMemoryGiB is <= 0 or > MaxGpuMemoryGiB, "gpuMemoryGiB", $"The memory of a GPU is more than 0 and at most {MaxGpuMemoryGiB:N0} GiB.");
        if (workload.Mode is WorkloadMode.Inference)
        {
            const string OnlyInTraining = "Inference has none: leave it out, or choose a mode that trains.";
            Check(workload.Optimizer is not null, "optimizer", OnlyInTraining);
            Check(workload.Recompute is not null, "recompute", OnlyInTraining);
            Check(workload.ZeroStage is not null, "zeroStage", OnlyInTraining);
        }

        return errors;
    }

    /// <summary>Chooses what the caller left open; the errors are those that need the model to be seen.</summary>
    public static (WorkloadPlan? Plan, Dictionary<string, string[]> Errors) Choose(Workload workload, ParameterCount count, ModelConfig? config, ModelShape shape)
    {
        var mode = workload.Mode ?? ChooseMode(count, workload.Precision);
        var errors = Validate(workload with { Mode = mode });
        if (workload.ContextLength is { } asked && shape is { ReadsContext: true, UsablePositions: { } positions } && asked > positions)
        {
            errors["contextLength"] = [$"The model reads at most {positions:N0} tokens."];
        }

        var (gpus, tensorParallel) = errors.Count > 0 || (workload.Gpus ?? workload.TensorParallel ?? 1) == 1
            ? (1, 1)
            : Spread(workload, mode, GpuFit.TensorParallelDegrees(config), errors);
        return errors.Count > 0
            ? (null, errors)
            : (Settle(workload, mode, count, shape) with
            {
                Gpus = gpus,
                TensorParallel = tensorParallel,
                ZeroStage = mode is WorkloadMode.Inference ? 0 : workload.ZeroStage ?? (gpus > tensorParallel ? 3 : 0),
            }, errors);
    }

    /// <summary>The choices for one GPU, of a workload that is valid.</summary>
    internal static WorkloadPlan Settle(Workload workload, WorkloadMode mode, ParameterCount count, ModelShape shape)
    {
        var plan = new WorkloadPlan(
            mode,
            workload.Precision ?? ChoosePrecision(mode, count),
            !shape.ReadsContext ? shape.FixedTokens : workload.ContextLength ?? Math.Min(PreferredContext(mode, shape), shape.UsablePositions ?? shape.TrainedPositions ?? int.MaxValue),
            workload.BatchSize ?? (mode is not WorkloadMode.Inference && count.Parameters.Total < SmallModel ? 16 : 1));
        return plan with { Optimizer = workload.Optimizer ?? plan.Optimizer, Recompute = workload.Recompute ?? plan.Recompute };
    }

    /// <summary>A usual length; 1,024 is what TRL's SFTTrainer cuts sequences to by default.</summary>
    internal static int PreferredContext(WorkloadMode mode, ModelShape shape) =>
        mode is WorkloadMode.Inference ? 8192 : shape.Family is ModelFamily.Decoder ? 1024 : 512;

    private static WorkloadMode ChooseMode(ParameterCount count, Precision? precision) => precision switch
    {
        Precision.Int4 => WorkloadMode.Qlora,
        Precision.Int8 or Precision.Fp8 => WorkloadMode.Lora,
        _ => count.Parameters.Total <= LargestFullyTuned ? WorkloadMode.Full : WorkloadMode.Lora,
    };

    private static Precision ChoosePrecision(WorkloadMode mode, ParameterCount count) => mode switch
    {
        WorkloadMode.Qlora => Precision.Int4,

        // Few GPUs multiply in FP4; the same four bits are unpacked to 16 on all others.
        WorkloadMode.Inference when count.StoredPrecision is Precision.Fp4 => Precision.Int4,
        WorkloadMode.Inference when count.StoredBits <= 8 => count.StoredPrecision,
        _ => count.StoredPrecision is Precision.Bf16 ? Precision.Bf16 : Precision.Fp16,
    };

    // Inference shares the matrices as widely as heads allow; training shards the model over data-parallel GPUs.
    private static (int Gpus, int TensorParallel) Spread(Workload workload, WorkloadMode mode, IReadOnlyList<int> legal, Dictionary<string, string[]> errors)
    {
        if (workload.TensorParallel is { } asked)
        {
            if (!legal.Contains(asked))
            {
                errors["tensorParallel"] = [$"The heads of this model split over {string.Join(", ", legal)} GPUs."];
            }

            return (workload.Gpus ?? asked, asked);
        }

        var gpus = workload.Gpus ?? 1;
        return (gpus, mode is WorkloadMode.Inference ? legal.Where(degree => gpus % degree == 0).Max() : 1);
    }

    /// <summary>Why a mode cannot use a precision; null when it can.</summary>
    internal static string? Unusable(WorkloadMode? mode, Precision? precision) => (mode, precision) switch
    {
        (WorkloadMode.Full, Precision.Int8 or Precision.Int4 or Precision.Fp8 or Precision.Fp4) =>
            "Full fine-tuning needs fp32, bf16 or fp16: fewer bits have no useful gradients. Use qlora to tune a model in int4.",
        (WorkloadMode.Lora, Precision.Int4 or Precision.Fp4) => "LoRA on a model in 4 bits is the mode qlora.",
        (WorkloadMode.Qlora, Precision.Fp32 or Precision.Int8 or Precision.Fp8 or Precision.Fp4) =>
            "QLoRA keeps the model in int4 and computes in bf16 or fp16: say int4, bf16 or fp16, or leave the precision out.",
        _ => null,
    };

    private static bool Undefined<T>(T? value)
        where T : struct, Enum => value is { } given && !Enum.IsDefined(given);

    private static string Words<T>()
        where T : struct, Enum => string.Join(", ", Wire.Names<T>());
}
