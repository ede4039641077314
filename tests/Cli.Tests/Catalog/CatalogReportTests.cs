using Terradev.Cli.Catalog;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Tests.Catalog;

public sealed class CatalogReportTests
{
    [Fact]
    public void Datasets_read_like_this() => Print(CatalogReport.Datasets(new([Sample.Imdb], null), 100)).ShouldBeGolden("datasets-100");

    [Fact]
    public void Offers_read_like_this() => Print(CatalogReport.Offers(new([Sample.T4Spot, Sample.FourA100 with { PricePerHour = null, Confidence = PriceConfidence.Unknown }], null), 120)).ShouldBeGolden("offers-120");

    [Fact]
    public void A_recommendation_reads_like_this() => Print(RecommendationReport.Of(Sample.Recommendation, 5, explain: false, 100)).ShouldBeGolden("recommendation-100");

    [Fact]
    public void A_recommendation_is_explained_like_this() =>
        Print(RecommendationReport.Of(CatalogSample.Recommendation, 5, explain: true, 80)).ShouldBeGolden("recommendation-explained-80");

    [Fact]
    public void Gpus_read_like_this() => Print(GpuReport.List(new([CatalogSample.T4], null), 80)).ShouldBeGolden("gpus-80");

    [Fact]
    public void A_gpu_reads_like_this() => Print(GpuReport.Availability(CatalogSample.T4, 80)).ShouldBeGolden("gpu-80");

    [Fact]
    public void A_gpu_without_offers_reads_like_this() => Print(GpuReport.Availability(CatalogSample.T4 with { Instances = [] }, 80)).ShouldEndWith("No offer with it matches.\n");

    [Fact]
    public void An_import_reads_like_this() => Print(PriceReport.Import(CatalogSample.Import, 80)).ShouldBeGolden("import-80");

    [Fact]
    public void Sources_read_like_this() => Print(PriceReport.Sources(CatalogSample.Sources, 80)).ShouldBeGolden("sources-80");

    [Fact]
    public void Imports_read_like_this() => Print(PriceReport.Imports(new([CatalogSample.Import], null), 80)).ShouldBeGolden("imports-80");

    [Fact]
    public void A_history_reads_like_this() => Print(PriceReport.History(new(CatalogSample.History, "7"), 80)).ShouldBeGolden("history-80");

    [Fact]
    public void Text_from_outside_does_not_reach_the_terminal_as_it_is()
    {
        const string evil = "\u001b[31m\u202ered\nx";
        var import = CatalogSample.Import with { Source = evil, Quarantined = [new(1, evil, evil, null, evil, evil)], QuarantinedByRule = new Dictionary<string, int> { [evil] = 1 } };
        var offer = Sample.T4Spot with { InstanceType = evil, Region = evil, Source = evil };
        var ranked = CatalogSample.Recommendation with
        {
            Rejected = [new(offer, evil, evil)],
            Almost = new AlmostFits(offer, evil, evil, [new FitChange(evil, evil, null, evil)]),
            Mixed = CatalogSample.Recommendation.Mixed! with { Spot = offer, Reasons = [evil] },
            Assumptions = [evil],
        };
        var gpu = CatalogSample.T4 with { Gpu = CatalogSample.T4.Gpu with { Model = evil, Vendor = evil, ComputeCapability = evil } };
        var source = CatalogSample.Sources[0] with { Name = evil, Note = evil, LastError = new Refusal(evil, evil, evil) };

        var printed = Print(
        [
            .. PriceReport.Import(import, 80), .. PriceReport.Imports(new([import], null), 80), .. PriceReport.Sources([source], 80), .. GpuReport.Availability(gpu, 80),
            .. GpuReport.List(new([gpu], null), 80), .. PriceReport.History(new([CatalogSample.History[0] with { Source = evil, Region = evil, Zone = null }], null), 80),
            .. RecommendationReport.Of(ranked, 5, explain: true, 80),
        ]);

        printed.ShouldNotContain("\u001b");
        printed.ShouldNotContain("\u202e");
        printed.Split('\n').ShouldNotContain("x");
    }

    [Fact]
    public void Nothing_found_is_said() => Print(CatalogReport.Datasets(new Page<Contracts.DatasetRegistry.DatasetSummary>([], null), 100)).ShouldBe("Nothing matches.\n");

    private static string Print(IReadOnlyList<IReadOnlyList<Span>> lines)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Screen.Plain(output, TextWriter.Null).Lines(lines);
        return output.ToString();
    }
}
