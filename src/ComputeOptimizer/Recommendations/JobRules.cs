using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What a job may say.</summary>
internal static class JobRules
{
    public const long MaxTokens = 1_000_000_000_000_000;
    public const int MaxEpochs = 1_000;
    public const int MaxReplicas = 1_000;
    public const double MaxInterruptionsPerHour = 60;
    public const decimal MaxRestartMinutes = 1_440;
    public const int MaxLimit = 500;

    /// <summary>Adds the messages of every field at fault, each under <c>job.</c> and its name.</summary>
    /// <param name="mode">Null where it is not known yet.</param>
    public static void Check(Job? job, WorkloadMode? mode, Dictionary<string, string[]> errors)
    {
        if (job is null)
        {
            return;
        }

        Require(job.Tokens is null or (>= 1 and <= MaxTokens), "tokens", $"It must be from 1 to {MaxTokens}.", errors);
        Require(job.Epochs is null or (>= 1 and <= MaxEpochs), "epochs", $"It must be from 1 to {MaxEpochs}.", errors);
        Require(job.Replicas is null or (>= 1 and <= MaxReplicas), "replicas", $"It must be from 1 to {MaxReplicas}.", errors);
        Require(job.FlopsUtilisation is null or (> 0 and <= 1), "flopsUtilisation", "It must be above 0 and at most 1.", errors);
        Require(job.BandwidthUtilisation is null or (> 0 and <= 1), "bandwidthUtilisation", "It must be above 0 and at most 1.", errors);
        Require(job.InterruptionsPerHour is null or (>= 0 and <= MaxInterruptionsPerHour), "interruptionsPerHour", $"It must be from 0 to {MaxInterruptionsPerHour}.", errors);
        Require(job.RestartMinutes is null or (>= 0 and <= MaxRestartMinutes), "restartMinutes", $"It must be from 0 to {MaxRestartMinutes}.", errors);
        if (job.Replicas > 1 && mode is not null and not WorkloadMode.Inference)
        {
            errors.TryAdd("job.replicas", ["Training runs on one instance; replicas are for inference."]);
        }
    }

    public static void CheckLimit(int? limit, Dictionary<string, string[]> errors)
    {
        if (limit is < 1 or > MaxLimit)
        {
            errors["limit"] = [$"It must be from 1 to {MaxLimit}."];
        }
    }

    private static void Require(bool holds, string field, string message, Dictionary<string, string[]> errors)
    {
        if (!holds)
        {
            errors[$"job.{field}"] = [message];
        }
    }
}
