using System.Diagnostics;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Answers requests whose requirements are known from the current offers: checks the constraints, ranks, explains when nothing fits.</summary>
public sealed class RecommendationDesk(OfferBook book, OptimizerPolicy policy)
{
    public async Task<Recommended> AnswerAsync(Recommend request, CancellationToken cancellationToken)
    {
        var snapshot = await book.CurrentAsync(cancellationToken);
        using var activity = ComputeOptimizerTelemetry.Source.StartActivity("rank offers");
        var started = Stopwatch.GetTimestamp();
        var answer = Answer(request, snapshot, policy);
        var outcome = answer.Refusal?.Code ?? "ranked";
        activity?.SetTag("terradev.model", request.Requirements.Model);
        activity?.SetTag("terradev.price_snapshot", snapshot.Id);
        activity?.SetTag("terradev.offers", snapshot.Offers.Count);
        activity?.SetTag("terradev.outcome", outcome);
        ComputeOptimizerTelemetry.RankingDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        ComputeOptimizerTelemetry.Recommendations.Add(1, new KeyValuePair<string, object?>("terradev.outcome", outcome));
        return answer;
    }

    /// <summary>Either a recommendation with at least one ranked offer, or the refusal.</summary>
    public static Recommended Answer(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        if (Check(request, snapshot, policy) is { } refusal)
        {
            return new Recommended(null, refusal);
        }

        var ranking = Optimizer.Rank(request, snapshot, policy);
        return ranking.Recommendation.Ranked.Count > 0
            ? new Recommended(ranking.Recommendation, null)
            : new Recommended(null, NoFit.Explain(ranking, request));
    }

    /// <summary>The refusal with all that is at fault in the request, or of names that no offer has; null when offers can be ranked for it.</summary>
    public static Refusal? Check(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        ConstraintRules.Check(request.Constraints, errors);
        JobRules.Check(request.Job, request.Requirements.Mode, errors);
        JobRules.CheckLimit(request.Limit, errors);
        ConstraintRules.CheckWork(request.Constraints, Work.TokensOf(request, policy) is not null, errors);
        if (request is { Constraints.Data: { SizeGB: null }, DatasetBytes: null })
        {
            errors["constraints.data.sizeGB"] = ["It is needed: the size of the dataset is not known."];
        }

        return errors.Count > 0
            ? new Refusal(RefusalCodes.InvalidRequest, "The request cannot be answered as it was put.", "Correct the fields in 'errors'.", errors)
            : ConstraintRules.Unknown(request.Constraints, snapshot);
    }
}
