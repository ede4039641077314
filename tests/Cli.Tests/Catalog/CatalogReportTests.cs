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
    public void A_recommendation_reads_like_this() => Print(CatalogReport.Ranked(Sample.Recommendation, 5, 100)).ShouldBeGolden("recommendation-100");

    [Fact]
    public void Nothing_found_is_said() => Print(CatalogReport.Datasets(new Page<Contracts.DatasetRegistry.DatasetSummary>([], null), 100)).ShouldBe("Nothing matches.\n");

    private static string Print(IReadOnlyList<IReadOnlyList<Span>> lines)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Screen.Plain(output, TextWriter.Null).Lines(lines);
        return output.ToString();
    }
}
