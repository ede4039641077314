using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What tells one offer of a source from another: where it is, what it is and how it is bought.</summary>
internal readonly record struct OfferKey(Cloud Cloud, string Region, string? Zone, string InstanceType, Capacity Capacity)
{
    public static OfferKey Of(OfferRow row) => new(row.Cloud, row.Region, row.Zone, row.InstanceType, row.Capacity);
}
