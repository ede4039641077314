namespace Terradev.Contracts.ComputeOptimizer;

public enum Cloud
{
    Aws,
    Gcp,
    Azure,
}

/// <summary>How an instance is bought.</summary>
public enum Capacity
{
    Spot,
    OnDemand,
}

/// <summary>What the caller accepts: <see cref="SpotPreferred"/> takes the cheaper of both, and spot wins a tie.</summary>
public enum CapacityPreference
{
    SpotPreferred,
    Spot,
    OnDemand,
}

/// <summary>What joins the GPUs of an instance.</summary>
public enum Interconnect
{
    /// <summary>The bus of the host, shared with everything else on it.</summary>
    Pcie,

    /// <summary>One NVLink domain: each GPU reaches each other one directly.</summary>
    Nvlink,
}

/// <summary>How far a price can be trusted: read from the provider's own list, derived from it, old, or not known at all.</summary>
public enum PriceConfidence
{
    Listed,
    Estimate,
    Stale,
    Unknown,
}

/// <summary>One instance type in one region, bought in one way, at one price.</summary>
/// <param name="Zone">Availability zone, where the price is a zone's own.</param>
/// <param name="LocalDiskGB">10^9 bytes of disk in the instance, which is in its price; null where there is none or nobody tells.</param>
/// <param name="PricePerHour">USD per hour of the whole instance, 4 decimals; null where no source tells one. A ranked offer always has it.</param>
/// <param name="Source">Who said the price, or who was asked for it and did not know.</param>
/// <param name="AsOf">When.</param>
public sealed record Offer(
    Cloud Cloud,
    string Region,
    string? Zone,
    string InstanceType,
    Capacity Capacity,
    OfferGpu Gpu,
    decimal Vcpus,
    decimal MemoryGiB,
    int? LocalDiskGB,
    decimal? PricePerHour,
    string Source,
    DateTimeOffset AsOf,
    PriceConfidence Confidence);

/// <summary>The GPUs of an instance.</summary>
/// <param name="Model">As NVIDIA and the clouds name it: <c>T4</c>, <c>A100-80GB</c>, <c>H100</c>.</param>
/// <param name="Count">GPUs in the instance; a fraction where the cloud sells slices.</param>
/// <param name="MemoryMiB">Memory of one GPU (or of the slice) in MiB, as the provider reports it where known.</param>
/// <param name="ComputeCapability">NVIDIA compute capability such as <c>7.5</c>; null for other vendors.</param>
public sealed record OfferGpu(string Model, decimal Count, int MemoryMiB, string Vendor, string? ComputeCapability, Interconnect Interconnect);

/// <summary>Message: what does this offer cost now? Answered by <see cref="OfferPriced"/>.</summary>
/// <param name="Zone">The zone whose price is asked for; where it is null or has no price of its own, the region's cheapest counts.</param>
public sealed record PriceOffer(Cloud Cloud, string Region, string? Zone, string InstanceType, Capacity Capacity);

/// <summary>Answer to <see cref="PriceOffer"/>.</summary>
/// <param name="Offer">Null when nobody tells a price of it any more.</param>
/// <param name="Snapshot">As <see cref="Recommendation.Snapshot"/>.</param>
public sealed record OfferPriced(Offer? Offer, long Snapshot);
