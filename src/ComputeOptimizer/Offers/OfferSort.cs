using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What a list of offers is sorted by; <c>-</c> before the word turns the order round.</summary>
public enum OfferSort
{
    Price,

    /// <summary>Price per hour of a whole GPU.</summary>
    PricePerGpu,

    /// <summary>Price per hour of a GiB of GPU memory.</summary>
    PricePerGib,
    GpuMemory,
    TotalGpuMemory,
    GpuCount,
    Vcpus,
    Memory,
    InstanceType,
    Region,
    AsOf,
}

/// <summary>Picks the first offers of an order without sorting the rest.</summary>
internal static class OfferPlaces
{
    /// <summary>
    /// The places, in <paramref name="offers"/>, of the first <paramref name="count"/> offers that the filter takes and that come behind
    /// the offer at <paramref name="after"/> (-1 for none). The key may be turned round; the place, which breaks its ties, never is.
    /// </summary>
    /// <param name="offers">In the order of <see cref="OfferOrder.ByPriceThenName"/>.</param>
    public static List<int> First(IReadOnlyList<Offer> offers, OfferFilter filter, OfferSort sort, bool descending, int after, int count)
    {
        var first = new List<int>(count);
        if (sort == OfferSort.Price && !descending)
        {
            for (var place = after + 1; place < offers.Count && first.Count < count; place++)
            {
                if (filter.Takes(offers[place]))
                {
                    first.Add(place);
                }
            }

            return first;
        }

        var order = Comparer<SortKey>.Create((a, b) =>
        {
            var byKey = a.Text is null ? a.Number.CompareTo(b.Number) : string.CompareOrdinal(a.Text, b.Text);
            return byKey == 0 ? a.Place.CompareTo(b.Place) : descending ? -byKey : byKey;
        });
        SortKey? start = after < 0 ? null : KeyOf(offers[after], sort, after);
        SortKey? last = null;
        var kept = new List<SortKey>(2 * count);
        for (var step = 0; step < offers.Count; step++)
        {
            // Most keys grow with the price: this way the first ones come early and the rest is passed over.
            var place = descending ? offers.Count - 1 - step : step;
            if (!filter.Takes(offers[place]))
            {
                continue;
            }

            var key = KeyOf(offers[place], sort, place);
            if ((start is { } from && order.Compare(key, from) <= 0) || (last is { } to && order.Compare(key, to) > 0))
            {
                continue;
            }

            kept.Add(key);
            if (kept.Count == 2 * count)
            {
                Trim();
                last = kept[^1];
            }
        }

        Trim();
        return [.. kept.Select(key => key.Place)];

        void Trim()
        {
            kept.Sort(order);
            kept.RemoveRange(Math.Min(count, kept.Count), Math.Max(kept.Count - count, 0));
        }
    }

    private static SortKey KeyOf(Offer offer, OfferSort sort, int place) => sort switch
    {
        OfferSort.InstanceType => new SortKey(0, offer.InstanceType, place),
        OfferSort.Region => new SortKey(0, offer.Region, place),
        _ => new SortKey(Number(offer, sort), null, place),
    };

    private static double Number(Offer offer, OfferSort sort) => sort switch
    {
        OfferSort.PricePerGpu => (double)offer.PricePerHour!.Value / (double)offer.Gpu.Count,
        OfferSort.PricePerGib => (double)offer.PricePerHour!.Value * 1024 / TotalMiB(offer.Gpu),
        OfferSort.GpuMemory => offer.Gpu.MemoryMiB,
        OfferSort.TotalGpuMemory => TotalMiB(offer.Gpu),
        OfferSort.GpuCount => (double)offer.Gpu.Count,
        OfferSort.Vcpus => (double)offer.Vcpus,
        OfferSort.Memory => (double)offer.MemoryGiB,
        OfferSort.AsOf => offer.AsOf.UtcTicks,
        _ => (double)offer.PricePerHour!.Value,
    };

    // The memory of a slice is that of the slice, so it is not multiplied by the fraction.
    private static double TotalMiB(OfferGpu gpu) => gpu.MemoryMiB * Math.Max(1, (double)gpu.Count);

    private readonly record struct SortKey(double Number, string? Text, int Place);
}
