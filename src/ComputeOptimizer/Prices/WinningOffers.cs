using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Makes one list of what several sources tell. For an instance type in a region, bought in one way, one source is believed: a source with a
/// price before one without; then the one that told it last; then a listed price before an estimate; then the source whose name comes first
/// by code point. All zones that this source tells of are taken, and none of another one. An on-demand price that is the same in all zones
/// of the region is one offer without a zone.
/// </summary>
internal static class WinningOffers
{
    public static OfferSnapshot Of(IReadOnlyCollection<SourcePrices> sources)
    {
        var winners = new Dictionary<(Cloud, string, string, Capacity), Told>();
        foreach (var source in sources)
        {
            foreach (var rows in source.Rows.GroupBy(row => (row.Cloud, row.Region, row.InstanceType, row.Capacity)))
            {
                var told = new Told(source.Snapshot, [.. rows]);
                if (!winners.TryGetValue(rows.Key, out var other) || told.Beats(other))
                {
                    winners[rows.Key] = told;
                }
            }
        }

        var newest = winners.Values.Select(told => told.AsOf).DefaultIfEmpty(sources.Max(source => source.Snapshot.AsOf)).Max();
        var offers = new List<GpuOffer>(winners.Count);

        // Thousands of offers have the same GPUs.
        var gpus = new Dictionary<OfferGpu, OfferGpu>();
        foreach (var offer in winners.Values.SelectMany(told => told.Offers(newest)))
        {
            gpus.TryAdd(offer.Offer.Gpu, offer.Offer.Gpu);
            offers.Add(offer with { Offer = offer.Offer with { Gpu = gpus[offer.Offer.Gpu] } });
        }

        return new OfferSnapshot(sources.Max(source => source.Snapshot.Id), newest, offers);
    }

    /// <summary>What one source tells of an instance type in a region, bought in one way.</summary>
    private sealed class Told(PriceSnapshot source, IReadOnlyList<OfferRow> rows)
    {
        private readonly bool _priced = rows.Any(row => row.PricePerHour is not null);
        private readonly bool _listed = rows.Any(row => row.PriceBasis == PriceConfidence.Listed);

        public DateTimeOffset AsOf { get; } = rows.Max(row => row.PriceAsOf ?? source.AsOf);

        public bool Beats(Told other)
        {
            if (_priced != other._priced)
            {
                return _priced;
            }

            if (AsOf != other.AsOf)
            {
                return AsOf > other.AsOf;
            }

            return _listed != other._listed ? _listed : string.CompareOrdinal(source.Source, other.Name) < 0;
        }

        private string Name => source.Source;

        public IEnumerable<GpuOffer> Offers(DateTimeOffset newest)
        {
            var region = rows.Where(row => !CloudProfiles.Of(row.Cloud).IsLocalZone(row.Region, row.Zone)).ToList();
            if (region.Count == 0 || region[0].Capacity != Capacity.OnDemand || region.Any(row => row.PricePerHour != region[0].PricePerHour || row.Shape() != region[0].Shape()))
            {
                return rows.Select(row => Offer(row, newest));
            }

            var latest = region.MaxBy(row => row.PriceAsOf ?? source.AsOf)!;
            return rows.Except(region).Select(row => Offer(row, newest)).Prepend(Offer(latest, newest, inAllZones: true));
        }

        private GpuOffer Offer(OfferRow row, DateTimeOffset newest, bool inAllZones = false)
        {
            var offer = row.ToOffer(newest, source.AsOf);
            return offer with
            {
                Offer = inAllZones ? offer.Offer with { Zone = null } : offer.Offer,
                InterruptionBand = offer.InterruptionBand ?? InterruptionBands.Of(row),
            };
        }
    }
}
