using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>How a workload lies in the memory of an instance's GPUs.</summary>
public static class MemoryFit
{
    /// <summary>GPUs that a program sees: a slice of a GPU is one GPU with the memory of the slice.</summary>
    public static int Devices(OfferGpu gpu) => Math.Max(1, (int)decimal.Floor(gpu.Count));

    /// <summary>Bytes of one GPU that the policy lets the workload fill: a fraction of the provider's figure, less a reserve; never below 0.</summary>
    public static long UsableBytes(OfferGpu gpu, WorkloadMode mode, OptimizerPolicy policy)
    {
        var (fraction, reserve) = mode == WorkloadMode.Inference
            ? (policy.InferenceMemoryFraction, policy.InferenceReserveGiB)
            : (policy.TrainingMemoryFraction, policy.TrainingReserveGiB);
        return GpuMemory.UsableBytes(gpu.MemoryMiB * Bytes.MiB, fraction, reserve);
    }

    /// <summary>
    /// Bytes on each GPU of inference in tensor parallel: weights divided by the degree, the KV cache by the degree or by its
    /// heads where these are fewer, activations and overhead whole on each.
    /// </summary>
    public static long InferenceBytes(ModelRequirements requirements, int degree)
    {
        var memory = requirements.Memory;
        var kvParts = Math.Min(degree, requirements.Gpus.KeyValueHeads ?? degree);
        return Sum(DivideUp(memory.WeightsBytes, degree), DivideUp(memory.KvCacheBytes, Math.Max(1, kvParts)), memory.ActivationBytes, memory.OverheadBytes);
    }

    /// <summary>
    /// Bytes on each GPU of sharded data-parallel training (ZeRO stage 3, FSDP): weights, gradients and optimizer state divided by the
    /// GPUs, activations and overhead whole on each.
    /// </summary>
    public static long TrainingBytes(ModelRequirements requirements, int gpus)
    {
        var memory = requirements.Memory;
        return Sum(
            DivideUp(Sum(memory.WeightsBytes, memory.GradientBytes, memory.OptimizerBytes), gpus), memory.KvCacheBytes, memory.ActivationBytes, memory.OverheadBytes);
    }

    /// <summary>
    /// Places the workload, or says with <see cref="RejectionCodes.Memory"/> or <see cref="RejectionCodes.Parallelism"/> why it does not
    /// go. Training takes all GPUs; inference the smallest legal tensor-parallel degree that fits.
    /// </summary>
    public static (OfferFit? Fit, Rejection? Rejection) Place(ModelRequirements requirements, OfferGpu gpu, OptimizerPolicy policy)
    {
        var devices = Devices(gpu);
        var usable = UsableBytes(gpu, requirements.Mode, policy);
        if (requirements.Mode != WorkloadMode.Inference)
        {
            var each = TrainingBytes(requirements, devices);
            return each <= usable ? (Fit(each, usable, devices, 1), null) : (null, TooLarge(each, usable, devices));
        }

        // The ideal split shows whether memory is what lacks, before the rules of splitting are asked.
        var least = InferenceBytes(requirements, devices);
        if (least > usable)
        {
            return (null, TooLarge(least, usable, devices));
        }

        var widest = gpu.Interconnect == Interconnect.Nvlink ? devices : Math.Min(devices, policy.MaxTensorParallelOverPcie);
        var legal = requirements.Gpus.TensorParallelDegrees.Where(degree => degree >= 1 && degree <= widest).Order().ToList();
        foreach (var degree in legal)
        {
            var each = InferenceBytes(requirements, degree);
            if (each <= usable)
            {
                return (Fit(each, usable, degree, degree), null);
            }
        }

        var needed = Enumerable.Range(1, devices).First(degree => InferenceBytes(requirements, degree) <= usable);
        var link = gpu.Interconnect == Interconnect.Nvlink ? "one NVLink domain" : $"PCIe, where at most {policy.MaxTensorParallelOverPcie} GPUs share a model";
        return (null, new Rejection(
            RejectionCodes.Parallelism,
            $"It fits from {needed} GPUs on, but the model can be split over {Words.List(legal)} of its {devices} GPUs only (legal degrees within {link}).",
            1));
    }

    private static OfferFit Fit(long required, long usable, int gpus, int degree) =>
        new(required, usable, Math.Round(100m * (usable - required) / usable, 1, MidpointRounding.AwayFromZero), gpus, degree);

    private static Rejection TooLarge(long required, long usable, int devices) => new(
        RejectionCodes.Memory,
        $"It needs {Bytes.InGiB(required)} per GPU{(devices > 1 ? $" split over {devices} GPUs" : "")}, has {Bytes.InGiB(usable)} usable.",
        (double)required / Math.Max(1, usable));

    private static long DivideUp(long bytes, int parts) => (bytes / parts) + (bytes % parts == 0 ? 0 : 1);

    // A model beyond all bounds must stay too large and never wrap round to a small one.
    private static long Sum(params ReadOnlySpan<long> parts)
    {
        var sum = 0L;
        foreach (var part in parts)
        {
            sum = part > long.MaxValue - sum ? long.MaxValue : sum + part;
        }

        return sum;
    }
}
