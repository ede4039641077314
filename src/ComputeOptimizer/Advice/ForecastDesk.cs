using Microsoft.EntityFrameworkCore;
using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>Looks up what an offer costs and has cost, then forecasts.</summary>
internal sealed class ForecastDesk(OfferBook book, ComputeOptimizerDb db, TimeProvider time)
{
    // A spot price of a zone moves a few times a day at most.
    private const int MostPast = 5_000;
    private static readonly TimeSpan Past = TimeSpan.FromDays(30);

    public async Task<CostForecasted> AnswerAsync(ForecastRequest request, CancellationToken cancellationToken)
    {
        if (ForecastRules.Check(request) is { } invalid)
        {
            return new CostForecasted(null, invalid);
        }

        var now = time.GetUtcNow();
        if (request.PricePerHour is { } told)
        {
            return new CostForecasted(Forecast.Of(request, ForecastPrices.Fixed(new KnownPrice(told, "request")), now), null);
        }

        var key = new PriceOffer(request.Cloud!.Value, request.Region!, request.Zone, request.InstanceType!, request.Capacity!.Value);
        var snapshot = await book.CurrentAsync(cancellationToken);
        if (OnPriceOffer.Find(snapshot, key) is not { } offer)
        {
            return new CostForecasted(null, KnownOffers.Missing(snapshot, key.Cloud, key.Region, key.InstanceType, key.Capacity));
        }

        var past = key.Capacity == Capacity.Spot ? await PastAsync(offer, now, cancellationToken) : [];
        return new CostForecasted(Forecast.Of(request, ForecastPrices.Of(offer, snapshot, past), now) with { Offer = offer, Snapshot = snapshot.Id }, null);
    }

    /// <summary>The spot prices that were listed in the last 30 days, in the zones that <see cref="ForecastPrices"/> compares.</summary>
    private async Task<IReadOnlyList<KnownPrice>> PastAsync(Offer offer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - Past;
        var rows = await db.Offers.AsNoTracking()
            .Where(row => row.InstanceType == offer.InstanceType && row.Region == offer.Region && row.Capacity == Capacity.Spot && row.Cloud == offer.Cloud
                && row.PricePerHour != null && row.PriceBasis == PriceConfidence.Listed && !row.Gone)
            .Join(db.Snapshots.Where(snapshot => snapshot.ImportedAt >= since), row => row.SnapshotId, snapshot => snapshot.Id, (row, snapshot) => new
            {
                row.Id,
                row.Zone,
                row.PricePerHour,
                row.PriceSource,
                AsOf = row.PriceAsOf ?? snapshot.AsOf,
            })
            .Where(told => told.AsOf >= since)
            .OrderByDescending(told => told.Id).Take(MostPast)
            .ToListAsync(cancellationToken);
        return
        [
            .. rows
                .Where(told => told.Zone == offer.Zone || !CloudProfiles.Of(offer.Cloud).IsLocalZone(offer.Region, told.Zone))
                .Select(told => new KnownPrice(
                    Math.Round(told.PricePerHour!.Value, 4, MidpointRounding.AwayFromZero), FormattableString.Invariant($"{told.PriceSource}, {told.AsOf:yyyy-MM-dd}, {told.Zone ?? offer.Region}"))),
        ];
    }
}
