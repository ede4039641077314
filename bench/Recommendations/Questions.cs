using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Bench;

/// <summary>Requests of many kinds, with the requirements spelt out so that no registry is asked.</summary>
internal static class Questions
{
    private const long GiB = 1L << 30;

    private static readonly ModelRequirements Bert = Requirements(
        "huggingface:google-bert/bert-base-uncased", WorkloadMode.Full, Precision.Fp16, 109_482_240,
        new MemoryBreakdown(218_964_480, 0, 0, 1_300_000_000, 218_964_480, 1_313_786_880, GiB / 2), 512, 16, [1, 2, 3, 4, 6, 12], null);

    private static readonly ModelRequirements Llama8B = Requirements(
        "huggingface:meta-llama/Llama-3.1-8B", WorkloadMode.Inference, Precision.Bf16, 8_030_261_248,
        new MemoryBreakdown(2 * 8_030_261_248, 131_072, 8192L * 131_072, 8192L * 4096 * 34, 0, 0, GiB), 8192, 1, [1, 2, 4, 8, 16, 32], 8);

    private static readonly ModelRequirements Llama70B = Requirements(
        "huggingface:meta-llama/Llama-3.1-70B", WorkloadMode.Inference, Precision.Bf16, 70_553_706_496,
        new MemoryBreakdown(2 * 70_553_706_496, 327_680, 8192L * 327_680, 8192L * 8192 * 34, 0, 0, GiB), 8192, 1, [1, 2, 4, 8, 16, 32, 64], 8);

    private static readonly Job Batch = new() { Tokens = 50_000_000 };

    /// <summary>Each goal, with and without an end of the work, with and without limits, one or several replicas.</summary>
    public static IReadOnlyList<RecommendationRequest> All { get; } =
    [
        new() { Requirements = Bert, Job = Batch },
        new() { Requirements = Bert, Job = Batch, Goal = Goal.CheapestToFinish },
        new() { Requirements = Bert, Goal = Goal.CheapestHour, Constraints = new Constraints { MaxHourly = 1, Capacity = CapacityPreference.SpotPreferred } },
        new() { Requirements = Llama8B },
        new() { Requirements = Llama8B, Goal = Goal.Balanced, Job = Batch with { Replicas = 4 } },
        new() { Requirements = Llama8B, Goal = Goal.Fastest, Constraints = new Constraints { Clouds = [Cloud.Aws, Cloud.Gcp], Capacity = CapacityPreference.OnDemand } },
        new() { Requirements = Llama8B, Goal = Goal.CheapestToFinish, Job = Batch, Constraints = new Constraints { MaxInterruptionPercent = 10, DeadlineHours = 200 } },
        new() { Requirements = Llama70B, Goal = Goal.Balanced },
        new() { Requirements = Llama70B, Goal = Goal.CheapestToFinish, Job = Batch, Constraints = new Constraints { TotalBudget = 200_000, Data = new DataLocation { Cloud = Cloud.Aws, Region = "aws-region-3", SizeGB = 500 } } },
        new() { Requirements = Llama70B, Constraints = new Constraints { Regions = ["aws-region-1", "gcp-region2", "azureregion3"], MinGpus = 2 } },
    ];

    /// <summary>The message that such a request becomes.</summary>
    public static Recommend Message(RecommendationRequest request) =>
        new(request.Requirements!, request.Constraints ?? new Constraints(), request.Goal, null, null, request.Requirements!.DiskBytes) { Job = request.Job, Limit = request.Limit };

    private static ModelRequirements Requirements(
        string model, WorkloadMode mode, Precision precision, long parameters, MemoryBreakdown memory, int context, int batch, IReadOnlyList<int> degrees, int? keyValueHeads) => new(
        model, mode, precision, context, batch,
        new ModelParameters(parameters, parameters, new Dictionary<string, long>(), "safetensors headers", Confidence.Headers),
        mode == WorkloadMode.Full ? parameters : 0, memory, memory.WeightsBytes + GiB, DiskBytes: memory.WeightsBytes + (10 * GiB),
        new GpuRequirements(precision == Precision.Bf16 ? "8.0" : null, degrees, keyValueHeads), "bench", []);
}
