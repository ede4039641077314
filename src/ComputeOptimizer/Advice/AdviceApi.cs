using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.ComputeOptimizer.Offers;
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
        advice.MapPost("/right-size", PostRightSize)
            .WithName("RightSize")
            .WithSummary("Whether a running instance should be kept, smaller or larger, from what was observed of it")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        var recommendations = app.MapGroup("/api/v1/recommendations").WithTags("recommendations");
        recommendations.MapPost("/compare", PostComparison)
            .WithName("CompareClouds")
            .WithSummary("The best on-demand and the best spot offer of each cloud, side by side")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        recommendations.MapPost("/what-if", PostWhatIf)
            .WithName("WhatIf")
            .WithSummary("What other budgets would buy, and the budgets at which the choice changes")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<CostForecast>, ProblemHttpResult>> PostForecast(ForecastRequest request, ForecastDesk desk, CancellationToken cancellationToken)
    {
        var answer = await desk.AnswerAsync(request, cancellationToken);
        return answer.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(answer.Forecast);
    }

    private static async Task<Results<Ok<RightSize>, ProblemHttpResult>> PostRightSize(RightSizeRequest request, OfferBook book, CancellationToken cancellationToken)
    {
        if (RightSizeRules.Check(request) is { } invalid)
        {
            return invalid.ToProblem();
        }

        var advised = RightSizing.Of(request, await book.CurrentAsync(cancellationToken));
        return advised.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(advised.Answer);
    }

    private static async Task<Results<Ok<CloudComparison>, ProblemHttpResult>> PostComparison(RecommendationRequest request, AdviceDesk desk, CancellationToken cancellationToken)
    {
        var advised = await desk.CompareAsync(request, cancellationToken);
        return advised.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(advised.Answer);
    }

    private static async Task<Results<Ok<WhatIf>, ProblemHttpResult>> PostWhatIf(WhatIfRequest request, AdviceDesk desk, CancellationToken cancellationToken)
    {
        var advised = await desk.WhatIfAsync(request, cancellationToken);
        return advised.Refusal is { } refusal ? refusal.ToProblem() : TypedResults.Ok(advised.Answer);
    }
}
