using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>The work of a request, which is the same whatever machine does it.</summary>
/// <param name="Tokens">Tokens of all replicas together; null where the work has no end or its size is not known.</param>
/// <param name="FlopsPerToken">FLOPs per token: active parameters x 6 (full), 4 (adapters) or 2 (inference).</param>
/// <param name="CheckpointHours">Hours to write a checkpoint; 0 where nothing is kept.</param>
/// <param name="BootHours">Hours until an instance begins to work: start, then weights and data from the hub.</param>
/// <param name="DiskGB">10^9 bytes of the volume of each replica.</param>
/// <param name="EgressGB">10^9 bytes that are moved once from where the data is; 0 where it comes from the hub.</param>
public sealed record Work(
    WorkloadMode Mode,
    double? Tokens,
    int Replicas,
    double FlopsPerToken,
    double FlopsUtilisation,
    double BandwidthUtilisation,
    double CheckpointHours,
    double BootHours,
    double RestartHours,
    decimal DiskGB,
    decimal EgressGB)
{
    private const double SecondsPerHour = 3600;

    public static Work Of(Recommend request, OptimizerPolicy policy)
    {
        var (needs, job) = (request.Requirements, request.Job);
        var disk = Math.Max(request.MinDiskBytes, needs.DiskBytes);
        var download = (double)needs.Memory.WeightsBytes + (request.DatasetBytes ?? 0);
        return new Work(
            needs.Mode,
            TokensOf(request, policy),
            job?.Replicas ?? 1,
            (double)FlopsPerParameter(needs.Mode, policy) * needs.Parameters.Active,
            job?.FlopsUtilisation ?? policy.FlopsUtilisation,
            job?.BandwidthUtilisation ?? policy.BandwidthUtilisation,
            CheckpointBytes(needs) / policy.CheckpointBytesPerSecond / SecondsPerHour,
            (policy.BootMinutes / 60) + (download / policy.DownloadBytesPerSecond / SecondsPerHour),
            job?.RestartMinutes is { } minutes ? (double)minutes / 60 : policy.RestartMinutes / 60,
            Math.Ceiling(disk / 1e9m),
            request.Constraints.Data is { } data ? data.SizeGB ?? (request.DatasetBytes ?? 0) / 1e9m : 0);
    }

    public static int FlopsPerParameter(WorkloadMode mode, OptimizerPolicy policy) => mode switch
    {
        WorkloadMode.Inference => policy.InferenceFlopsPerParameter,
        WorkloadMode.Full => policy.FullFlopsPerParameter,
        _ => policy.AdapterFlopsPerParameter,
    };

    /// <summary>What training keeps to go on from: optimizer state and the weights that are trained; 0 for inference.</summary>
    public static double CheckpointBytes(ModelRequirements needs) => needs.Mode switch
    {
        WorkloadMode.Inference => 0,
        WorkloadMode.Full => (double)needs.Memory.OptimizerBytes + needs.Memory.WeightsBytes,
        _ => needs.Memory.OptimizerBytes + (2.0 * needs.TrainableParameters),
    };

    /// <summary>Those the job names; else, in training, rows x tokens per row (at most the context length) x epochs.</summary>
    public static double? TokensOf(Recommend request, OptimizerPolicy policy)
    {
        if (request.Job?.Tokens is { } tokens)
        {
            return tokens;
        }

        return request is { DatasetRows: > 0 and var rows, TokensPerRow: > 0 and var perRow } && request.Requirements.Mode != WorkloadMode.Inference
            ? (double)rows * Math.Min(perRow, request.Requirements.ContextLength) * (request.Job?.Epochs ?? policy.Epochs)
            : null;
    }
}
