using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What tells one offer of a source from another: where it is, what it is and how it is bought.</summary>
internal readonly record struct OfferKey(Cloud Cloud, string Region, string? Zone, string InstanceType, Capacity Capacity)
{
    /// <summary>Takes rows of the same key for the same.</summary>
    public static IEqualityComparer<OfferRow> Comparer { get; } = EqualityComparer<OfferRow>.Create((a, b) => Of(a!) == Of(b!), row => Of(row).GetHashCode());

    public static OfferKey Of(OfferRow row) => new(row.Cloud, row.Region, row.Zone, row.InstanceType, row.Capacity);
}
