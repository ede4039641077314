using MassTransit;
using Terradev.ComputeOptimizer.Clouds;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Says what an offer that was quoted costs now.</summary>
internal sealed class OnPriceOffer(OfferBook book) : IConsumer<PriceOffer>
{
    public async Task Consume(ConsumeContext<PriceOffer> context)
    {
        var snapshot = await book.CurrentAsync(context.CancellationToken);
        await context.RespondAsync(new OfferPriced(Find(snapshot, context.Message), snapshot.Id));
    }

    /// <summary>The offer in its zone, otherwise the cheapest of its region; null when none has a price.</summary>
    internal static Offer? Find(OfferSnapshot snapshot, PriceOffer asked)
    {
        Offer? cheapest = null;
        foreach (var offer in snapshot.Priced)
        {
            if (offer.Cloud == asked.Cloud && offer.Capacity == asked.Capacity && offer.InstanceType == asked.InstanceType && offer.Region == asked.Region)
            {
                if (offer.Zone == asked.Zone)
                {
                    return offer;
                }

                // A zone outside its region is nobody's choice by accident.
                cheapest ??= CloudProfiles.Of(offer.Cloud).IsLocalZone(offer.Region, offer.Zone) ? null : offer;
            }
        }

        return cheapest;
    }
}
