using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>What the commands below <c>terradev offers</c> print: imports, sources and the history of prices.</summary>
internal static class PriceReport
{
    private const int ShownQuarantine = 5;

    public static IReadOnlyList<IReadOnlyList<Span>> Import(PriceImportReport report, int width)
    {
        var entries = new List<Entry>
        {
            new("import", $"{report.Snapshot} of {Printable.Line(report.Source)}", $"prices of {Format.Day(report.AsOf)}" + (report.Format is { } format ? $", {Wire.Name(format)}" : "")),
            new("rows", $"{Format.Count(report.Rows)} read, {Format.Count(report.Taken)} taken, {Format.Count(report.WithoutGpu)} without a GPU", Tone: Tone.Plain),
            new("offers", Counted(report.Offers), $"{Format.Count(report.Added)} added, {Format.Count(report.Changed)} changed, {Format.Count(report.Gone)} gone", Tone: Tone.Plain),
        };
        if (report.QuarantinedByRule.Values.Sum() is > 0 and var kept)
        {
            entries.Add(new("kept out", $"{Format.Count(kept)}: {Counted(report.QuarantinedByRule)}", Tone: Tone.Warning));
            entries.AddRange(report.Quarantined.Take(ShownQuarantine).Select(price => new Entry(
                "", (price.Line is { } line ? $"line {line}: " : "") + $"{Printable.Line(price.InstanceType ?? "?")}, {Printable.Line(price.Rule)}", Printable.Line(price.Detail), Tone: Tone.Faint)));
        }

        return [.. entries.SelectMany(entry => Layout.Fit(entry, width))];
    }

    public static IReadOnlyList<IReadOnlyList<Span>> Sources(IReadOnlyList<PriceSource> sources, int width)
    {
        var lines = new List<IReadOnlyList<Span>>(Layout.Table(
            ["SOURCE", "ASKED", "OFFERS", "AS OF", "LAST SUCCESS", "NEXT"],
            [.. sources.Select(source => (IReadOnlyList<string>)
            [
                Printable.Line(source.Name),
                source.Every is { } every ? source.Configured ? $"every {Format.Hours((decimal)every.TotalHours)}" : "no" : "by hand",
                Format.Count(source.Offers),
                Day(source.AsOf),
                Time(source.LastSuccessAt),
                Time(source.NextAttemptAt),
            ])],
            width,
            2));
        foreach (var source in sources)
        {
            if (source.LastError is { } error)
            {
                lines.AddRange(Layout.Fit(new Entry("failed", $"{Printable.Line(source.Name)}: {Printable.Line(error.Detail)}", Tone: Tone.Warning), width));
            }

            if (source.Note is { } note)
            {
                lines.AddRange(Layout.Fit(new Entry("note", $"{Printable.Line(source.Name)}: {Printable.Line(note)}", Tone: Tone.Faint), width));
            }
        }

        return lines;
    }

    public static IReadOnlyList<IReadOnlyList<Span>> Imports(Page<PriceImportReport> page, int width) => CatalogReport.WithRest(page, Layout.Table(
        ["IMPORT", "SOURCE", "ROWS", "OFFERS", "ADDED", "CHANGED", "GONE", "KEPT OUT", "AS OF"],
        [.. page.Items.Select(report => (IReadOnlyList<string>)
        [
            $"{report.Snapshot}",
            Printable.Line(report.Source),
            Format.Count(report.Rows),
            Format.Count(report.Offers.Values.Sum()),
            Format.Count(report.Added),
            Format.Count(report.Changed),
            Format.Count(report.Gone),
            Format.Count(report.QuarantinedByRule.Values.Sum()),
            Format.Day(report.AsOf),
        ])],
        width,
        2,
        3,
        4,
        5,
        6,
        7,
        8));

    public static IReadOnlyList<IReadOnlyList<Span>> History(Page<PricePoint> page, int width) => CatalogReport.WithRest(page, Layout.Table(
        ["FROM", "REGION", "CAPACITY", "PER HOUR", "SOURCE", "IMPORT"],
        [.. page.Items.Select(point => (IReadOnlyList<string>)
        [
            Day(point.AsOf),
            Printable.Line(point.Zone ?? point.Region),
            Wire.Name(point.Capacity),
            point.Gone ? "gone" : Format.PerHour(point.PricePerHour),
            Printable.Line(point.Source),
            $"{point.Snapshot}",
        ])],
        width,
        3,
        5));

    private static string Counted(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{Format.Count(count.Value)} {Printable.Line(count.Key)}"));

    private static string Day(DateTimeOffset? time) => time is { } known ? Format.Day(known) : "-";

    private static string Time(DateTimeOffset? time) =>
        time is { } known ? known.UtcDateTime.ToString("MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture) : "-";
}
