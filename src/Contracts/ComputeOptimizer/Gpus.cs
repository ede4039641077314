using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.ComputeOptimizer;

/// <summary>A GPU model and what it costs at the moment.</summary>
/// <param name="MemoryMiB">Of one GPU, as the built-in list has it, otherwise the largest that an offer tells.</param>
/// <param name="BandwidthGBs">10^9 bytes per second between GPU and its memory; null where none is known.</param>
/// <param name="HalfTflops">Dense half-precision tensor peak in 10^12 FLOPS; null where none is known.</param>
/// <param name="Precisions">Of fp16, bf16, fp8 and fp4 those it computes, by its compute capability; null where that is not known.</param>
/// <param name="Offers">Offers with a price that the filters take.</param>
/// <param name="CheapestOnDemand">The lowest price of an instance, not of a GPU; null where there is none.</param>
/// <param name="OnDemandPerGpu">The lowest price in USD per hour of a whole GPU, 4 decimals.</param>
public sealed record GpuSummary(
    string Model,
    string Vendor,
    int MemoryMiB,
    string? ComputeCapability,
    double? BandwidthGBs,
    double? HalfTflops,
    IReadOnlyList<Precision>? Precisions,
    int Offers,
    Offer? CheapestOnDemand,
    Offer? CheapestSpot,
    decimal? OnDemandPerGpu,
    decimal? SpotPerGpu);

/// <summary>A GPU model with the instances that have it, cheapest first.</summary>
public sealed record GpuDetail(GpuSummary Gpu, IReadOnlyList<GpuInstance> Instances);

/// <summary>An instance type that has the GPU; prices in USD per hour, the lowest of its regions, null where none is known.</summary>
public sealed record GpuInstance(
    Cloud Cloud,
    string InstanceType,
    OfferGpu Gpu,
    decimal Vcpus,
    decimal MemoryGiB,
    decimal? OnDemandFrom,
    decimal? SpotFrom,
    decimal? OnDemandPerGpu,
    decimal? SpotPerGpu,
    IReadOnlyList<GpuRegion> Regions);

/// <summary>A region with the lowest price of its zones.</summary>
public sealed record GpuRegion(string Region, decimal? OnDemandFrom, decimal? SpotFrom);
