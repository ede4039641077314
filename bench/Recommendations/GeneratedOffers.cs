using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Bench;

/// <summary>The instance types of the shipped catalogue, offered all over the world: every zone of some forty regions a cloud, both ways of buying.</summary>
internal static class GeneratedOffers
{
    private const int Regions = 40;
    private const int Zones = 6;
    private static readonly string[] Bands = ["<5%", "5-10%", "10-15%", "15-20%", ">20%"];
    private static readonly DateTimeOffset AsOf = new(2026, 7, 20, 0, 0, 0, TimeSpan.Zero);

    /// <summary>So many offers, the same for the same seed: prices within a factor of two of the catalogue's, some unknown, one zone of AWS in twelve a local one.</summary>
    public static OfferSnapshot Snapshot(int count, int seed)
    {
        var random = new Random(seed);
        var types = BuiltInCatalog.Load().Rows
            .GroupBy(row => (row.Cloud, row.InstanceType))
            .Select(rows => (Sample: rows.First(), Price: rows.Max(row => row.PricePerHour) ?? 10m))
            .ToList();
        var all = types.SelectMany(type => Enum.GetValues<Capacity>().SelectMany(capacity => Places(type.Sample.Cloud).Select(place => (type, capacity, place)))).ToArray();
        random.Shuffle(all);
        return new OfferSnapshot(1, AsOf, all.Take(count).Select(offer => Offer(offer.type.Sample, offer.type.Price, offer.capacity, offer.place, random)));
    }

    private static GpuOffer Offer(OfferRow sample, decimal price, Capacity capacity, (string Region, string Zone) place, Random random)
    {
        var spot = capacity == Capacity.Spot;
        var factor = (decimal)(0.7 + (0.6 * random.NextDouble())) * (spot ? 0.4m : 1m);
        var known = random.Next(100) >= 3;
        var row = OfferRow.Of(
            sample.Shape(), place.Region, place.Zone, capacity, known ? decimal.Round(price * factor, 4) : null, known ? PriceConfidence.Listed : PriceConfidence.Unknown, "generated", AsOf);
        return row.ToOffer(AsOf) with { InterruptionBand = spot && sample.Cloud == Cloud.Aws ? Bands[random.Next(Bands.Length)] : null };
    }

    private static IEnumerable<(string Region, string Zone)> Places(Cloud cloud) =>
        from region in Enumerable.Range(0, Regions)
        from zone in Enumerable.Range(1, Zones)
        select cloud switch
        {
            Cloud.Aws when zone == Zones && region % 2 == 0 => ($"aws-region-{region}", $"awsr{region}-atl1-az1"),
            Cloud.Aws => ($"aws-region-{region}", $"awsr{region}-az{zone}"),
            Cloud.Gcp => ($"gcp-region{region}", $"gcp-region{region}-{(char)('a' + zone)}"),
            _ => ($"azureregion{region}", $"azureregion{region}-{zone}"),
        };
}
