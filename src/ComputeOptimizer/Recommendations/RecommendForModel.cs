using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Has a request resolved, then recommends.</summary>
internal sealed class RecommendForModel(ResolveRequest resolve, RecommendationDesk desk)
{
    public async Task<Recommended> AnswerAsync(RecommendationRequest request, CancellationToken cancellationToken)
    {
        var resolved = await resolve.ResolveAsync(request, cancellationToken);
        if (resolved.Question is not { } question)
        {
            return new Recommended(null, resolved.Refusal);
        }

        var answer = await desk.AnswerAsync(question, cancellationToken);
        return answer.Recommendation is { } recommendation
            ? answer with { Recommendation = recommendation with { Assumptions = [.. resolved.Assumptions, .. recommendation.Assumptions] } }
            : answer;
    }
}
