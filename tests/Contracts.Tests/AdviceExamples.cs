using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Contracts.Tests;

/// <summary>Advice about cost and size, with what was asked.</summary>
internal static class AdviceExamples
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    public static ForecastRequest ForecastRequest { get; } = new()
    {
        Cloud = Cloud.Aws,
        Region = "us-east-1",
        Zone = "us-east-1a",
        InstanceType = "g4dn.xlarge",
        Capacity = Capacity.Spot,
        StartedAt = Start,
        Until = Start.AddDays(10),
        StopsAt = Start.AddDays(5),
        Budget = 50m,
        SpentSoFar = 4.5m,
        ExtraPerHour = 0.0110m,
    };

    public static CostForecast Forecast { get; } = new(
        new CostRange(23.7384m, 23.7384m, 56.0520m),
        new CostRange(0.2004m, 0.2004m, 0.5370m),
        Start.AddDays(5),
        120m,
        96m,
        new BudgetForecast(26.2616m, null, Start.AddHours(108.5), null),
        [new CostInput("price", 0.1894m, "USD/h", "spot prices, 2026-09-01, us-east-1a")])
    {
        Offer = Examples.Offer,
        Snapshot = 12,
    };

    public static CloudComparison Comparison { get; } = new(
        Goal.CheapestHour,
        Examples.Recommendation.Ranked[0],
        [
            new ComparedCloud(
                Cloud.Aws,
                new ComparedOffer(
                    null,
                    null,
                    null,
                    "None of 1 on-demand offers fits. Nearest is g4dn.xlarge in us-east-1 (budget): 0.5260 USD/h is above the limit of 0.5000 USD/h.",
                    new RejectedOffer(Examples.Offer with { Capacity = Capacity.OnDemand }, RejectionCodes.Budget, "0.5260 USD/h is above the limit of 0.5000 USD/h.")),
                new ComparedOffer(Examples.Recommendation.Ranked[0], 0m, 0m, null, null)),
        ],
        12,
        ["The hours are not estimated."]);

    public static WhatIfRequest WhatIfRequest { get; } = new()
    {
        Request = new RecommendationRequest { Model = "huggingface:google-bert/bert-base-uncased", Goal = Goal.CheapestHour },
        Hourly = [0.1m, 1m],
    };

    public static WhatIf WhatIf { get; } = new(
        Goal.CheapestHour,
        [
            new WhatIfBudget(0.1m, null, new Refusal(RefusalCodes.NoOfferFits, "Nothing fits within 0.1 USD.", "Raise the budget to 0.1894 USD, or loosen the other constraints.")),
            new WhatIfBudget(1m, Choice, null),
        ],
        0.1894m,
        [new BudgetChange(0.1894m, Choice)],
        12,
        ["The hours are not estimated."]);

    public static RightSizeRequest RightSizeRequest { get; } = new()
    {
        Cloud = Cloud.Aws,
        Region = "us-east-1",
        InstanceType = "g5.4xlarge",
        Capacity = Capacity.OnDemand,
        HoursObserved = 24m,
        GpuUtilisationPercent = new Percentiles { P50 = 30m, P95 = 50m },
        GpuMemoryUsedMiB = 10_000m,
        GpusUsed = 1m,
        VcpusUsed = 2m,
        MemoryUsedGiB = 10m,
    };

    public static RightSize RightSize { get; } = new(
        RightSizeVerdict.Smaller,
        Examples.Offer with { InstanceType = "g4dn.2xlarge", PricePerHour = 0.7520m },
        new RightSizeNeed(1m, 12_000m, 42, 2.4m, 12m, 20m),
        ["What was observed in 24 h fits g4dn.xlarge with a margin of 20%, which costs 0.5626 USD/h less."],
        [new RightSizeCandidate(Examples.Offer, 0.5626m, 410.6980m, ["4 vCPUs instead of 8."])],
        [new CostInput("margin", 20m, "% on top of what was observed", "policy")],
        12);

    private static BudgetChoice Choice => new(Examples.Offer, Examples.Recommendation.Ranked[0].Fit, Examples.Recommendation.Ranked[0].Cost with { Breakdown = null });
}
