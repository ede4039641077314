using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Orders that leave no two different offers in an accidental place.</summary>
public static class OfferOrder
{
    /// <summary>Cloud (aws, gcp, azure), instance type, region, zone, capacity (spot first), source; names by code point.</summary>
    public static readonly IComparer<Offer> ByName = Comparer<Offer>.Create((a, b) =>
    {
        var order = a.Cloud.CompareTo(b.Cloud);
        order = order != 0 ? order : string.CompareOrdinal(a.InstanceType, b.InstanceType);
        order = order != 0 ? order : string.CompareOrdinal(a.Region, b.Region);
        order = order != 0 ? order : string.CompareOrdinal(a.Zone, b.Zone);
        order = order != 0 ? order : a.Capacity.CompareTo(b.Capacity);
        return order != 0 ? order : string.CompareOrdinal(a.Source, b.Source);
    });

    /// <summary>Price, unknown ones last, then <see cref="ByName"/>.</summary>
    public static readonly IComparer<Offer> ByPriceThenName = Comparer<Offer>.Create((a, b) =>
    {
        var order = (a.PricePerHour ?? decimal.MaxValue).CompareTo(b.PricePerHour ?? decimal.MaxValue);
        return order != 0 ? order : ByName.Compare(a, b);
    });
}
