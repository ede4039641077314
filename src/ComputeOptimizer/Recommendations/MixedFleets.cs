using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Puts a fleet of replicas together from on-demand instances that stay and spot instances that are cheap.</summary>
internal static class MixedFleets
{
    /// <summary>
    /// The cheapest mix of one instance type in one region; where no type fits in both kinds, the cheapest of each. Each kind must fit by
    /// itself. Null for training, for a single replica, without both kinds, and where spot saves nothing.
    /// </summary>
    public static MixedFleet? Of(IReadOnlyList<FittingGroup> fitting, Demand demand)
    {
        var replicas = demand.Work.Replicas;
        var steady = (int)Math.Max(1, decimal.Ceiling(replicas * demand.Policy.OnDemandShare));
        var spot = replicas - steady;
        if (spot < 1 || demand.Request.Requirements.Mode != WorkloadMode.Inference)
        {
            return null;
        }

        var byKind = fitting.ToLookup(group => group.Group.Offers[0].Offer.Capacity);
        var spotByType = byKind[Capacity.Spot].ToLookup(Type);
        var spotIn = new Dictionary<int, int>();
        (GpuOffer OnDemand, GpuOffer Spot, (long Cost, int Rank, int SpotRank) Order)? best = null;
        foreach (var onDemand in byKind[Capacity.OnDemand])
        {
            foreach (var other in spotByType[Type(onDemand)])
            {
                spotIn.Clear();
                foreach (var index in other.CheapestByRegion)
                {
                    spotIn.Add(other.Columns.Region[index], index);
                }

                foreach (var index in onDemand.CheapestByRegion)
                {
                    if (spotIn.TryGetValue(onDemand.Columns.Region[index], out var partner))
                    {
                        var cost = (onDemand.Columns.PriceMicros[index] * steady) + (other.Columns.PriceMicros[partner] * spot);
                        var order = (cost, onDemand.Columns.Rank[index], other.Columns.Rank[partner]);
                        if (best is null || order.CompareTo(best.Value.Order) < 0)
                        {
                            best = (onDemand.Group.Offers[index], other.Group.Offers[partner], order);
                        }
                    }
                }
            }
        }

        if (best is { } pair)
        {
            return Fleet(pair.OnDemand, steady, pair.Spot, spot, demand);
        }

        return Cheapest(byKind[Capacity.OnDemand]) is { } one && Cheapest(byKind[Capacity.Spot]) is { } two ? Fleet(one.Offer, steady, two.Offer, spot, demand) : null;
    }

    private static MixedFleet? Fleet(GpuOffer onDemand, int steady, GpuOffer spot, int spots, Demand demand)
    {
        var (whole, cheap) = (onDemand.Offer.PricePerHour!.Value, spot.Offer.PricePerHour!.Value);
        if (cheap >= whole)
        {
            return null;
        }

        var replicas = steady + spots;
        var perHour = (whole * steady) + (cheap * spots);
        var rate = demand.Request.Job?.InterruptionsPerHour ?? InterruptionBand.PerHour(InterruptionBand.Parse(spot.InterruptionBand), demand.Policy);
        var saving = Math.Round(100m * ((whole * replicas) - perHour) / (whole * replicas), 1, MidpointRounding.AwayFromZero);
        return new MixedFleet(
            onDemand.Offer, steady, spot.Offer, spots, perHour, saving, rate * Candidate.HoursPerMonth * spots,
            [
                $"{steady} of {replicas} replicas are on-demand ({Words.Percent(demand.Policy.OnDemandShare)} by policy, at least one), so that the service stays when the provider takes spot instances back.",
                $"{spots} on spot save {Words.Number(saving)}%: {Words.PerHour(perHour)} instead of {Words.PerHour(whole * replicas)}.",
                onDemand.Offer.InstanceType == spot.Offer.InstanceType && onDemand.Offer.Region == spot.Offer.Region
                    ? $"Both are {spot.Offer.InstanceType} in {spot.Offer.Region}, so that all replicas are alike."
                    : $"No instance type fits in both kinds in one region: {onDemand.Offer.InstanceType} in {onDemand.Offer.Region} and {spot.Offer.InstanceType} in {spot.Offer.Region} are the cheapest of each.",
            ]);
    }

    private static (Cloud, string) Type(FittingGroup group) => (group.Group.Offers[0].Offer.Cloud, group.Group.Offers[0].Offer.InstanceType);

    private static Candidate? Cheapest(IEnumerable<FittingGroup> groups) => groups.SelectMany(group => group.Candidates).Min(RankingOrder.For(Goal.CheapestHour));
}
