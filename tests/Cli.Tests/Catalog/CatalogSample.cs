using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests.Catalog;

/// <summary>Answers about offers, GPUs and prices; the figures are made up but agree with each other.</summary>
internal static class CatalogSample
{
    private static readonly DateTimeOffset Morning = new(2026, 11, 22, 10, 4, 0, TimeSpan.Zero);

    public static Offer T4OnDemand { get; } = Sample.T4Spot with { Capacity = Capacity.OnDemand, PricePerHour = 0.526m, Confidence = PriceConfidence.Listed };

    public static Recommendation Recommendation { get; } = Sample.Recommendation with
    {
        Ranked =
        [
            Sample.Recommendation.Ranked[0] with { Risk = new OfferRisk(0.0001, 0.0123, 30, "AWS Spot Advisor") },
            Sample.Recommendation.Ranked[1] with { Risk = new OfferRisk(0, 0, null, "on-demand") },
        ],
        Pareto = [new(Sample.T4Spot, 0.21m, 1.1, 0.0123)],
        Rejected =
        [
            new(T4OnDemand with { InstanceType = "g4dn.2xlarge" }, RejectionCodes.Memory, "13.74 GiB are needed on each GPU and 12.80 GiB can be used") { Offers = 12 },
            new(Sample.FourA100, RejectionCodes.Budget, "over 1.00 USD per hour"),
        ],
        Almost = new AlmostFits(
            T4OnDemand with { PricePerHour = 0.1m, InstanceType = "g4ad.xlarge" }, RejectionCodes.Memory, "8.20 GiB are needed and 7.20 GiB can be used",
            [new FitChange("batchSize", "8", 7_000_000_000, "Each GPU would hold 6.52 GiB.")]),
        Mixed = new MixedFleet(T4OnDemand, 2, Sample.T4Spot, 2, 1.4308m, 32m, 0.146, ["2 of 4 replicas keep answering when every spot instance is taken back"]),
    };

    public static GpuDetail T4 { get; } = new(
        new GpuSummary("T4", "nvidia", 16384, "7.5", 320, 65, [Precision.Fp16], 57, T4OnDemand, Sample.T4Spot, 0.526m, 0.1894m),
        [
            new GpuInstance(
                Cloud.Aws, "g4dn.xlarge", T4OnDemand.Gpu, 4, 16, 0.526m, 0.1894m, 0.526m, 0.1894m,
                [new("us-east-1", 0.526m, 0.1894m), new("us-west-2", 0.526m, 0.2m), new("eu-west-1", 0.587m, null), new("eu-west-3", 0.615m, null)]),
            new GpuInstance(Cloud.Aws, "g4dn.metal", T4OnDemand.Gpu with { Count = 8 }, 96, 384, 7.824m, null, 0.978m, null, [new("us-east-1", 7.824m, null)]),
        ]);

    public static PriceImportReport Import { get; } = new(
        12, "skypilot-aws", PriceFormat.Skypilot, Morning, Morning.AddHours(2), 1_007, 904, 102, new Dictionary<string, int> { ["spot"] = 403, ["on-demand"] = 503 }, 6, 12, 3,
        new Dictionary<string, int> { [QuarantineRules.SpotNotBelowOnDemand] = 1, [QuarantineRules.BadPrice] = 2 },
        [
            new(6, "p4d.24xlarge", "ap-south-1", Capacity.Spot, QuarantineRules.SpotNotBelowOnDemand, "The spot price 26.3444 is not below the on-demand price 26.3444."),
            new(9, null, null, null, QuarantineRules.BadPrice, "'free' is no price from 0.001 to 10000 USD per hour."),
        ]);

    public static IReadOnlyList<PriceSource> Sources { get; } =
    [
        new(
            "azure-retail", true, null, TimeSpan.FromHours(24), Morning, Morning.AddDays(-1),
            new Refusal(RefusalCodes.PriceSourceUnreachable, "prices.azure.com did not answer within 30 seconds.", "Wait."), Morning.AddHours(1), 11, Morning.AddDays(-1), 4_117, new Dictionary<string, int>()),
        new("gcp-billing", false, "Set Prices:Gcp:ApiKey.", TimeSpan.FromHours(24), null, null, null, null, null, null, 0, new Dictionary<string, int>()),
        new("skypilot-aws", false, "It is imported by hand: POST /api/v1/offers/import.", null, null, Morning, null, null, 12, Morning, 906, new Dictionary<string, int>()),
    ];

    public static IReadOnlyList<PricePoint> History { get; } =
    [
        new(12, "skypilot-aws", "us-east-1", "use1-az1", Capacity.Spot, null, Morning, Morning, true),
        new(11, "skypilot-aws", "us-east-1", "use1-az1", Capacity.Spot, 1.4777m, Morning.AddDays(-1), Morning.AddDays(-1), false),
        new(1, "built-in", "us-east-1", null, Capacity.OnDemand, 12.24m, Morning.AddDays(-90), Morning.AddDays(-2), false),
    ];
}
