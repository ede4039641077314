using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>What an observation must say.</summary>
internal static class RightSizeRules
{
    /// <summary>Less than an hour may have seen the start of the work alone.</summary>
    public const decimal MinHours = 1;
    private const decimal MaxHours = 8_760;
    private const decimal Most = 100_000_000;

    // What a driver reports in total may be a little more than what the provider says of the GPU.
    private const decimal Tolerance = 1.02m;

    /// <summary>The refusal with the messages of every field at fault; null when the request can be worked on.</summary>
    public static Refusal? Check(RightSizeRequest request)
    {
        var faults = new Faults();
        faults.Unless(request.Cloud is not null, "cloud", $"It is needed: one of {Words.List(Wire.Names<Cloud>())}.");
        faults.UnlessName("region", request.Region);
        faults.UnlessName("instanceType", request.InstanceType);
        faults.Unless(request.Capacity is not null, "capacity", $"It is needed: one of {Words.List(Wire.Names<Capacity>())}.");
        faults.Unless(
            request.HoursObserved is >= MinHours and <= MaxHours, "hoursObserved", $"It must be from {Words.Number(MinHours)} to {Words.Number(MaxHours)}; a shorter observation says too little.");
        var (p50, p95) = (request.GpuUtilisationPercent?.P50, request.GpuUtilisationPercent?.P95);
        faults.Unless(p50 is >= 0 and <= 100, "gpuUtilisationPercent.p50", "It is needed, from 0 to 100.");
        faults.Unless(p95 is >= 0 and <= 100, "gpuUtilisationPercent.p95", "It is needed, from 0 to 100.");
        faults.Unless(!(p95 < p50), "gpuUtilisationPercent.p95", "It must not be below p50.");
        Needed("gpuMemoryUsedMiB", request.GpuMemoryUsedMiB);
        faults.UnlessWithin("gpusUsed", request.GpusUsed, ConstraintRules.MaxGpus);
        Needed("vcpusUsed", request.VcpusUsed);
        Needed("memoryUsedGiB", request.MemoryUsedGiB);
        return faults.Refusal();

        void Needed(string field, decimal? value) => faults.Unless(value is >= 0 and <= Most, field, $"It is needed, from 0 to {Words.Number(Most)}.");
    }

    /// <summary>The refusal of figures that the instance cannot have shown; null where all are possible.</summary>
    public static Refusal? Check(RightSizeRequest request, Offer current)
    {
        var faults = new Faults();
        AtMost("gpusUsed", request.GpusUsed ?? 0, current.Gpu.Count, "GPUs", 1);
        AtMost("gpuMemoryUsedMiB", request.GpuMemoryUsedMiB!.Value, current.Gpu.MemoryMiB, "MiB per GPU", Tolerance);
        AtMost("vcpusUsed", request.VcpusUsed!.Value, current.Vcpus, "vCPUs", 1);
        AtMost("memoryUsedGiB", request.MemoryUsedGiB!.Value, current.MemoryGiB, "GiB", 1);
        return faults.Refusal();

        void AtMost(string field, decimal used, decimal has, string unit, decimal tolerance) =>
            faults.Unless(used <= has * tolerance, field, $"It is more than {current.InstanceType} has: {Words.Number(has)} {unit}.");
    }
}
