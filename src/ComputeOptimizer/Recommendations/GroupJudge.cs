using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Judges the offers of one instance type and capacity: what they have in common once, the rest along the columns.</summary>
internal sealed class GroupJudge(Demand demand, List<RefusedOffer> refused)
{
    private static readonly int Causes = Enum.GetValues<Cause>().Length;

    /// <summary>The offers that fit, or null; those refused are added to the list by cause.</summary>
    public FittingGroup? Judge(OfferGroup group, OfferColumns columns)
    {
        var sample = group.Offers[0];
        if (ShapeChecks.Policy(sample, demand) is { } policy)
        {
            RefuseAll(group, columns, policy);
            return null;
        }

        // Where the capacity is refused, that comes before an unknown price; where the size is, after it.
        var capacity = ShapeChecks.Capacity(sample.Offer, demand.Request.Constraints);
        var (fit, size) = capacity is null ? ShapeChecks.Size(sample.Offer, demand.Request.Requirements, demand.Request.MinDiskBytes, demand.Policy) : (null, null);
        var throughput = fit is null ? null : Throughput.Of(demand.Request.Requirements, sample.Offer.Gpu, fit, demand.Work, demand.Policy);
        var classes = fit is null ? null : new PriceClass?[2 * demand.Index.Bands.Count];
        var tallies = new Tally?[Causes];
        var calm = sample.Offer.Capacity == Capacity.Spot ? demand.Calm : null;
        var prices = columns.PriceMicros;
        var cheapestByRegion = new Dictionary<int, int>();
        var byRegion = demand.Work.Replicas > 1;
        for (var i = 0; i < prices.Length; i++)
        {
            var cause = columns.LocalZone[i] && !demand.NamedZones[columns.Zone[i]] ? Cause.LocalZone
                : calm is not null && !calm[columns.Band[i]] ? Cause.Interruptions
                : demand.NamedRegions is { } named && !named[columns.Region[i]] && !(columns.Zone[i] is >= 0 and var zone && demand.NamedZones[zone]) ? Cause.Region
                : capacity is not null ? Cause.Shape
                : prices[i] < 0 ? Cause.Price
                : classes is null ? Cause.Shape
                : Cause.None;
            if (cause == Cause.None)
            {
                var elsewhere = columns.Region[i] != demand.DataRegion;
                var of = classes![(2 * columns.Band[i]) + (elsewhere ? 1 : 0)] ??=
                    new PriceClass(sample, demand.InterruptionRates[columns.Band[i]], elsewhere, throughput, demand);
                cause = of.Against(prices[i]);
                if (cause == Cause.None)
                {
                    of.First = of.First < 0 ? i : of.First;
                    if (byRegion)
                    {
                        cheapestByRegion.TryAdd(columns.Region[i], i);
                    }
                }
            }

            (tallies[(int)cause] ??= new Tally(i)).Add(columns.Region[i]);
        }

        for (var cause = Cause.LocalZone; cause <= Cause.ToFinish; cause++)
        {
            if (tallies[(int)cause] is { } tally)
            {
                Refuse(group, columns, tally, cause == Cause.Shape ? capacity ?? size : null, cause, classes);
            }
        }

        if (tallies[(int)Cause.None] is not { } fits)
        {
            return null;
        }

        var fitting = new FittingGroup(group, fit!, throughput, demand.Work, fits, cheapestByRegion);
        fitting.Candidates.AddRange(classes!.Where(of => of is { First: >= 0 }).Select(of => new Candidate(fitting, of!)));
        return fitting;
    }

    private void Refuse(OfferGroup group, OfferColumns columns, Tally tally, Rejection? shape, Cause cause, PriceClass?[]? classes)
    {
        var first = group.Offers[tally.First];
        var of = classes?[(2 * columns.Band[tally.First]) + (columns.Region[tally.First] != demand.DataRegion ? 1 : 0)];
        refused.Add(new RefusedOffer(first.Offer, shape ?? CauseWords.Of(cause, first, of, demand), tally.Count, tally.Regions(demand.Index)));
    }

    private void RefuseAll(OfferGroup group, OfferColumns columns, Rejection rejection)
    {
        var tally = new Tally(0);
        foreach (var region in columns.Region)
        {
            tally.Add(region);
        }

        refused.Add(new RefusedOffer(group.Offers[0].Offer, rejection, tally.Count, tally.Regions(demand.Index)));
    }
}
