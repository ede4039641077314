using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Offers seen from their GPUs.</summary>
internal static class GpuList
{
    private static readonly Precision[] Precisions = [Precision.Fp16, Precision.Bf16, Precision.Fp8, Precision.Fp4];

    /// <summary>One entry for each GPU model in the offers, which are the cheapest first, in no particular order.</summary>
    public static IEnumerable<GpuDetail> Of(IEnumerable<Offer> offers) =>
        offers.GroupBy(offer => offer.Gpu.Model, StringComparer.OrdinalIgnoreCase).Select(group => Detail(group.Key, [.. group]));

    /// <param name="offers">Those that have the GPU, cheapest first.</param>
    public static GpuDetail Detail(string model, IReadOnlyList<Offer> offers) => new(
        Summary(model, offers),
        [.. offers.GroupBy(offer => (offer.Cloud, offer.InstanceType, offer.Gpu, offer.Vcpus, offer.MemoryGiB)).Select(type => new GpuInstance(
            type.Key.Cloud, type.Key.InstanceType, type.Key.Gpu, type.Key.Vcpus, type.Key.MemoryGiB,
            From(type, Capacity.OnDemand), From(type, Capacity.Spot), PerGpu(type, Capacity.OnDemand), PerGpu(type, Capacity.Spot),
            [.. type.GroupBy(offer => offer.Region, StringComparer.Ordinal).Select(region => new GpuRegion(region.Key, From(region, Capacity.OnDemand), From(region, Capacity.Spot)))]))]);

    private static GpuSummary Summary(string model, IReadOnlyList<Offer> offers)
    {
        var known = GpuModels.Find(model);
        var gpu = offers is [var first, ..] ? first.Gpu : null;
        var capability = known?.ComputeCapability ?? gpu?.ComputeCapability;
        return new GpuSummary(
            known?.Name ?? model,
            known?.Vendor ?? gpu?.Vendor ?? "",
            known?.MemoryMiB ?? offers.Select(offer => offer.Gpu.MemoryMiB).DefaultIfEmpty(0).Max(),
            capability,
            known?.BandwidthGBs,
            known?.HalfTflops,
            GpuFacts.Capability(capability) is { } has ? [.. Precisions.Where(precision => has >= GpuFacts.MinComputeCapability(precision))] : null,
            offers.Count,
            offers.FirstOrDefault(offer => offer.Capacity == Capacity.OnDemand),
            offers.FirstOrDefault(offer => offer.Capacity == Capacity.Spot),
            PerGpu(offers, Capacity.OnDemand),
            PerGpu(offers, Capacity.Spot));
    }

    private static decimal? From(IEnumerable<Offer> offers, Capacity capacity) => offers.Where(offer => offer.Capacity == capacity).Min(offer => offer.PricePerHour);

    private static decimal? PerGpu(IEnumerable<Offer> offers, Capacity capacity) =>
        offers.Where(offer => offer.Capacity == capacity).Min(offer => offer.PricePerHour / offer.Gpu.Count) is { } price
            ? Math.Round(price, 4, MidpointRounding.AwayFromZero)
            : null;
}
