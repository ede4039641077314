using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>A price in USD per hour with who says it.</summary>
internal sealed record KnownPrice(decimal Usd, string Source)
{
    public static KnownPrice Of(Offer offer) => new(offer.PricePerHour!.Value, FormattableString.Invariant($"{offer.Source}, {offer.AsOf:yyyy-MM-dd}, {offer.Zone ?? offer.Region}"));
}

/// <summary>The price of an offer and between which others it may move; USD per hour of the instance.</summary>
internal sealed record ForecastPrices(KnownPrice Expected, KnownPrice Low, KnownPrice High)
{
    public static ForecastPrices Fixed(KnownPrice price) => new(price, price, price);

    /// <summary>
    /// On-demand prices stay as they are. A spot price moves between the lowest and the highest that is known of the instance type in the
    /// region: those of now in each of its zones, those of the past, and the on-demand price, which is what nobody pays more than.
    /// </summary>
    /// <param name="offer">The offer in the snapshot, with a price.</param>
    /// <param name="past">Spot prices of the same instance type in the same region.</param>
    public static ForecastPrices Of(Offer offer, OfferSnapshot snapshot, IReadOnlyList<KnownPrice> past)
    {
        var price = KnownPrice.Of(offer);
        if (offer.Capacity == Capacity.OnDemand)
        {
            return Fixed(price);
        }

        var spot = snapshot.Priced
            .Where(other => other.Cloud == offer.Cloud && other.Capacity == Capacity.Spot && other.InstanceType == offer.InstanceType && other.Region == offer.Region
                && (other.Zone == offer.Zone || !CloudProfiles.Of(other.Cloud).IsLocalZone(other.Region, other.Zone)))
            .Select(KnownPrice.Of)
            .Concat(past)
            .ToList();
        var onDemand = OnPriceOffer.Find(snapshot, new PriceOffer(offer.Cloud, offer.Region, offer.Zone, offer.InstanceType, Capacity.OnDemand));
        return new ForecastPrices(
            price,
            spot.MinBy(known => known.Usd)!,
            (onDemand is null ? spot : spot.Prepend(KnownPrice.Of(onDemand))).MaxBy(known => known.Usd)!);
    }
}
