using System.Text.Json.Serialization;

namespace Terradev.Contracts.ComputeOptimizer;

/// <summary>Body of <c>POST /api/v1/advice/forecast</c>: what a machine costs until a date. Either the offer it was bought at, or its price.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ForecastRequest
{
    public Cloud? Cloud { get; init; }

    public string? Region { get; init; }

    /// <summary>Where it is not told, or has no price of its own, the region's cheapest offer counts.</summary>
    public string? Zone { get; init; }

    public string? InstanceType { get; init; }

    public Capacity? Capacity { get; init; }

    /// <summary>USD per hour, in place of the offer.</summary>
    public decimal? PricePerHour { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The date that is asked about, up to ten years after the start.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When the machine is ended at the latest; hours behind it cost nothing.</summary>
    public DateTimeOffset? StopsAt { get; init; }

    /// <summary>USD for the whole time.</summary>
    public decimal? Budget { get; init; }

    /// <summary>USD until now, as it was billed; without it the hours since the start are taken at the same price.</summary>
    public decimal? SpentSoFar { get; init; }

    /// <summary>USD per hour beside the instance: disks, addresses.</summary>
    public decimal? ExtraPerHour { get; init; }
}

/// <summary>Answer of <c>POST /api/v1/advice/forecast</c>.</summary>
/// <param name="Cost">USD from the start to <paramref name="EndsAt"/>, what is spent already included.</param>
/// <param name="PerHour">USD per hour of the instance and what is beside it.</param>
/// <param name="EndsAt">The date that was asked about, or the end of the machine where that is earlier.</param>
/// <param name="Hours">From the start to <paramref name="EndsAt"/>.</param>
/// <param name="HoursPriced">Those of them that are taken at <paramref name="PerHour"/>: all, or those from now on where it was told what is spent.</param>
/// <param name="Budget">Null where none was told.</param>
/// <param name="Inputs">The figures it rests on.</param>
public sealed record CostForecast(
    CostRange Cost, CostRange PerHour, DateTimeOffset EndsAt, decimal Hours, decimal HoursPriced, BudgetForecast? Budget, IReadOnlyList<CostInput> Inputs)
{
    /// <summary>The offer whose price was taken; null where a price was told.</summary>
    public Offer? Offer { get; init; }

    /// <summary>As <see cref="Recommendation.Snapshot"/>; null where a price was told.</summary>
    public long? Snapshot { get; init; }
}

/// <summary>USD, 4 decimals. The three are the same where the price is fixed.</summary>
/// <param name="Expected">At the current price.</param>
/// <param name="Low">At the lowest price that is known of the same instance type in the region.</param>
/// <param name="High">At the highest, on-demand included.</param>
public sealed record CostRange(decimal Expected, decimal Low, decimal High);

/// <summary>When a budget is used up. A time is null where the machine ends before, or it takes more than ten years from the start.</summary>
/// <param name="Left">USD at the end, expected; negative where the budget does not last.</param>
/// <param name="ReachedAt">At the expected price; the moment of asking where it is used up already.</param>
/// <param name="EarliestAt">At the high price.</param>
/// <param name="LatestAt">At the low price.</param>
public sealed record BudgetForecast(decimal Left, DateTimeOffset? ReachedAt, DateTimeOffset? EarliestAt, DateTimeOffset? LatestAt);

/// <summary>Message: what will this machine have cost? Answered by <see cref="CostForecasted"/>.</summary>
public sealed record ForecastCost(ForecastRequest Request);

/// <summary>Answer to <see cref="ForecastCost"/>.</summary>
public sealed record CostForecasted(CostForecast? Forecast, Refusal? Refusal);
