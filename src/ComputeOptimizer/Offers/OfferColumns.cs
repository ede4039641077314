using System.Collections.Frozen;
using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Recommendations;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What differs between the offers of a group, in arrays in their order, so that tens of thousands are judged in a millisecond.</summary>
internal sealed record OfferColumns
{
    /// <summary>Regions that a list of them names at most.</summary>
    public const int ListedRegions = 10;

    /// <summary>10^-6 USD per hour; -1 where it is not known.</summary>
    public required long[] PriceMicros { get; init; }

    /// <summary>Indexes of <see cref="OfferIndex.Regions"/>.</summary>
    public required int[] Region { get; init; }

    /// <summary>Indexes of zones; -1 where the price is of the whole region.</summary>
    public required int[] Zone { get; init; }

    /// <summary>Indexes of <see cref="OfferIndex.Bands"/>.</summary>
    public required int[] Band { get; init; }

    public required bool[] LocalZone { get; init; }

    /// <summary>Places in <see cref="OfferSnapshot.Offers"/>, which is the order by price and name.</summary>
    public required int[] Rank { get; init; }

    /// <summary>All offers of the group together.</summary>
    public required OfferTally All { get; init; }

    /// <summary>Those in local zones and those elsewhere; null where there are none.</summary>
    public required OfferTally? InLocalZones { get; init; }

    /// <inheritdoc cref="InLocalZones"/>
    public required OfferTally? InRegions { get; init; }

    /// <summary>Of those in regions the ones without a price and the others; null where there are none.</summary>
    public required OfferTally? Unpriced { get; init; }

    /// <inheritdoc cref="Unpriced"/>
    public required OfferTally? Priced { get; init; }

    /// <summary>Indexes of the offers in regions that have a price, and their prices.</summary>
    public required int[] PricedIndexes { get; init; }

    /// <inheritdoc cref="PricedIndexes"/>
    public required long[] PricedMicros { get; init; }

    /// <summary>Of these the first of each band.</summary>
    public required int[] FirstOfBands { get; init; }

    /// <summary>Of these the first in each region.</summary>
    public required int[] FirstInRegions { get; init; }
}

/// <summary>Offers of a group that share something: the first of them, their number and their first regions.</summary>
internal sealed class OfferTally(int first)
{
    private readonly int[] _regions = new int[OfferColumns.ListedRegions];
    private int _listed;
    private string[]? _names;

    public int First { get; } = first;

    public int Count { get; private set; }

    /// <summary>The offers at <paramref name="indexes"/>, of which there is at least one.</summary>
    public static OfferTally Of(ReadOnlySpan<int> indexes, int[] regions)
    {
        var tally = new OfferTally(indexes[0]);
        foreach (var index in indexes)
        {
            if (tally._listed == OfferColumns.ListedRegions)
            {
                break;
            }

            tally.Add(regions[index]);
        }

        tally.Count = indexes.Length;
        return tally;
    }

    public void Add(int region)
    {
        Count++;
        if (_listed < _regions.Length && !_regions.AsSpan(0, _listed).Contains(region))
        {
            _regions[_listed++] = region;
        }
    }

    /// <summary>Cheapest first, at most <see cref="OfferColumns.ListedRegions"/>.</summary>
    public IReadOnlyList<string> Regions(OfferIndex index)
    {
        if (_names is null)
        {
            var names = new string[_listed];
            for (var i = 0; i < names.Length; i++)
            {
                names[i] = index.Regions[_regions[i]];
            }

            _names = names;
        }

        return _names;
    }
}

/// <summary>The names in a snapshot as numbers, and the columns of its groups.</summary>
internal sealed class OfferIndex
{
    private readonly FrozenDictionary<string, int> _regions;
    private readonly FrozenDictionary<string, int> _zones;

    public OfferIndex(IReadOnlyList<GpuOffer> offers, IReadOnlyList<OfferGroup> groups)
    {
        Regions = [.. offers.Select(offer => offer.Offer.Region).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
        _regions = Numbered(Regions);
        Zones = [.. offers.Select(offer => offer.Offer.Zone).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
        _zones = Numbered(Zones);
        Bands = [null, .. offers.Select(offer => InterruptionBand.Parse(offer.InterruptionBand)).OfType<InterruptionBand>().Distinct().OrderBy(band => band.Text, StringComparer.Ordinal)];
        var bands = Bands.Skip(1).Select((band, index) => (band!.Text, index)).ToDictionary(entry => entry.Text, entry => entry.index + 1, StringComparer.Ordinal);
        var ranks = new Dictionary<GpuOffer, int>(offers.Count, ReferenceEqualityComparer.Instance);
        for (var rank = 0; rank < offers.Count; rank++)
        {
            ranks[offers[rank]] = rank;
        }

        Columns = [.. groups.Select(group => ColumnsOf(group, bands, ranks))];
    }

    public string[] Regions { get; }

    public string[] Zones { get; }

    /// <summary>The first one is null, for offers of which nobody says how often they are interrupted.</summary>
    public IReadOnlyList<InterruptionBand?> Bands { get; }

    /// <summary>One for each group, in their order.</summary>
    public OfferColumns[] Columns { get; }

    /// <summary>-1 for a name that no offer has; case does not matter.</summary>
    public int RegionOf(string? name) => name is not null && _regions.TryGetValue(name, out var index) ? index : -1;

    /// <inheritdoc cref="RegionOf"/>
    public int ZoneOf(string? name) => name is not null && _zones.TryGetValue(name, out var index) ? index : -1;

    private OfferColumns ColumnsOf(OfferGroup group, Dictionary<string, int> bands, Dictionary<GpuOffer, int> ranks)
    {
        var isLocalZone = CloudProfiles.Of(group.Offers[0].Offer.Cloud).IsLocalZone;
        long[] prices = [.. group.Offers.Select(offer => offer.Offer.PricePerHour is > 0 and var price ? Micros(price) : -1)];
        int[] regions = [.. group.Offers.Select(offer => RegionOf(offer.Offer.Region))];
        int[] bandOf = [.. group.Offers.Select(offer => offer.InterruptionBand is { } band ? bands.GetValueOrDefault(band) : 0)];
        bool[] local = [.. group.Offers.Select(offer => isLocalZone(offer.Offer.Region, offer.Offer.Zone))];
        int[] priced = [.. Enumerable.Range(0, prices.Length).Where(i => !local[i] && prices[i] >= 0)];
        return new OfferColumns
        {
            PriceMicros = prices,
            Region = regions,
            Zone = [.. group.Offers.Select(offer => ZoneOf(offer.Offer.Zone))],
            Band = bandOf,
            LocalZone = local,
            Rank = [.. group.Offers.Select(offer => ranks[offer])],
            All = TallyOf(regions, _ => true)!,
            InLocalZones = TallyOf(regions, i => local[i]),
            InRegions = TallyOf(regions, i => !local[i]),
            Unpriced = TallyOf(regions, i => !local[i] && prices[i] < 0),
            Priced = TallyOf(regions, i => !local[i] && prices[i] >= 0),
            PricedIndexes = priced,
            PricedMicros = [.. priced.Select(i => prices[i])],
            FirstOfBands = [.. priced.DistinctBy(i => bandOf[i])],
            FirstInRegions = [.. priced.DistinctBy(i => regions[i])],
        };
    }

    private static OfferTally? TallyOf(int[] regions, Func<int, bool> counts)
    {
        OfferTally? tally = null;
        for (var i = 0; i < regions.Length; i++)
        {
            if (counts(i))
            {
                (tally ??= new OfferTally(i)).Add(regions[i]);
            }
        }

        return tally;
    }

    private static long Micros(decimal price) => (long)Math.Round(Math.Min(price, 1_000_000_000m) * 1_000_000m, MidpointRounding.AwayFromZero);

    private static FrozenDictionary<string, int> Numbered(IEnumerable<string> names) =>
        names.Select((name, index) => (name, index)).ToFrozenDictionary(entry => entry.name, entry => entry.index, StringComparer.OrdinalIgnoreCase);
}
