using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Prices that were kept out: all are counted, the first are kept.</summary>
internal sealed class Quarantine
{
    private readonly List<QuarantinedPrice> _first = [];
    private readonly Dictionary<string, int> _byRule = new(StringComparer.Ordinal);

    public IReadOnlyList<QuarantinedPrice> First => _first;

    public IReadOnlyDictionary<string, int> ByRule => _byRule;

    public int Count => _byRule.Values.Sum();

    public void Add(QuarantinedPrice price)
    {
        Tally(price.Rule, 1);
        if (_first.Count < QuarantinedRow.MostPerSnapshot)
        {
            _first.Add(price);
        }
    }

    public void AddAll(IReadOnlyList<QuarantinedPrice> prices, IReadOnlyDictionary<string, int> further)
    {
        foreach (var price in prices)
        {
            Add(price);
        }

        foreach (var (rule, count) in further)
        {
            Tally(rule, count);
        }
    }

    /// <summary>What was counted by rule beyond those in <see cref="First"/>.</summary>
    public Dictionary<string, int> Further()
    {
        var kept = _first.CountBy(price => price.Rule, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return _byRule.Select(rule => (rule.Key, Count: rule.Value - kept.GetValueOrDefault(rule.Key))).Where(rule => rule.Count > 0)
            .ToDictionary(rule => rule.Key, rule => rule.Count, StringComparer.Ordinal);
    }

    private void Tally(string rule, int count) => _byRule[rule] = _byRule.GetValueOrDefault(rule) + count;
}

/// <summary>Gathers what a format reads, row by row.</summary>
/// <param name="source">What the offers say of where their price is from.</param>
internal sealed class PriceRows(string source)
{
    private readonly List<OfferRow> _offers = [];
    private readonly List<PriceLines> _lines = [];
    private readonly Quarantine _quarantine = new();
    private int _rows;
    private int _withoutGpu;

    /// <summary>Counts a row of data.</summary>
    /// <exception cref="PriceSourceException">There are too many.</exception>
    public void Row()
    {
        if (++_rows > PriceFileLimits.Rows)
        {
            throw new PriceSourceException(PriceRefusals.TooManyRows);
        }
    }

    public void WithoutGpu() => _withoutGpu++;

    public void Quarantine(int line, string? instanceType, string? region, Capacity? capacity, string rule, string detail) =>
        _quarantine.Add(new QuarantinedPrice(line, instanceType is "" ? null : instanceType, region is "" ? null : region, capacity, rule, detail));

    /// <exception cref="PriceSourceException">There are too many.</exception>
    public void Offer(InstanceShape shape, string region, string? zone, Capacity capacity, decimal price, PriceLines lines)
    {
        if (_offers.Count == PriceFileLimits.Offers)
        {
            throw new PriceSourceException(PriceRefusals.TooManyOffers);
        }

        _offers.Add(OfferRow.Of(shape, region, zone, capacity, price, PriceConfidence.Listed, source));
        _lines.Add(lines);
    }

    public PriceBatch ToBatch(DateTimeOffset asOf) => new(asOf, _offers, _rows, _lines.SelectMany(lines => (IEnumerable<int?>)[lines.Line, lines.GpuLine]).OfType<int>().Distinct().Count(), _withoutGpu, _quarantine.First)
    {
        FurtherQuarantined = _quarantine.Further(),
        Lines = _lines,
    };
}
