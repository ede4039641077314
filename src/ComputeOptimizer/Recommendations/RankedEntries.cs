using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Writes out the ranked offers, which only those need that are shown.</summary>
/// <param name="best">The best offer of each group, best first.</param>
/// <param name="fitting">Offers that fit in all.</param>
internal sealed class RankedEntries(Demand demand, IReadOnlyList<Candidate> best, int fitting)
{
    public IReadOnlyList<RankedOffer> First(int limit)
    {
        var reasons = new Reasons(demand, best, fitting);
        return [.. best.Take(limit).Select(candidate => Entry(candidate, reasons))];
    }

    private RankedOffer Entry(Candidate candidate, Reasons reasons) =>
        new(candidate.Offer.Offer, candidate.Group.Fit, Cost(candidate), reasons.Of(candidate))
        {
            Throughput = candidate.Group.Throughput is { } speed
                ? new OfferThroughput(speed.TokensPerSecond, speed.Limit, Money.Usd((double)candidate.Price / (speed.TokensPerSecond * 3600) * 1e6))
                : null,
            Risk = Risk(candidate),
            Confidence = new OfferConfidence(candidate.Offer.Offer.Confidence, demand.Request.Requirements.Parameters.Confidence, TimeConfidence(candidate)),
            Offers = candidate.Group.Fitting.Count,
            Regions = candidate.Group.Fitting.Regions(demand.Index),
        };

    private OfferCost Cost(Candidate candidate) => new(
        candidate.PerHour,
        candidate.Finishes ? Money.Shown(candidate.ToFinish) : null,
        demand.Request.Constraints.MaxRuntimeHours is { } limit ? Money.Usd(candidate.PerHour * limit) : null,
        candidate.Class.Run is { } run ? Money.Usd(run.Total) : null)
    {
        Breakdown = candidate.Finishes
            ? new CostBreakdown(
                Money.Shown(candidate.Compute),
                Money.Shown(candidate.Interruptions),
                Money.Shown(candidate.Boot),
                Money.Shown(candidate.Disk),
                Money.Shown(candidate.Egress),
                Inputs.Of(candidate, demand))
            : null,
    };

    private OfferRisk Risk(Candidate candidate)
    {
        var training = demand.Request.Requirements.Mode != WorkloadMode.Inference;
        return new OfferRisk(
            candidate.Class.InterruptionsPerHour,
            candidate.Risk,
            training && candidate.Class.Run?.CheckpointEvery is { } hours ? Math.Round((decimal)(hours * 60), 2) : null,
            Inputs.InterruptionSource(candidate, demand));
    }

    private string TimeConfidence(Candidate candidate) => candidate.Group.Throughput is null ? OfferConfidence.UnknownTime
        : demand.Request.Job is { FlopsUtilisation: not null } or { BandwidthUtilisation: not null } ? OfferConfidence.ToldTime
        : OfferConfidence.AssumedTime;
}
