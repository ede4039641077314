using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Advice;

internal static class AdviceApi
{
    public static void MapAdviceApi(this IEndpointRouteBuilder app)
    {
        var advice = app.MapGroup("/api/v1/advice").WithTags("advice").WaitForStore<ComputeOptimizerDb>();
        advice.MapPost("/forecast", PostForecast)
            .WithName("ForecastCost")
            .WithSummary("What a machine will have cost at a date, between which amounts, and when a budget is used up")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<CostForecast>, ProblemHttpResult>> PostForecast(ForecastRequest request, ForecastDesk desk, CancellationToken cancellationToken)
    {
        var answer = await desk.AnswerAsync(request, cancellationToken);
        return answer.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(answer.Forecast);
    }
}
