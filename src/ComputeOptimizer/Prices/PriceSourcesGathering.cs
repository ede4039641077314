using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Gathers what a live source tells, which has no lines.</summary>
internal sealed class PriceGathering
{
    private readonly List<OfferRow> _offers = [];
    private readonly Quarantine _quarantine = new();
    private int _rows;
    private int _taken;
    private int _withoutGpu;

    /// <summary>Counts a row of data.</summary>
    /// <exception cref="PriceSourceException">There are too many.</exception>
    public void Row()
    {
        if (++_rows > PriceFileLimits.Rows)
        {
            throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The source tells more than {PriceFileLimits.Rows} rows."));
        }
    }

    public void WithoutGpu() => _withoutGpu++;

    /// <summary>Counts a row that is a part of offers, such as the price of a GPU by itself.</summary>
    public void Part() => _taken++;

    /// <summary>An offer that is a row by itself.</summary>
    public void Offer(OfferRow offer)
    {
        _taken++;
        _offers.Add(offer);
    }

    /// <summary>An offer that was put together of parts.</summary>
    public void Assembled(OfferRow offer) => _offers.Add(offer);

    public void Quarantine(string? instanceType, string? region, Capacity? capacity, string rule, string detail) =>
        _quarantine.Add(new QuarantinedPrice(null, instanceType is "" ? null : instanceType, region is "" ? null : region, capacity, rule, detail));

    /// <summary>Counts a price that was kept out without showing it, because one like it is shown.</summary>
    public void QuarantineFurther(string rule) => _quarantine.AddAll([], new Dictionary<string, int>(StringComparer.Ordinal) { [rule] = 1 });

    public PriceBatch ToBatch(DateTimeOffset asOf) => new(asOf, _offers, _rows, _taken, _withoutGpu, _quarantine.First) { FurtherQuarantined = _quarantine.Further() };
}
