using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Judges the offers of one instance type and capacity: what they have in common once, the rest along the columns.</summary>
internal sealed class GroupJudge(Demand demand, List<RefusedOffer> refused)
{
    private const int Causes = (int)Cause.ToFinish + 1;

    // By region, the group that last found an offer there that fits.
    private readonly OfferGroup?[] _seenBy = demand.Work.Replicas > 1 ? new OfferGroup?[demand.Index.Regions.Length] : [];

    // Whether the places of offers matter beyond what the columns have counted already.
    private readonly bool _placesMatter = demand.NamedRegions is not null;

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
        var capacity = ShapeChecks.Capacity(sample.Offer, demand.Request.Constraints);
        var (fit, size) = capacity is null ? ShapeChecks.Size(sample.Offer, demand.Request.Requirements, demand.Request.MinDiskBytes, demand.Policy) : (null, null);
        var calm = sample.Offer.Capacity == Capacity.Spot ? demand.Calm : null;
        if (size is not null && calm is null && !_placesMatter)
        {
            RefuseCounted(group, columns, size);
            return null;
        }

        var throughput = fit is null ? null : Throughput.Of(demand.Request.Requirements, sample.Offer.Gpu, fit, demand.Work, demand.Policy);
        var hours = WorkHours(throughput);
        var profile = CloudProfiles.Of(sample.Offer.Cloud);
        var spot = sample.Offer.Capacity == Capacity.Spot;
        var classes = fit is null ? null : new PriceClass?[2 * demand.Index.Bands.Count];
        var tallies = new OfferTally?[Causes];
        var cheapest = new List<int>();
        var (prices, regions, zones, bands, local) = (columns.PriceMicros, columns.Region, columns.Zone, columns.Band, columns.LocalZone);
        var (namedRegions, namedZones, dataRegion) = (demand.NamedRegions, demand.NamedZones, demand.DataRegion);
        for (var i = 0; i < prices.Length; i++)
        {
            var cause = local[i] && !namedZones[zones[i]] ? Cause.LocalZone
                : calm is not null && !calm[bands[i]] ? Cause.Interruptions
                : namedRegions is not null && !namedRegions[regions[i]] && !(zones[i] >= 0 && namedZones[zones[i]]) ? Cause.Region
                : capacity is not null ? Cause.Shape
                : prices[i] < 0 ? Cause.Price
                : classes is null ? Cause.Shape
                : Cause.None;
            if (cause == Cause.None)
            {
                var elsewhere = regions[i] != dataRegion;
                var of = classes![(2 * bands[i]) + (elsewhere ? 1 : 0)] ??=
                    new PriceClass(profile, spot ? demand.InterruptionRates[bands[i]] : 0, elsewhere, hours, demand);
                cause = of.Against(prices[i]);
                if (cause == Cause.None)
                {
                    of.First = of.First < 0 ? i : of.First;
                    if (_seenBy.Length > 0 && !ReferenceEquals(_seenBy[regions[i]], group))
                    {
                        _seenBy[regions[i]] = group;
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
                Refuse(group, columns, tally, cause == Cause.Shape ? (capacity ?? size)! : InWords(cause, group, columns, tally, classes));
            }
        }

        if (tallies[(int)Cause.None] is not { } fits)
        {
            return null;
        }

        var fitting = new FittingGroup(group, columns, fit!, throughput, hours, demand.Work, fits, cheapest);
        foreach (var of in classes!)
        {
            if (of is { First: >= 0 and var first })
            {
                fitting.Candidates.Add(new Candidate(fitting, of, prices[first], columns.Rank[first]));
            }
        }

        return fitting;
    }

    private double? WorkHours(Throughput? throughput)
    {
        var hours = demand.Work.Tokens / demand.Work.Replicas / throughput?.TokensPerSecond / 3600;
        return hours <= RunEstimate.MaxHours ? hours : null;
    }

    private void RefuseCounted(OfferGroup group, OfferColumns columns, Rejection size)
    {
        if (columns.InLocalZones is { } local)
        {
            Refuse(group, columns, local, InWords(Cause.LocalZone, group, columns, local, null));
        }

        if (columns.Unpriced is { } unpriced)
        {
            Refuse(group, columns, unpriced, InWords(Cause.Price, group, columns, unpriced, null));
        }

        if (columns.Priced is { } priced)
        {
            Refuse(group, columns, priced, size);
        }
    }

    private Rejection InWords(Cause cause, OfferGroup group, OfferColumns columns, OfferTally tally, PriceClass?[]? classes)
    {
        var elsewhere = columns.Region[tally.First] != demand.DataRegion;
        return CauseWords.Of(cause, group.Offers[tally.First], columns.PriceMicros[tally.First], classes?[(2 * columns.Band[tally.First]) + (elsewhere ? 1 : 0)], demand);
    }

    private void Refuse(OfferGroup group, OfferColumns columns, OfferTally tally, Rejection rejection) =>
        refused.Add(new RefusedOffer(group.Offers[tally.First].Offer, rejection, tally.Count, tally.Regions(demand.Index)) { Rank = columns.Rank[tally.First] });
}
