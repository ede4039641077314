using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Why an offer was refused.</summary>
/// <param name="Code">One of <see cref="RejectionCodes"/>.</param>
/// <param name="Distance">How many times what is there was asked for, to tell near misses from far ones; 1 where that says nothing.</param>
public sealed record Rejection(string Code, string Detail, double Distance)
{
    /// <summary>The codes in the order in which they are checked.</summary>
    public static readonly IReadOnlyList<string> Order =
    [
        RejectionCodes.Policy, RejectionCodes.Region, RejectionCodes.Capacity, RejectionCodes.UnknownPrice, RejectionCodes.Dtype,
        RejectionCodes.Memory, RejectionCodes.Parallelism, RejectionCodes.Budget,
    ];
}

/// <summary>The checks of one offer that need nothing but the offer, in the order of <see cref="Rejection.Order"/>.</summary>
internal static class OfferChecks
{
    /// <summary>What the caller and this product do not take, and what has no price: everything that can be said before sizing.</summary>
    public static Rejection? BeforeSizing(GpuOffer candidate, Recommend request) =>
        Policy(candidate, request.Constraints) ?? Region(candidate.Offer, request.Constraints) ?? Capacity(candidate.Offer, request.Constraints)
        ?? Price(candidate.Offer) ?? Dtype(candidate.Offer.Gpu, request.Requirements);

    /// <summary>What is checked once the placement on the GPUs is known.</summary>
    public static Rejection? AfterSizing(Offer offer, decimal price, OfferFit fit, Recommend request, OptimizerPolicy policy) =>
        Host(offer, fit, request, policy) ?? Budget(price, request.Constraints);

    /// <summary>
    /// Constraints on cloud, GPU and instance type, then what the images need. A type that is withdrawn or has Arm CPUs is taken
    /// when the caller names it; a GPU that is not NVIDIA's never is, because the images are CUDA builds.
    /// </summary>
    private static Rejection? Policy(GpuOffer candidate, Constraints constraints)
    {
        var offer = candidate.Offer;
        if (constraints.Clouds is { Count: > 0 } clouds && !clouds.Contains(offer.Cloud))
        {
            return Refuse($"Its cloud is {Wire.Name(offer.Cloud)}; asked for is {Words.List(clouds.Select(Wire.Name))}.");
        }

        if (!Takes(constraints.Gpus, offer.Gpu.Model))
        {
            return Refuse($"Its GPU is {offer.Gpu.Model}; asked for is {Words.List(constraints.Gpus!)}.");
        }

        if (!Takes(constraints.InstanceTypes, offer.InstanceType))
        {
            return Refuse($"Asked for is the instance type {Words.List(constraints.InstanceTypes!)}.");
        }

        if (!string.Equals(offer.Gpu.Vendor, "nvidia", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse($"Its GPU {offer.Gpu.Model} has no CUDA, which the images are built for.");
        }

        var named = constraints.InstanceTypes is { Count: > 0 };
        if (candidate.Withdrawn && !named)
        {
            return Refuse("The provider still prices this type but no longer lists it; name the instance type to take it all the same.");
        }

        if (candidate.Architecture == CpuArchitecture.Arm64 && !named)
        {
            return Refuse("Its CPUs are Arm and the images are x86_64; name the instance type to take it with images of your own.");
        }

        return null;

        static Rejection Refuse(string detail) => new(RejectionCodes.Policy, detail, 1);
    }

    private static Rejection? Region(Offer offer, Constraints constraints) => Takes(constraints.Regions, offer.Region)
        ? null
        : new(RejectionCodes.Region, $"Its region is {offer.Region}; asked for is {Words.List(constraints.Regions!)}.", 1);

    private static Rejection? Capacity(Offer offer, Constraints constraints) => (constraints.Capacity, offer.Capacity) switch
    {
        (CapacityPreference.Spot, Contracts.ComputeOptimizer.Capacity.OnDemand) => new(RejectionCodes.Capacity, "It is on-demand; asked for is spot only.", 1),
        (CapacityPreference.OnDemand, Contracts.ComputeOptimizer.Capacity.Spot) => new(RejectionCodes.Capacity, "It is spot; asked for is on-demand only.", 1),
        _ => null,
    };

    private static Rejection? Price(Offer offer) => offer.PricePerHour is > 0
        ? null
        : new(RejectionCodes.UnknownPrice, $"No price is known; asked was {offer.Source}, of {offer.AsOf:yyyy-MM-dd}.", 1);

    private static Rejection? Dtype(OfferGpu gpu, ModelRequirements requirements)
    {
        var precision = Wire.Name(requirements.Precision);
        var floor = GpuFacts.MinComputeCapability(requirements.Precision) ?? 0;
        var asked = GpuFacts.Capability(requirements.Gpus.MinComputeCapability) ?? 0;
        var needed = Math.Max(floor, asked);
        if (needed == 0)
        {
            return null;
        }

        return GpuFacts.Capability(gpu.ComputeCapability) is { } has
            ? has >= needed ? null : new(RejectionCodes.Dtype, $"{precision} needs compute capability {needed:0.0}, the {gpu.Model} has {has:0.0}.", 1)
            : new(RejectionCodes.Dtype, $"{precision} needs compute capability {needed:0.0}, and that of the {gpu.Model} is not known.", 1);
    }

    private static Rejection? Host(Offer offer, OfferFit fit, Recommend request, OptimizerPolicy policy)
    {
        var memory = (long)(offer.MemoryGiB * Bytes.GiB);
        if (request.Requirements.HostMemoryBytes > memory)
        {
            return new(
                RejectionCodes.Memory,
                $"Loading needs {Bytes.InGiB(request.Requirements.HostMemoryBytes)} of main memory, the instance has {Bytes.InGiB(memory)}.",
                (double)request.Requirements.HostMemoryBytes / Math.Max(1, memory));
        }

        var vcpus = policy.VcpusBesideGpus + fit.GpusUsed;
        if (offer.Vcpus < vcpus)
        {
            return new(RejectionCodes.Policy, $"{fit.GpusUsed} GPU(s) need {vcpus} vCPUs, the instance has {Words.Number(offer.Vcpus)}.", vcpus / (double)Math.Max(1, offer.Vcpus));
        }

        var disk = Math.Max(request.MinDiskBytes, request.Requirements.DiskBytes);
        var volume = (long)(policy.MaxVolumeGiB * Bytes.GiB);
        return disk > volume
            ? new(RejectionCodes.Policy, $"Model and dataset need {Bytes.InGiB(disk)} of disk, one volume holds {Bytes.InGiB(volume)}.", (double)disk / volume)
            : null;
    }

    private static Rejection? Budget(decimal price, Constraints constraints)
    {
        if (constraints.MaxHourly is { } maxHourly && price > maxHourly)
        {
            return new(RejectionCodes.Budget, $"{Words.PerHour(price)} is above the limit of {Words.PerHour(maxHourly)}.", (double)(price / maxHourly));
        }

        return constraints is { TotalBudget: { } total, MaxRuntimeHours: { } hours } && price * hours > total
            ? new(
                RejectionCodes.Budget,
                $"{Words.PerHour(price)} for up to {Words.Number(hours)} h is {Words.Usd(price * hours)}, above the budget of {Words.Usd(total)}.",
                (double)(price * hours / total))
            : null;
    }

    private static bool Takes(IReadOnlyList<string>? asked, string name) =>
        asked is null or { Count: 0 } || asked.Contains(name, StringComparer.OrdinalIgnoreCase);
}
