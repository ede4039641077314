using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Finds the largest context and batch that a GPU holds, by bisection over the estimate, which grows with both.</summary>
internal static class LargestFit
{
    private const decimal GiB = 1L << 30;

    /// <summary>Each figure is exact for the estimate: one more token or sequence does not fit, or is more than model or API allow.</summary>
    public static WorkloadFit Of(decimal gpuMemoryGiB, WorkloadPlan plan, ParameterCount count, ModelConfig? config, ModelShape shape)
    {
        var usable = GpuMemory.UsableBytes((long)(gpuMemoryGiB * GiB), plan.Mode);
        long Required(WorkloadPlan tried) => MemoryEstimate.PerGpu(tried, count, config, shape).TotalBytes;

        // Without an input that grows there is one context, which fits or does not.
        var longest = shape.ReadsContext ? Math.Min(shape.UsablePositions ?? WorkloadPlan.MaxContextLength, WorkloadPlan.MaxContextLength) : plan.ContextLength;
        var shortest = shape.ReadsContext ? 1 : plan.ContextLength;
        var context = Largest(shortest, longest, tried => Required(plan with { ContextLength = tried }) <= usable);
        var batch = Largest(1, WorkloadPlan.MaxBatchSize, tried => Required(plan with { BatchSize = tried }) <= usable);
        var required = Required(plan);
        return new WorkloadFit(gpuMemoryGiB, usable, required, required <= usable, context, batch, Reason(plan, usable, context, batch, Required));
    }

    private static int? Largest(int from, int to, Func<int, bool> fits)
    {
        if (!fits(from))
        {
            return null;
        }

        while (from < to)
        {
            var middle = (int)(((long)from + to + 1) / 2);
            (from, to) = fits(middle) ? (middle, to) : (from, middle - 1);
        }

        return from;
    }

    private static string? Reason(WorkloadPlan plan, long usable, int? context, int? batch, Func<WorkloadPlan, long> required)
    {
        if (context is not null && batch is not null)
        {
            return null;
        }

        var tried = context is null
            ? (Text: $"Batch {plan.BatchSize} at the shortest context", Bytes: required(plan with { ContextLength = Math.Min(plan.ContextLength, 1) }))
            : (Text: $"One sequence of {plan.ContextLength} tokens", Bytes: required(plan with { BatchSize = 1 }));
        return FormattableString.Invariant(
            $"{tried.Text} takes {tried.Bytes / (double)GiB:0.00} GiB{(plan.Gpus > 1 ? " on each GPU" : "")}, of which {usable / (double)GiB:0.00} GiB may be filled.");
    }
}
