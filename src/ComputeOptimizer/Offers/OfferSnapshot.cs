using System.Collections.Frozen;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>All offers of one moment, immutable, with the names that occur in them.</summary>
public sealed class OfferSnapshot
{
    /// <param name="id">Grows with each change of the prices.</param>
    /// <param name="asOf">The newest time among the prices.</param>
    public OfferSnapshot(long id, DateTimeOffset asOf, IEnumerable<GpuOffer> offers)
    {
        Id = id;
        AsOf = asOf;
        Offers = [.. offers.OrderBy(offer => offer.Offer, OfferOrder.ByPriceThenName)];
        Priced = [.. Offers.Select(offer => offer.Offer).Where(offer => offer.PricePerHour is not null)];
        Regions = Names(offer => offer.Region);
        InstanceTypes = Names(offer => offer.InstanceType);
        Gpus = Names(offer => offer.Gpu.Model);
        Groups =
        [
            .. Offers
                .GroupBy(offer => (offer.Offer.Cloud, offer.Offer.InstanceType, offer.Offer.Capacity, offer.Offer.Gpu, offer.Offer.Vcpus, offer.Offer.MemoryGiB, offer.Architecture, offer.Withdrawn))
                .Select(group => new OfferGroup([.. group]))
                .OrderBy(group => group.Offers[0].Offer, OfferOrder.ByPriceThenName),
        ];
        Index = new OfferIndex(Offers, Groups);
    }

    public long Id { get; }

    public DateTimeOffset AsOf { get; }

    /// <summary>In the order of <see cref="OfferOrder.ByPriceThenName"/>.</summary>
    public IReadOnlyList<GpuOffer> Offers { get; }

    /// <summary>The offers that have a price, which are those that lists show, in the same order.</summary>
    public IReadOnlyList<Offer> Priced { get; }

    /// <summary>The offers by what they are, apart from place and price; the group of the cheapest offer first.</summary>
    public IReadOnlyList<OfferGroup> Groups { get; }

    internal OfferIndex Index { get; }

    public FrozenSet<string> Regions { get; }

    public FrozenSet<string> InstanceTypes { get; }

    public FrozenSet<string> Gpus { get; }

    private FrozenSet<string> Names(Func<Offer, string> name) =>
        Offers.Select(offer => name(offer.Offer)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Offers of one instance type bought in one way, which differ in place, price and source only: what is checked of one holds for all.</summary>
/// <param name="Offers">At least one, in the order of <see cref="OfferOrder.ByPriceThenName"/>.</param>
public sealed record OfferGroup(IReadOnlyList<GpuOffer> Offers);
