using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What is believed of a batch, and what is not.</summary>
/// <param name="Offers">Each key once, rounded as the store keeps them.</param>
/// <param name="Taken">Rows that gave one of the offers, or say again what another row said.</param>
internal sealed record CheckedPrices(IReadOnlyList<OfferRow> Offers, int Taken, Quarantine Quarantine);

/// <summary>
/// The rules that hold for every source; those of a format are its own.
/// <list type="number">
/// <item>Names are not too long, the GPU is known, its count and its memory are possible.</item>
/// <item>The price is from 0.0001 to 10,000 USD per hour.</item>
/// <item>The same offer again is one offer where the price is the same; with another price the first stands.</item>
/// <item>A spot price is below the on-demand price of the same instance type in the same zone or region, where the source tells both: lists fill in the
/// on-demand price where they know none.</item>
/// <item>The price is in range for what is bought (<see cref="PriceRange"/>).</item>
/// </list>
/// </summary>
internal static class PriceRules
{
    /// <summary>Checks every offer by itself and beside the others of its batch.</summary>
    public static CheckedPrices Check(PriceBatch batch)
    {
        var quarantine = new Quarantine();
        quarantine.AddAll(batch.Quarantined, batch.FurtherQuarantined);
        var kept = new Dictionary<OfferKey, (OfferRow Row, int Place)>(batch.Offers.Count);
        var taken = new HashSet<int>();
        for (var place = 0; place < batch.Offers.Count; place++)
        {
            var offer = batch.Offers[place];
            if (Fault(offer) is var (rule, detail))
            {
                quarantine.Add(Quarantined(batch, place, rule, detail));
            }
            else if (kept.TryAdd(OfferKey.Of(offer), (offer.Rounded(), place)))
            {
                continue;
            }
            else if (kept[OfferKey.Of(offer)].Row.PricePerHour == offer.Rounded().PricePerHour)
            {
                Take(batch, place, taken);
            }
            else
            {
                quarantine.Add(Quarantined(batch, place, QuarantineRules.Duplicate, $"The same offer is there before for {kept[OfferKey.Of(offer)].Row.PricePerHour:0.####} USD."));
            }
        }

        // On-demand prices first: only one that is believed itself says something about a spot price.
        foreach (var capacity in (Capacity[])[Capacity.OnDemand, Capacity.Spot])
        {
            foreach (var (key, (row, place)) in kept)
            {
                if (key.Capacity != capacity)
                {
                    continue;
                }

                if (FaultOfPrice(kept, key, row) is var (rule, detail))
                {
                    quarantine.Add(Quarantined(batch, place, rule, detail));
                    kept.Remove(key);
                }
                else
                {
                    Take(batch, place, taken);
                }
            }
        }

        return new CheckedPrices([.. kept.Values.Select(offer => offer.Row)], batch.Lines is null ? batch.Taken : taken.Count, quarantine);
    }

    private static (string Rule, string Detail)? Fault(OfferRow offer)
    {
        if (!PriceText.IsName(offer.InstanceType) || !PriceText.IsName(offer.Region) || (offer.Zone is { } zone && !PriceText.IsName(zone))
            || offer.PriceSource.Length > OfferLimits.Source || offer.Note?.Length > OfferLimits.Note
            || offer.Vcpus is <= 0 or > 10_000 || offer.MemoryGiB is <= 0 or > 1_000_000)
        {
            return (QuarantineRules.BadField, "A name is missing or too long, or CPUs or memory are impossible.");
        }

        if (offer.GpuCount is <= 0 or > ImportedTypes.MostGpus)
        {
            return (QuarantineRules.BadGpuCount, $"{offer.GpuCount} is no number of GPUs that an instance has.");
        }

        if (GpuModels.Find(offer.GpuModel) is null)
        {
            return (QuarantineRules.UnknownGpu, $"'{PriceText.Short(offer.GpuModel)}' is no GPU that is known here.");
        }

        return offer.PricePerHour switch
        {
            // A type that is known to exist may be without a price.
            null => offer.PriceBasis == PriceConfidence.Unknown ? null : (QuarantineRules.NoPrice, "There is no price."),
            < PriceNumbers.LeastPerHour or > PriceNumbers.MostPerHour =>
                (QuarantineRules.BadPrice, $"{offer.PricePerHour} is no price from {PriceNumbers.LeastPerHour} to {PriceNumbers.MostPerHour} USD per hour."),
            _ => null,
        };
    }

    private static (string Rule, string Detail)? FaultOfPrice(Dictionary<OfferKey, (OfferRow Row, int Place)> kept, OfferKey key, OfferRow row) =>
        row.PricePerHour is not { } price ? null
        : key.Capacity == Capacity.Spot && OnDemand(kept, key) is { } onDemand && price >= onDemand
            ? (QuarantineRules.SpotNotBelowOnDemand, $"The spot price {price:0.######} is not below the on-demand price {onDemand:0.######}.")
        : PriceRange.Fault(row, price) is { } fault ? (QuarantineRules.PriceOutOfRange, fault)
        : null;

    // Spot prices may be by zone where on-demand prices are by region.
    private static decimal? OnDemand(Dictionary<OfferKey, (OfferRow Row, int Place)> kept, OfferKey spot) =>
        kept.TryGetValue(spot with { Capacity = Capacity.OnDemand }, out var zone) ? zone.Row.PricePerHour
        : kept.TryGetValue(spot with { Capacity = Capacity.OnDemand, Zone = null }, out var region) ? region.Row.PricePerHour
        : null;

    private static void Take(PriceBatch batch, int place, HashSet<int> taken)
    {
        if (batch.Lines?[place] is { } lines)
        {
            taken.Add(lines.Line);
            taken.Add(lines.GpuLine ?? lines.Line);
        }
    }

    private static QuarantinedPrice Quarantined(PriceBatch batch, int place, string rule, string detail)
    {
        var offer = batch.Offers[place];
        return new QuarantinedPrice(batch.Lines?[place].Line, offer.InstanceType, offer.Region, offer.Capacity, rule, detail);
    }
}
