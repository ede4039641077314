using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>How long the computing takes.</summary>
public static class RunTime
{
    // Beyond a century the figure says nothing but "never".
    private const double MaxHours = 1_000_000;

    /// <summary>Tokens to train on: rows x tokens per row, at most the context length, x epochs; null for inference and where either is unknown.</summary>
    public static double? Tokens(Recommend request, OptimizerPolicy policy) =>
        request is { DatasetRows: > 0 and var rows, TokensPerRow: > 0 and var perRow } && request.Requirements.Mode != WorkloadMode.Inference
            ? (double)rows * Math.Min(perRow, request.Requirements.ContextLength) * policy.Epochs
            : null;

    /// <summary>FLOPs of the whole run: active parameters x tokens x 6 (full) or 4 (adapters).</summary>
    public static double? Flops(Recommend request, OptimizerPolicy policy) => Tokens(request, policy) is { } tokens
        ? (request.Requirements.Mode == WorkloadMode.Full ? policy.FullFlopsPerParameter : policy.AdapterFlopsPerParameter)
            * (double)request.Requirements.Parameters.Active * tokens
        : null;

    /// <summary>
    /// Hours of computing on the GPUs in use, 4 decimals: FLOPs / (peak x utilisation x GPUs), with a slice counted as its fraction.
    /// Null for inference, for an unknown dataset size or GPU peak, and for fp32, which the peaks are not of.
    /// </summary>
    public static decimal? Hours(Recommend request, OfferGpu gpu, int gpusUsed, OptimizerPolicy policy)
    {
        if (request.Requirements.Precision == Precision.Fp32
            || Flops(request, policy) is not { } flops
            || GpuModels.Find(gpu.Model)?.HalfTflops is not { } peak)
        {
            return null;
        }

        var gpus = gpu.Count < 1 ? (double)gpu.Count : gpusUsed;
        var hours = flops / (peak * 1e12 * policy.FlopsUtilisation * gpus) / 3600;
        return hours <= MaxHours ? Math.Round((decimal)hours, 4, MidpointRounding.AwayFromZero) : null;
    }
}
