using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What is believed of a batch, and what is not.</summary>
/// <param name="Offers">Each key once, rounded as the store keeps them.</param>
internal sealed record CheckedPrices(IReadOnlyList<OfferRow> Offers, IReadOnlyList<QuarantinedPrice> Quarantined);

/// <summary>The rules that hold for every source; those of a format are its own.</summary>
internal static class PriceRules
{
    /// <summary>Checks every offer by itself and beside the others of its batch.</summary>
    public static CheckedPrices Check(PriceBatch batch)
    {
        var offers = batch.Offers.Select(offer => offer.Rounded()).DistinctBy(OfferKey.Of).ToList();
        return new CheckedPrices(offers, batch.Quarantined);
    }
}
