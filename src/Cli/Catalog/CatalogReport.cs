using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;

namespace Terradev.Cli.Catalog;

/// <summary>What `datasets` and `offers` print.</summary>
internal static class CatalogReport
{
    public static IReadOnlyList<IReadOnlyList<Span>> Datasets(Page<DatasetSummary> page, int width) => WithRest(page, Layout.Table(
        ["DATASET", "SOURCE", "ROWS", "DOWNLOAD", "TASK", "LICENSE", "FROM"],
        [.. page.Items.Select(dataset => (IReadOnlyList<string>)
        [
            Printable.Line(dataset.Id),
            Printable.Line(dataset.Source),
            dataset.Rows is { } rows ? Format.Count(rows) : "-",
            dataset.DownloadBytes is { } bytes ? Format.Size(bytes) : "-",
            Printable.Line(dataset.Task ?? "-"),
            Printable.Line(dataset.License ?? "-") + (dataset.Gated ? ", gated" : ""),
            Origin(dataset.Provenance),
        ])],
        width,
        2,
        3));

    public static IReadOnlyList<IReadOnlyList<Span>> Offers(Page<Offer> page, int width) => WithRest(page, Layout.Table(
        ["INSTANCE", "CLOUD", "REGION", "GPUS", "VCPUS", "MEMORY", "CAPACITY", "PER HOUR", "PRICE FROM"],
        [.. page.Items.Select(offer => (IReadOnlyList<string>)
        [
            Printable.Line(offer.InstanceType),
            Wire.Name(offer.Cloud),
            Printable.Line(offer.Zone ?? offer.Region),
            UpReport.Gpus(offer.Gpu),
            $"{offer.Vcpus:0.#}",
            $"{offer.MemoryGiB:#,0.#} GiB",
            Wire.Name(offer.Capacity),
            Format.PerHour(offer.PricePerHour),
            UpReport.PriceSource(offer),
        ])],
        width,
        4,
        5,
        7));

    public static IReadOnlyList<IReadOnlyList<Span>> WithRest<T>(Page<T> page, IReadOnlyList<IReadOnlyList<Span>> table) => page switch
    {
        { Items: [] } => [[new Span("Nothing matches.")]],
        { NextCursor: not null } => [.. table, [new Span("There are more: raise --limit or search for less.", Tone.Faint)]],
        _ => table,
    };

    private static string Origin(Provenance provenance) =>
        $"{Printable.Line(provenance.Source)}, {Format.Day(provenance.AsOf)}";
}
