using System.Globalization;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Says in words what the figures of a recommendation rest on beside the request itself.</summary>
internal static class Assumptions
{
    public static IReadOnlyList<string> Of(Demand demand) => [Memory(demand), .. Time(demand), .. Money(demand)];

    private static string Memory(Demand demand)
    {
        var policy = demand.Policy;
        return demand.Request.Requirements.Mode != WorkloadMode.Inference
            ? $"{Words.Percent(policy.TrainingMemoryFraction)} of a GPU's memory less {Words.Number(policy.TrainingReserveGiB)} GiB is usable in training; weights, gradients and optimizer state are sharded over all GPUs of the instance."
            : $"{Words.Percent(policy.InferenceMemoryFraction)} of a GPU's memory less {Words.Number(policy.InferenceReserveGiB)} GiB is usable in inference; one copy of the model is served, over the fewest GPUs that hold it.";
    }

    private static IEnumerable<string> Time(Demand demand)
    {
        var (request, work, policy) = (demand.Request, demand.Work, demand.Policy);
        var needs = request.Requirements;
        if (needs.Precision == Precision.Fp32)
        {
            yield return "The hours are not estimated: the known peaks are those of half precision, not of fp32.";
            yield break;
        }

        var training = needs.Mode != WorkloadMode.Inference;
        if (work.Tokens is not { } tokens)
        {
            yield return training
                ? "The hours are not estimated: the number of rows or of tokens per row is not known."
                : "The work has no end, so that only its speed is estimated; name job.tokens for the cost of a batch.";
        }
        else
        {
            var count = tokens.ToString("0.##e0", CultureInfo.InvariantCulture);
            yield return request.Job?.Tokens is not null
                ? $"{count} tokens in all{(work.Replicas > 1 ? $", shared evenly by {work.Replicas} replicas" : "")}."
                : $"{request.Job?.Epochs ?? policy.Epochs} epochs over {request.DatasetRows} rows of {Math.Min(request.TokensPerRow!.Value, needs.ContextLength)} tokens, {count} tokens in all.";
        }

        yield return training
            ? $"Speed is the smaller of FLOPS (dense half-precision peak x {Words.Number(work.FlopsUtilisation)} x GPUs, with {Work.FlopsPerParameter(needs.Mode, policy)} FLOPs per active parameter and token) and memory bandwidth x {Words.Number(work.BandwidthUtilisation)} over the bytes of a step."
            : $"Speed is that of decoding: the smaller of FLOPS (dense half-precision peak x {Words.Number(work.FlopsUtilisation)}, with {policy.InferenceFlopsPerParameter} FLOPs per active parameter and token) and memory bandwidth x {Words.Number(work.BandwidthUtilisation)} over the weights and the KV cache that a step reads; prompts are not counted.";
    }

    private static IEnumerable<string> Money(Demand demand)
    {
        if (demand.Work.Tokens is null || demand.Request.Requirements.Precision == Precision.Fp32)
        {
            yield break;
        }

        yield return "The cost to finish is price x (hours of work with checkpoints + expected interruptions x (restart + work since the last checkpoint) + boot), plus a network volume for that time and moving the data once.";
    }
}
