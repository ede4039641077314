using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>Says what is wrong with the name of an offer that has no price.</summary>
internal static class KnownOffers
{
    /// <summary>
    /// <see cref="RefusalCodes.UnknownInstanceType"/> or <see cref="RefusalCodes.UnknownRegion"/> with the closest names of the cloud;
    /// <see cref="RefusalCodes.NoOfferFits"/> where both exist, but not together and bought in that way.
    /// </summary>
    public static Refusal Missing(OfferSnapshot snapshot, Cloud cloud, string region, string instanceType, Capacity capacity)
    {
        var offers = snapshot.Offers.Select(offer => offer.Offer).Where(offer => offer.Cloud == cloud).ToList();
        var types = offers.Select(offer => offer.InstanceType).ToHashSet(StringComparer.Ordinal);
        if (!types.Contains(instanceType))
        {
            return new Refusal(
                RefusalCodes.UnknownInstanceType,
                $"No offer of {Wire.Name(cloud)} has the instance type '{instanceType}'. Closest: {Words.List(CloseNames.To(instanceType, types))}.",
                "GET /api/v1/offers lists the instance types with their prices.");
        }

        var regions = offers.Select(offer => offer.Region).ToHashSet(StringComparer.Ordinal);
        if (!regions.Contains(region))
        {
            return new Refusal(
                RefusalCodes.UnknownRegion,
                $"No offer of {Wire.Name(cloud)} is in the region '{region}'. Closest: {Words.List(CloseNames.To(region, regions))}.",
                $"Use one of {Words.List(regions.Order(StringComparer.Ordinal))}.");
        }

        var elsewhere = offers
            .Where(offer => offer.InstanceType == instanceType && offer.PricePerHour is not null)
            .Select(offer => $"{Wire.Name(offer.Capacity)} in {offer.Region}").Distinct(StringComparer.Ordinal).Take(5).ToList();
        return new Refusal(
            RefusalCodes.NoOfferFits,
            $"Nobody tells a price of {instanceType} {Wire.Name(capacity)} in {region}.",
            elsewhere.Count > 0 ? $"It has a price {Words.List(elsewhere)}." : "Import prices of it: POST /api/v1/offers/import.");
    }
}
