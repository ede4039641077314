using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>The checks that depend on the instance type and its capacity alone, so that they are made once for all its offers.</summary>
internal static class ShapeChecks
{
    /// <summary>
    /// Constraints on cloud, GPU, instance type and number of GPUs, then what the images need. A type that is withdrawn or has Arm CPUs is
    /// taken when the caller names it; a GPU that is not NVIDIA's never is, because the images are CUDA builds.
    /// </summary>
    public static Rejection? Policy(GpuOffer sample, Demand demand)
    {
        var (offer, constraints) = (sample.Offer, demand.Request.Constraints);
        if (constraints.Clouds is { Count: > 0 } clouds && !clouds.Contains(offer.Cloud))
        {
            return Refuse($"Its cloud is {Wire.Name(offer.Cloud)}; asked for is {demand.AskedClouds}.");
        }

        if (!demand.TakesGpu(offer.Gpu.Model))
        {
            return Refuse($"Its GPU is {offer.Gpu.Model}; asked for is {demand.AskedGpus}.");
        }

        if (!demand.TakesInstanceType(offer.InstanceType))
        {
            return Refuse($"Asked for is the instance type {demand.AskedInstanceTypes}.");
        }

        if (offer.Gpu.Count < constraints.MinGpus || offer.Gpu.Count > constraints.MaxGpus)
        {
            return Refuse($"It has {Words.Number(offer.Gpu.Count)} GPU(s); asked for is {Words.Range(constraints.MinGpus, constraints.MaxGpus)}.");
        }

        if (!string.Equals(offer.Gpu.Vendor, "nvidia", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse($"Its GPU {offer.Gpu.Model} has no CUDA, which the images are built for.");
        }

        if (sample.Withdrawn && !demand.NamesInstanceTypes)
        {
            return Refuse("The provider still prices this type but no longer lists it; name the instance type to take it all the same.");
        }

        return sample.Architecture == CpuArchitecture.Arm64 && !demand.NamesInstanceTypes
            ? Refuse("Its CPUs are Arm and the images are x86_64; name the instance type to take it with images of your own.")
            : null;
    }

    public static Rejection? Capacity(Offer offer, Constraints constraints) => (constraints.Capacity, offer.Capacity) switch
    {
        (CapacityPreference.Spot, Contracts.ComputeOptimizer.Capacity.OnDemand) => new(RejectionCodes.Capacity, "It is on-demand; asked for is spot only.", 1),
        (CapacityPreference.OnDemand, Contracts.ComputeOptimizer.Capacity.Spot) => new(RejectionCodes.Capacity, "It is spot; asked for is on-demand only.", 1),
        _ => null,
    };

    /// <summary>Number format, GPU memory, split over the GPUs, then what the host must have: the fit, or the first thing against it.</summary>
    public static (OfferFit? Fit, Rejection? Rejection) Size(Offer offer, ModelRequirements needs, long minDiskBytes, OptimizerPolicy policy)
    {
        if (Dtype(offer.Gpu, needs) is { } unsuitable)
        {
            return (null, unsuitable);
        }

        var (fit, misfit) = MemoryFit.Place(needs, offer.Gpu, policy);
        return fit is null ? (null, misfit) : Host(offer, fit, needs, minDiskBytes, policy) is { } lacking ? (null, lacking) : (fit, null);
    }

    private static Rejection? Dtype(OfferGpu gpu, ModelRequirements needs)
    {
        var precision = Wire.Name(needs.Precision);
        var floor = GpuFacts.MinComputeCapability(needs.Precision) ?? 0;
        var asked = GpuFacts.Capability(needs.Gpus.MinComputeCapability) ?? 0;
        var needed = Math.Max(floor, asked);
        if (needed == 0)
        {
            return null;
        }

        return GpuFacts.Capability(gpu.ComputeCapability) is { } has
            ? has >= needed ? null : new(RejectionCodes.Dtype, $"{precision} needs compute capability {needed:0.0}, the {gpu.Model} has {has:0.0}.", 1)
            : new(RejectionCodes.Dtype, $"{precision} needs compute capability {needed:0.0}, and that of the {gpu.Model} is not known.", 1);
    }

    private static Rejection? Host(Offer offer, OfferFit fit, ModelRequirements needs, long minDiskBytes, OptimizerPolicy policy)
    {
        var memory = (long)(offer.MemoryGiB * Bytes.GiB);
        if (needs.HostMemoryBytes > memory)
        {
            return new(
                RejectionCodes.Memory,
                $"Loading needs {Bytes.InGiB(needs.HostMemoryBytes)} of main memory, the instance has {Bytes.InGiB(memory)}.",
                (double)needs.HostMemoryBytes / Math.Max(1, memory));
        }

        var vcpus = policy.VcpusBesideGpus + fit.GpusUsed;
        if (offer.Vcpus < vcpus)
        {
            return new(RejectionCodes.Policy, $"{fit.GpusUsed} GPU(s) need {vcpus} vCPUs, the instance has {Words.Number(offer.Vcpus)}.", vcpus / (double)Math.Max(1, offer.Vcpus));
        }

        var disk = Math.Max(minDiskBytes, needs.DiskBytes);
        var volume = (long)(policy.MaxVolumeGiB * Bytes.GiB);
        return disk > volume
            ? new(RejectionCodes.Policy, $"Model and dataset need {Bytes.InGiB(disk)} of disk, one volume holds {Bytes.InGiB(volume)}.", (double)disk / volume)
            : null;
    }

    private static Rejection Refuse(string detail) => new(RejectionCodes.Policy, detail, 1);
}
