using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Contracts.Tests;

/// <summary>An import of prices and its report.</summary>
internal static class ImportExamples
{
    private static readonly DateTimeOffset AsOf = new(2026, 8, 10, 0, 0, 0, TimeSpan.Zero);

    public static PriceImportRequest Request { get; } = new()
    {
        Url = "https://example.org/catalogs/v9/aws/vms.csv",
        Format = PriceFormat.Skypilot,
        Cloud = Cloud.Aws,
        Source = "skypilot-aws",
        AsOf = AsOf,
    };

    public static PriceImportReport Report { get; } = new(
        12, "skypilot-aws", PriceFormat.Skypilot, AsOf, AsOf.AddHours(2), 7, 4, 3, new Dictionary<string, int> { ["spot"] = 3, ["on-demand"] = 3 }, 6, 0, 0,
        new Dictionary<string, int> { [QuarantineRules.SpotNotBelowOnDemand] = 1 },
        [new QuarantinedPrice(6, "p4d.24xlarge", "ap-south-1", Capacity.Spot, QuarantineRules.SpotNotBelowOnDemand, "The spot price 26.3444 is not below the on-demand price 26.3444.")]);

    public static PricePoint Point { get; } = new(12, "skypilot-aws", "us-east-1", "use1-az6", Capacity.Spot, 8.4114m, AsOf, AsOf.AddHours(2), false);
}
