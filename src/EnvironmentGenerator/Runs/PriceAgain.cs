using MassTransit;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>Asks what the quoted offer costs now, before anything is created for it.</summary>
internal sealed partial class PriceAgain(AskServices services, ILogger<PriceAgain> logger)
{
    /// <summary>
    /// True when the run may go on: at the quoted price, or at the new one, which is the quote from then on. False when it was
    /// queued again to choose anew, because the offer is gone, waits for a new approval, because the price rose beyond
    /// <see cref="EnvironmentPrice.Tolerance"/>, or ended.
    /// </summary>
    public async Task<bool> HoldsAsync(RunSession session)
    {
        var quote = (await session.LoadAsync()).Environment.Generation!.Quote;
        var offer = quote.Offer;
        var priced = await services.UntilAnsweredAsync(session, async provider =>
            (await provider.GetRequiredService<IRequestClient<PriceOffer>>().GetResponse<OfferPriced>(
                new PriceOffer(offer.Cloud, offer.Region, offer.Zone, offer.InstanceType, offer.Capacity), session.Stopped)).Message);
        if (priced is null)
        {
            return false;
        }

        if (priced.Offer?.PricePerHour is not { } price)
        {
            LogGone(session.Lease.EnvironmentId, offer.InstanceType, offer.Region);
            await session.ChangeAsync((e, r, _, now) =>
            {
                e.DropQuote(now);
                r.Requeue();
            });
            return false;
        }

        if (price == offer.PricePerHour)
        {
            return true;
        }

        var current = EnvironmentPrice.At(quote, priced.Offer, priced.Snapshot);
        LogMoved(session.Lease.EnvironmentId, offer.InstanceType, offer.PricePerHour, price);
        var goesOn = false;
        await session.ChangeAsync((e, r, _, now) =>
        {
            e.Requote(current, now);
            goesOn = r.Status != RunStatus.AwaitingApproval || current.PerHour <= quote.PerHour * (1 + EnvironmentPrice.Tolerance);
            if (!goesOn)
            {
                r.AskAgain();
                e.AskAgain(r.Number, now);
            }
        });
        return goesOn;
    }

    [LoggerMessage(EventId = 224, Level = LogLevel.Warning, Message = "Nobody tells a price of {InstanceType} in {Region} any more; environment {EnvironmentId} chooses again")]
    private partial void LogGone(string environmentId, string instanceType, string region);

    [LoggerMessage(EventId = 225, Level = LogLevel.Information, Message = "The price of {InstanceType} for environment {EnvironmentId} moved from {Quoted} to {Current} USD per hour")]
    private partial void LogMoved(string environmentId, string instanceType, decimal? quoted, decimal current);
}
