using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Recommendations;

internal static class RecommendationsApi
{
    public static void MapRecommendationsApi(this IEndpointRouteBuilder app)
    {
        var recommendations = app.MapGroup("/api/v1/recommendations").WithTags("recommendations");
        recommendations.MapPost("/", PostRecommendation)
            .WithName("Recommend")
            .WithSummary("The offers that fit a model, best first, and of every other one why not")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<Recommendation>, ProblemHttpResult>> PostRecommendation(
        RecommendationRequest request, RecommendForModel recommend, CancellationToken cancellationToken)
    {
        var answer = await recommend.AnswerAsync(request, cancellationToken);
        return answer.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(answer.Recommendation);
    }
}
