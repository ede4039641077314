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

/// <summary>Answer of <c>POST /api/v1/recommendations/compare</c>, whose body is a <see cref="RecommendationRequest"/>.</summary>
/// <param name="Best">The first of all offers under the goal.</param>
/// <param name="Clouds">Those that were asked for, or all.</param>
/// <param name="Snapshot">As <see cref="Recommendation.Snapshot"/>.</param>
/// <param name="Assumptions">What the figures rest on, in words.</param>
public sealed record CloudComparison(Goal Goal, RankedOffer Best, IReadOnlyList<ComparedCloud> Clouds, long Snapshot, IReadOnlyList<string> Assumptions);

/// <summary>What a cloud has to offer in each of the two ways to buy.</summary>
public sealed record ComparedCloud(Cloud Cloud, ComparedOffer OnDemand, ComparedOffer Spot);

/// <summary>The best offer of a cloud and capacity under the goal.</summary>
/// <param name="Offer">Null where none fits.</param>
/// <param name="PerHourPercent">How much more it costs per hour than <see cref="CloudComparison.Best"/>; negative where it costs less.</param>
/// <param name="ToFinishPercent">The same of the cost to finish; null where that of either is not known.</param>
/// <param name="WhyNone">Why none fits, in words, with the nearest one.</param>
/// <param name="Nearest">The offer that came nearest; null where one fits or there are none at all.</param>
public sealed record ComparedOffer(RankedOffer? Offer, decimal? PerHourPercent, decimal? ToFinishPercent, string? WhyNone, RejectedOffer? Nearest);

/// <summary>Body of <c>POST /api/v1/recommendations/what-if</c>: the same question under other budgets. Either <see cref="Hourly"/> or <see cref="Total"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WhatIfRequest
{
    public RecommendationRequest? Request { get; init; }

    /// <summary>1 to 50 limits per hour, USD, each in the place of <see cref="Constraints.MaxHourly"/>.</summary>
    public IReadOnlyList<decimal>? Hourly { get; init; }

    /// <summary>1 to 50 budgets, USD, each in the place of <see cref="Constraints.TotalBudget"/>.</summary>
    public IReadOnlyList<decimal>? Total { get; init; }
}

/// <summary>Answer of <c>POST /api/v1/recommendations/what-if</c>.</summary>
/// <param name="Budgets">One entry for each budget, in the order of the request.</param>
/// <param name="SmallestBudget">USD from which on anything fits.</param>
/// <param name="Changes">Where the choice changes as the budget grows, the first being the smallest budget; at most 200.</param>
/// <param name="Snapshot">As <see cref="Recommendation.Snapshot"/>.</param>
public sealed record WhatIf(Goal Goal, IReadOnlyList<WhatIfBudget> Budgets, decimal SmallestBudget, IReadOnlyList<BudgetChange> Changes, long Snapshot, IReadOnlyList<string> Assumptions);

/// <param name="Choice">Null where nothing fits.</param>
public sealed record WhatIfBudget(decimal Budget, BudgetChoice? Choice, Refusal? Refusal);

/// <summary>The best offer under the goal within a budget.</summary>
public sealed record BudgetChoice(Offer Offer, OfferFit Fit, OfferCost Cost);

/// <param name="From">USD, 4 decimals, rounded up: the least budget with this choice.</param>
public sealed record BudgetChange(decimal From, BudgetChoice Choice);

/// <summary>Body of <c>POST /api/v1/advice/right-size</c>: what was observed of a running instance.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RightSizeRequest
{
    public Cloud? Cloud { get; init; }

    public string? Region { get; init; }

    public string? InstanceType { get; init; }

    public Capacity? Capacity { get; init; }

    /// <summary>Hours that the figures are of, 1 to 8,760.</summary>
    public decimal? HoursObserved { get; init; }

    /// <summary>Percentage of the time in which the GPUs in use worked.</summary>
    public Percentiles? GpuUtilisationPercent { get; init; }

    /// <summary>The most MiB that were in use on any one GPU.</summary>
    public decimal? GpuMemoryUsedMiB { get; init; }

    /// <summary>GPUs that worked at all; those of the instance unless told.</summary>
    public decimal? GpusUsed { get; init; }

    /// <summary>vCPUs that were busy, 95th percentile.</summary>
    public decimal? VcpusUsed { get; init; }

    /// <summary>The most GiB of main memory that were in use.</summary>
    public decimal? MemoryUsedGiB { get; init; }
}

/// <summary>The median and the 95th percentile of what was measured.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Percentiles
{
    public decimal? P50 { get; init; }

    public decimal? P95 { get; init; }
}

public enum RightSizeVerdict
{
    Keep,
    Smaller,
    Larger,
}

/// <summary>Answer of <c>POST /api/v1/advice/right-size</c>.</summary>
/// <param name="Current">The instance as it is offered now.</param>
/// <param name="Needed">What a candidate must have: what was observed, with the margin.</param>
/// <param name="Reasons">Why, in words.</param>
/// <param name="Candidates">Other instance types of the cloud in the region, bought in the same way, cheapest first, at most ten; cheaper ones only unless the verdict is <see cref="RightSizeVerdict.Larger"/>.</param>
/// <param name="Snapshot">As <see cref="Recommendation.Snapshot"/>.</param>
public sealed record RightSize(
    RightSizeVerdict Verdict, Offer Current, RightSizeNeed Needed, IReadOnlyList<string> Reasons, IReadOnlyList<RightSizeCandidate> Candidates, IReadOnlyList<CostInput> Inputs, long Snapshot);

/// <param name="HalfTflops">10^12 dense half-precision FLOPS of the GPUs in use together; null where the peak of the current GPU is not known.</param>
/// <param name="MarginPercent">What is added to everything observed but the number of GPUs.</param>
public sealed record RightSizeNeed(decimal Gpus, decimal GpuMemoryMiB, double? HalfTflops, decimal Vcpus, decimal MemoryGiB, decimal MarginPercent);

/// <param name="SavingPerHour">USD; negative where it costs more.</param>
/// <param name="SavingPerMonth">USD in 730 hours.</param>
/// <param name="Changes">What is different, in words.</param>
public sealed record RightSizeCandidate(Offer Offer, decimal SavingPerHour, decimal SavingPerMonth, IReadOnlyList<string> Changes);
