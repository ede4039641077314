using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Tests.Up;

public sealed class UpReportTests
{
    private const string Home = "/home/someone";

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(140)]
    public void A_rehearsal_reads_like_this(int width) => Print(Sample.Rehearsed, width).ShouldBeGolden($"rehearsal-{width}");

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    public void A_ready_environment_reads_like_this(int width) => Print(Sample.Ready, width).ShouldBeGolden($"ready-{width}");

    [Fact]
    public void Hostile_text_is_shown_and_not_obeyed()
    {
        var text = Print(Sample.Hostile, 100);

        text.ShouldBeGolden("hostile-100");
        text.ShouldNotContain('\u001b');
        text.ShouldNotContain('\u202e');
        text.ShouldNotContain('\r');
    }

    [Theory]
    [InlineData(40)]
    [InlineData(57)]
    [InlineData(80)]
    [InlineData(119)]
    public void No_line_is_longer_than_the_width(int width)
    {
        foreach (var environment in new[] { Sample.Rehearsed, Sample.Ready, Sample.Hostile })
        {
            Print(environment, width).Split('\n').ShouldAllBe(line => line.Length <= width);
        }
    }

    [Fact]
    public void A_pipe_gets_every_entry_on_one_line() =>
        Print(Sample.Rehearsed, int.MaxValue).TrimEnd().Split('\n').Length.ShouldBe(Entries(Sample.Rehearsed).Count());

    [Fact]
    public void Of_many_costs_the_machine_and_the_dearest_are_named_and_the_rest_is_summed_up()
    {
        QuoteLine[] lines = [Line("machine", 0.1m), Line("a", 0.001m), Line("b", 0.02m), Line("c", 0.003m), Line("d", 0.2m), Line("traffic", 0)];
        var quote = Sample.Rehearsed.Quote! with { Lines = lines };
        UpReport.Sections(Sample.Rehearsed with { Quote = quote }, Sample.Clock, Home, inFull: false).Single(section => section.Name == "cost").Entries[0].Note
            .ShouldBe("machine 0.1000 + d 0.2000 + b 0.0200 + 2 more 0.0040");

        static QuoteLine Line(string item, decimal perHour) => new(item, perHour, "source", new DateOnly(2026, 1, 1));
    }

    [Fact]
    public void A_draft_has_nothing_to_tell() => UpReport.Sections(Sample.Draft, Sample.Clock, Home, inFull: true).ShouldBeEmpty();

    [Fact]
    public void Sections_come_in_the_order_of_the_job() => UpReport.Sections(Sample.Rehearsed, Sample.Clock, Home, inFull: true).Select(section => section.Name)
        .ShouldBe(["model", "dataset", "needs", "choice", "bundle", "plan", "cost"]);

    [Fact]
    public void A_snapshot_is_called_one()
    {
        var environment = Sample.Rehearsed with { Model = Sample.Bert with { Provenance = new("snapshot", new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero)) } };

        UpReport.Sections(environment, Sample.Clock, Home, inFull: true).First().Entries[0].Note.ShouldBe("huggingface, snapshot of 2026-07-20");
    }

    [Theory]
    [InlineData(PriceConfidence.Listed, "aws-price-list, 2026-07-20")]
    [InlineData(PriceConfidence.Estimate, "estimate of 2026-07-20")]
    [InlineData(PriceConfidence.Stale, "old price of 2026-07-20")]
    [InlineData(PriceConfidence.Unknown, "not told by aws-price-list")]
    public void A_price_names_its_source_and_date(PriceConfidence confidence, string expected) =>
        UpReport.PriceSource(Sample.T4Spot with { Confidence = confidence }).ShouldBe(expected);

    [Fact]
    public void Refusals_are_counted_the_most_frequent_first() =>
        UpReport.Fitting(Sample.Recommendation).ShouldBe("31 of 137 offers fit; 106 refused: 74 over budget, 20 memory, 12 dtype");

    private static IEnumerable<Entry> Entries(EnvironmentResponse environment) =>
        UpReport.Sections(environment, Sample.Clock, Home, inFull: false).SelectMany(section => section.Entries).Concat(UpReport.Ending(environment, Sample.Clock));

    private static string Print(EnvironmentResponse environment, int width)
    {
        using var output = new StringWriter();
        var screen = Screen.Plain(output, TextWriter.Null);
        foreach (var entry in Entries(environment))
        {
            screen.Lines(Layout.Fit(entry, width));
        }

        return output.ToString();
    }
}
