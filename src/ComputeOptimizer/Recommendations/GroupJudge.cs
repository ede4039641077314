using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Judges the offers of one instance type and capacity: what they have in common once, the rest along the columns.</summary>
internal sealed class GroupJudge(Demand demand, List<RefusedOffer> refused)
{
    private const int Causes = (int)Cause.ToFinish + 1;

    // Where nothing but the price per hour tells offers of a group apart, those that fit come first in it.
    private readonly bool _placesMatter = demand.NamedRegions is not null;
    private readonly bool _classesMatter = demand.Deadline is not null || demand.MostToFinish is not null || demand.EgressGB > 0;

    /// <summary>The offers that fit, or null; those refused are added to the list by cause.</summary>
    public FittingGroup? Judge(OfferGroup group, OfferColumns columns)
    {
        var sample = group.Offers[0];
        if (ShapeChecks.Policy(sample, demand) is { } policy)
        {
            Refuse(group, columns, columns.All, policy);
            return null;
        }

        // Where the capacity is refused, that comes before an unknown price; where the size is, after it.
        var calm = sample.Offer.Capacity == Capacity.Spot ? demand.Calm : null;
        var quick = calm is null && !_placesMatter;
        var capacity = ShapeChecks.Capacity(sample.Offer, demand.Request.Constraints);
        if (capacity is not null)
        {
            if (quick)
            {
                RefuseCounted(group, columns, Cause.LocalZone, columns.InLocalZones);
                RefuseCounted(group, columns, Cause.Shape, columns.InRegions, capacity);
            }
            else
            {
                Scan(new Lot(group, columns, null, null, null), calm, capacity, null);
            }

            return null;
        }

        var (fit, size) = ShapeChecks.Size(sample.Offer, demand.Request.Requirements, demand.Request.MinDiskBytes, demand.Policy);
        var throughput = fit is null ? null : Throughput.Of(demand.Request.Requirements, sample.Offer.Gpu, fit, demand.Work, demand.Policy);
        var lot = new Lot(group, columns, fit, throughput, WorkHours(throughput));
        if (quick && size is not null)
        {
            RefuseCounted(group, columns, Cause.LocalZone, columns.InLocalZones);
            RefuseCounted(group, columns, Cause.Price, columns.Unpriced);
            RefuseCounted(group, columns, Cause.Shape, columns.Priced, size);
            return null;
        }

        return quick && !_classesMatter && Split(lot) is var (judged, fitting) && judged ? fitting : Scan(lot, calm, null, size);
    }

    /// <summary>
    /// Judges by the price per hour alone, which puts those that fit before those that do not; not judged where the interruptions of a
    /// class are too many to finish.
    /// </summary>
    private (bool Judged, FittingGroup? Fitting) Split(Lot lot)
    {
        var (group, columns) = (lot.Group, lot.Columns);
        var classes = new PriceClass[columns.FirstOfBands.Length];
        for (var i = 0; i < classes.Length; i++)
        {
            classes[i] = Class(lot, columns.Band[columns.FirstOfBands[i]], elsewhere: false);
            if (classes[i].Against(0) != Cause.None)
            {
                return (false, null);
            }
        }

        var affordable = CountUpTo(columns.PricedMicros, demand.MostHourly);
        var fits = Math.Min(affordable, CountUpTo(columns.PricedMicros, demand.MostUntilLimit));
        RefuseCounted(group, columns, Cause.LocalZone, columns.InLocalZones);
        RefuseCounted(group, columns, Cause.Price, columns.Unpriced);
        RefuseRange(lot, fits, affordable, Cause.UntilLimit, classes);
        RefuseRange(lot, affordable, columns.PricedIndexes.Length, Cause.MaxHourly, classes);
        if (fits == 0)
        {
            return (true, null);
        }

        var last = columns.PricedIndexes[fits - 1];
        var tally = fits == columns.PricedIndexes.Length ? columns.Priced! : OfferTally.Of(columns.PricedIndexes.AsSpan(0, fits), columns.Region);
        var fitting = lot.Fitting(tally, demand.Work, demand.Work.Replicas > 1 ? [.. columns.FirstInRegions.TakeWhile(index => index <= last)] : []);
        for (var i = 0; i < classes.Length; i++)
        {
            if (columns.FirstOfBands[i] <= last)
            {
                fitting.Add(classes[i], columns.FirstOfBands[i]);
            }
        }

        return (true, fitting);
    }

    /// <summary>Judges one offer after the other.</summary>
    private FittingGroup? Scan(Lot lot, bool[]? calm, Rejection? capacity, Rejection? size)
    {
        var columns = lot.Columns;
        var tallies = new OfferTally?[Causes];
        var classes = new PriceClass?[2 * demand.Index.Bands.Count];
        var cheapest = new List<int>();
        var seen = demand.Work.Replicas > 1 ? new bool[demand.Index.Regions.Length] : null;
        var (prices, regions, zones, bands, local) = (columns.PriceMicros, columns.Region, columns.Zone, columns.Band, columns.LocalZone);
        var (namedRegions, namedZones) = (demand.NamedRegions, demand.NamedZones);
        for (var i = 0; i < prices.Length; i++)
        {
            var cause = local[i] && !namedZones[zones[i]] ? Cause.LocalZone
                : calm is not null && !calm[bands[i]] ? Cause.Interruptions
                : namedRegions is not null && !namedRegions[regions[i]] && !(zones[i] >= 0 && namedZones[zones[i]]) ? Cause.Region
                : capacity is not null ? Cause.Shape
                : prices[i] < 0 ? Cause.Price
                : size is not null ? Cause.Shape
                : Cause.None;
            if (cause == Cause.None)
            {
                var of = classes[ClassOf(columns, i)] ??= Class(lot, bands[i], regions[i] != demand.DataRegion);
                cause = of.Against(prices[i]);
                if (cause == Cause.None)
                {
                    of.First = of.First < 0 ? i : of.First;
                    if (seen is not null && !seen[regions[i]])
                    {
                        seen[regions[i]] = true;
                        cheapest.Add(i);
                    }
                }
            }

            (tallies[(int)cause] ??= new OfferTally(i)).Add(regions[i]);
        }

        for (var cause = Cause.LocalZone; cause <= Cause.ToFinish; cause++)
        {
            if (tallies[(int)cause] is { } tally)
            {
                Refuse(lot.Group, columns, tally, cause == Cause.Shape ? (capacity ?? size)! : InWords(cause, lot.Group, columns, tally.First, classes[ClassOf(columns, tally.First)]));
            }
        }

        if (tallies[(int)Cause.None] is not { } fits)
        {
            return null;
        }

        var fitting = lot.Fitting(fits, demand.Work, cheapest);
        foreach (var of in classes)
        {
            if (of is { First: >= 0 })
            {
                fitting.Add(of, of.First);
            }
        }

        return fitting;
    }

    private int ClassOf(OfferColumns columns, int index) => (2 * columns.Band[index]) + (columns.Region[index] != demand.DataRegion ? 1 : 0);

    private PriceClass Class(Lot lot, int band, bool elsewhere)
    {
        var offer = lot.Group.Offers[0].Offer;
        return new PriceClass(CloudProfiles.Of(offer.Cloud), offer.Capacity == Capacity.Spot ? demand.InterruptionRates[band] : 0, elsewhere, lot.WorkHours, demand);
    }

    private double? WorkHours(Throughput? throughput)
    {
        var hours = demand.Work.Tokens / demand.Work.Replicas / throughput?.TokensPerSecond / 3600;
        return hours <= RunEstimate.MaxHours ? hours : null;
    }

    private Rejection InWords(Cause cause, OfferGroup group, OfferColumns columns, int index, PriceClass? of) =>
        CauseWords.Of(cause, group.Offers[index], columns.PriceMicros[index], of, demand);

    private void RefuseRange(Lot lot, int from, int to, Cause cause, PriceClass[] classes)
    {
        if (from < to)
        {
            var tally = OfferTally.Of(lot.Columns.PricedIndexes.AsSpan(from, to - from), lot.Columns.Region);
            Refuse(lot.Group, lot.Columns, tally, InWords(cause, lot.Group, lot.Columns, tally.First, classes[0]));
        }
    }

    private void RefuseCounted(OfferGroup group, OfferColumns columns, Cause cause, OfferTally? tally, Rejection? shape = null)
    {
        if (tally is not null)
        {
            Refuse(group, columns, tally, shape ?? InWords(cause, group, columns, tally.First, null));
        }
    }

    private void Refuse(OfferGroup group, OfferColumns columns, OfferTally tally, Rejection rejection) =>
        refused.Add(new RefusedOffer(group.Offers[tally.First].Offer, rejection, tally.Count, tally.Regions(demand.Index)) { Rank = columns.Rank[tally.First] });

    /// <summary>How many of ascending prices are at most <paramref name="most"/>.</summary>
    private static int CountUpTo(long[] ascending, long most)
    {
        var (from, to) = (0, ascending.Length);
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            (from, to) = ascending[middle] <= most ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    /// <summary>What is known of a group once its shape was judged.</summary>
    private sealed record Lot(OfferGroup Group, OfferColumns Columns, OfferFit? Fit, Throughput? Throughput, double? WorkHours)
    {
        public FittingGroup Fitting(OfferTally tally, Work work, IReadOnlyList<int> cheapestByRegion) =>
            new(Group, Columns, Fit!, Throughput, WorkHours, work, tally, cheapestByRegion);
    }
}
