using System.Collections.Frozen;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// What a price may be beside the shipped ones. For a type that is shipped with a price for the same capacity, from an eighth of the lowest to eight
/// times the highest of them. Otherwise by GPU-hour: from an eighth of the lowest to eight times the highest shipped price of that GPU, however it is
/// bought; 0.005 to 200 USD for a GPU without one.
/// </summary>
internal static class PriceRange
{
    private const decimal Factor = 8;

    private static readonly Band AnyGpu = new(0.04m, 25m);

    private static readonly FrozenDictionary<(Cloud, string, Capacity), Band> ByType = Priced()
        .GroupBy(row => (row.Cloud, row.InstanceType, row.Capacity))
        .ToFrozenDictionary(rows => rows.Key, rows => new Band(rows.Min(row => row.PricePerHour!.Value), rows.Max(row => row.PricePerHour!.Value)));

    private static readonly FrozenDictionary<string, Band> ByGpu = Priced()
        .GroupBy(row => row.GpuModel, StringComparer.Ordinal)
        .ToFrozenDictionary(
            rows => rows.Key, rows => new Band(rows.Min(row => row.PricePerHour!.Value / row.GpuCount), rows.Max(row => row.PricePerHour!.Value / row.GpuCount)), StringComparer.Ordinal);

    /// <summary>Why the price is not believed; null where it is.</summary>
    public static string? Fault(OfferRow offer, decimal price)
    {
        if (ByType.TryGetValue((offer.Cloud, offer.InstanceType, offer.Capacity), out var band))
        {
            return band.Has(price) ? null : $"{price:0.######} USD is far from the {band.Lowest:0.####} to {band.Highest:0.####} USD that {offer.InstanceType} is known to cost.";
        }

        band = ByGpu.GetValueOrDefault(offer.GpuModel) ?? AnyGpu;
        var perGpu = price / offer.GpuCount;
        return band.Has(perGpu) ? null : $"{perGpu:0.######} USD per GPU is far from the {band.Lowest:0.####} to {band.Highest:0.####} USD that a {offer.GpuModel} is known to cost.";
    }

    private static IEnumerable<OfferRow> Priced() => BuiltInCatalog.Load().Rows.Where(row => row.PricePerHour is not null);

    private sealed record Band(decimal Lowest, decimal Highest)
    {
        public bool Has(decimal price) => price >= Lowest / Factor && price <= Highest * Factor;
    }
}
