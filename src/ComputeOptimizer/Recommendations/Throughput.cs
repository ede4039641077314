using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>How fast an instance works: the smaller of what its arithmetic and what its memory allows (roofline, Williams et al. 2009).</summary>
/// <param name="TokensPerSecond">Of the instance; above 0.</param>
/// <param name="Limit">What holds it back: <c>flops</c> or <c>memory-bandwidth</c>.</param>
/// <param name="LinkEfficiency">Part that is left for want of NVLink; 1 for a single GPU or with it.</param>
public sealed record Throughput(double TokensPerSecond, string Limit, double LinkEfficiency)
{
    public const string Flops = "flops";
    public const string MemoryBandwidth = "memory-bandwidth";

    /// <summary>
    /// Null for a GPU whose peak is not known (or, in inference, whose bandwidth is not) and for fp32, which the peaks are not of.
    /// One copy of a served model works on the GPUs in use; further GPUs of the instance are idle. A slice counts as its fraction.
    /// </summary>
    public static Throughput? Of(ModelRequirements needs, OfferGpu gpu, OfferFit fit, Work work, OptimizerPolicy policy)
    {
        if (needs.Precision == Precision.Fp32 || work.FlopsPerToken <= 0 || GpuModels.Find(gpu.Model) is not { HalfTflops: { } peak } model)
        {
            return null;
        }

        var slice = gpu.Count < 1 ? (double)gpu.Count : 1;
        var training = needs.Mode != WorkloadMode.Inference;
        var link = fit.GpusUsed == 1 || gpu.Interconnect == Interconnect.Nvlink
            ? 1
            : training ? policy.TrainingOverPcieEfficiency : policy.TensorParallelOverPcieEfficiency;
        var byFlops = peak * 1e12 * slice * work.FlopsUtilisation * fit.GpusUsed * link / work.FlopsPerToken;
        if (model.BandwidthGBs is not { } bandwidth)
        {
            return training ? new Throughput(byFlops, Flops, link) : null;
        }

        var bytesPerSecond = bandwidth * 1e9 * slice * work.BandwidthUtilisation * link;
        var (bytes, tokens) = training ? TrainingStep(needs, fit.GpusUsed) : DecodingStep(needs, fit.TensorParallel);
        var byBandwidth = tokens * bytesPerSecond / Math.Max(1, bytes);
        return byFlops <= byBandwidth ? new Throughput(byFlops, Flops, link) : new Throughput(byBandwidth, MemoryBandwidth, link);
    }

    /// <summary>
    /// Bytes that each GPU moves in a training step, and tokens of the step over all GPUs: the weights in each of two passes, its share of
    /// gradients and optimizer state read and written, activations written and read.
    /// </summary>
    private static (double Bytes, double Tokens) TrainingStep(ModelRequirements needs, int gpus)
    {
        var memory = needs.Memory;
        var bytes = (2.0 * memory.WeightsBytes) + (2.0 * ((double)memory.GradientBytes + memory.OptimizerBytes) / gpus) + (2.0 * memory.ActivationBytes);
        return (bytes, (double)gpus * needs.BatchSize * needs.ContextLength);
    }

    /// <summary>
    /// Bytes that each GPU reads to decode a token of every sequence, and those tokens: its share of the weights and of the full KV cache.
    /// Of a mixture of experts only what a batch of B is expected to touch is read: 1 - (1 - active share)^B, experts being drawn alike.
    /// </summary>
    private static (double Bytes, double Tokens) DecodingStep(ModelRequirements needs, int degree)
    {
        var parameters = needs.Parameters;
        var active = parameters.Total > 0 ? Math.Clamp((double)parameters.Active / parameters.Total, 0, 1) : 1;
        var touched = 1 - Math.Pow(1 - active, needs.BatchSize);
        var kvParts = Math.Max(1, Math.Min(degree, needs.Gpus.KeyValueHeads ?? degree));
        return ((needs.Memory.WeightsBytes * touched / degree) + ((double)needs.Memory.KvCacheBytes / kvParts), needs.BatchSize);
    }
}
