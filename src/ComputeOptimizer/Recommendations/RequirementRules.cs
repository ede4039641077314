using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What requirements may say that a caller brings along, so that no sum over them overflows.</summary>
internal static class RequirementRules
{
    /// <summary>2^60: eight of them are still a number.</summary>
    public const long MaxBytes = 1L << 60;
    public const long MaxParameters = 1_000_000_000_000_000;
    public const int MaxDegrees = 64;
    public const int MaxDegree = 65_536;
    private const int MaxTexts = 100;
    private const int MaxText = 1_000;

    /// <summary>Adds the messages of every field at fault, each under <c>requirements.</c> and its name.</summary>
    public static void Check(ModelRequirements needs, Dictionary<string, string[]> errors)
    {
        Require(needs.Model is { Length: >= 1 and <= MaxText }, "model", $"It is needed, with up to {MaxText} characters.");
        Require(needs.ContextLength is >= 1 and <= RequestRules.MaxContextLength, "contextLength", $"It must be from 1 to {RequestRules.MaxContextLength}.");
        Require(needs.BatchSize is >= 1 and <= RequestRules.MaxBatchSize, "batchSize", $"It must be from 1 to {RequestRules.MaxBatchSize}.");
        Require(needs.TrainableParameters is >= 0 and <= MaxParameters, "trainableParameters", $"It must be from 0 to {MaxParameters}.");
        Require(needs.HostMemoryBytes is >= 0 and <= MaxBytes, "hostMemoryBytes", $"It must be from 0 to {MaxBytes}.");
        Require(needs.DiskBytes is >= 0 and <= MaxBytes, "diskBytes", $"It must be from 0 to {MaxBytes}.");
        Require(
            needs.Parameters is { Total: >= 0 and <= MaxParameters, Active: >= 0 and <= MaxParameters },
            "parameters", $"Its total and active must be from 0 to {MaxParameters}.");
        Require(
            needs.Memory is { } memory && new[]
            {
                memory.WeightsBytes, memory.KvCacheBytesPerToken, memory.KvCacheBytes, memory.ActivationBytes, memory.GradientBytes, memory.OptimizerBytes, memory.OverheadBytes,
            }.All(bytes => bytes is >= 0 and <= MaxBytes),
            "memory", $"Each part must be from 0 to {MaxBytes} bytes.");
        Require(
            needs.Gpus is { TensorParallelDegrees: { Count: >= 1 and <= MaxDegrees } degrees } && degrees.All(degree => degree is >= 1 and <= MaxDegree),
            "gpus.tensorParallelDegrees", $"It has 1 to {MaxDegrees} numbers from 1 to {MaxDegree}.");
        Require(needs.Gpus?.KeyValueHeads is null or (>= 1 and <= MaxDegree), "gpus.keyValueHeads", $"It must be from 1 to {MaxDegree}.");
        Require(
            needs.Gpus?.MinComputeCapability is null or { Length: <= 10 } && (needs.Gpus?.MinComputeCapability is not { } capability || GpuFacts.Capability(capability) is not null),
            "gpus.minComputeCapability", "It must be a number such as 8.0.");
        Require(needs.Assumptions is { Count: <= MaxTexts } texts && texts.All(text => text is { Length: <= MaxText }), "assumptions", $"It has up to {MaxTexts} texts of up to {MaxText} characters.");

        void Require(bool holds, string field, string message)
        {
            if (!holds)
            {
                errors[$"requirements.{field}"] = [message];
            }
        }
    }
}
