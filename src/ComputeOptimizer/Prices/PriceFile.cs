using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What the sender of a file says of it.</summary>
/// <param name="Format">Found out from the header where it is not told.</param>
/// <param name="Cloud">The cloud of a file that does not name it.</param>
/// <param name="Source">Format and cloud unless told.</param>
internal sealed record PriceFileClaims(PriceFormat? Format, Cloud? Cloud, string? Source, DateTimeOffset AsOf);

/// <summary>A file that was read.</summary>
internal sealed record PriceFileContent(string Source, PriceFormat Format, PriceBatch Batch);

/// <summary>Reads a file of prices as it arrives, in whatever known format it is.</summary>
internal static class PriceFile
{
    /// <exception cref="PriceSourceException">It cannot be read, or its cloud is not clear.</exception>
    public static async Task<PriceFileContent> ReadAsync(Stream content, PriceFileClaims claims, CancellationToken cancellationToken)
    {
        var (start, whole) = await StartAsync(content, cancellationToken);
        if (start is null)
        {
            throw Unreadable("The file is empty.", "Send a price list.");
        }

        return start == '[' && claims.Format != PriceFormat.Skypilot
            ? await ReadJsonAsync(whole, claims, cancellationToken)
            : await ReadCsvAsync(whole, claims, cancellationToken);
    }

    private static async Task<PriceFileContent> ReadJsonAsync(Stream content, PriceFileClaims claims, CancellationToken cancellationToken)
    {
        GpuhuntReader? reader = null;
        await foreach (var (number, item) in GpuhuntJson.ReadAsync(content, cancellationToken))
        {
            reader ??= GpuhuntReader.For(item, claims);
            reader.Items.Read(number, item);
        }

        return reader?.Content(claims) ?? throw Unreadable("The array has no items.", "Send a price list with prices in it.");
    }

    private static async Task<PriceFileContent> ReadCsvAsync(Stream content, PriceFileClaims claims, CancellationToken cancellationToken)
    {
        using var csv = new CsvRows(content);
        if (!await csv.NextAsync(cancellationToken))
        {
            throw Unreadable("The file has no header.", "Send a price list with its header.");
        }

        var columns = new PriceColumns(csv.Fields);
        var format = FormatOf(columns, claims.Format);
        if (!await csv.NextAsync(cancellationToken))
        {
            throw Unreadable("The file has a header and no rows.", "Send a price list with prices in it.");
        }

        return format == PriceFormat.Skypilot
            ? await ReadSkypilotAsync(csv, columns, claims, cancellationToken)
            : await ReadGpuhuntAsync(csv, columns, claims, cancellationToken);
    }

    private static async Task<PriceFileContent> ReadSkypilotAsync(CsvRows csv, PriceColumns columns, PriceFileClaims claims, CancellationToken cancellationToken)
    {
        var found = SkypilotFormat.CloudOf(columns, csv.Fields);
        if (found is not null && claims.Cloud is not null && found != claims.Cloud)
        {
            throw Unreadable($"The list looks like one of {Wire.Name(found.Value)}, not of {Wire.Name(claims.Cloud.Value)}.", "Say the cloud it is of, or leave it out.");
        }

        var cloud = claims.Cloud ?? found ?? throw Unreadable("It is not clear which cloud the list is of.", $"Say cloud={string.Join(", cloud=", Wire.Names<Cloud>())}.");
        var source = claims.Source ?? $"{Wire.Name(PriceFormat.Skypilot)}-{Wire.Name(cloud)}";
        var rows = new PriceRows(source);
        var format = new SkypilotFormat(columns, cloud, rows);
        do
        {
            format.Read(csv.Line, csv.Fields);
        }
        while (await csv.NextAsync(cancellationToken));
        format.End();
        return new PriceFileContent(source, PriceFormat.Skypilot, rows.ToBatch(claims.AsOf));
    }

    private static async Task<PriceFileContent> ReadGpuhuntAsync(CsvRows csv, PriceColumns columns, PriceFileClaims claims, CancellationToken cancellationToken)
    {
        var reader = GpuhuntReader.For(GpuhuntItems.Of(columns, csv.Fields), claims);
        do
        {
            reader.Items.Read(csv.Line, GpuhuntItems.Of(columns, csv.Fields));
        }
        while (await csv.NextAsync(cancellationToken));
        return reader.Content(claims);
    }

    private static PriceFormat FormatOf(PriceColumns columns, PriceFormat? told)
    {
        var format = told ?? (columns.Has("InstanceType") ? PriceFormat.Skypilot : columns.Has("instance_name") ? PriceFormat.Gpuhunt : null);
        var required = format switch { PriceFormat.Skypilot => SkypilotFormat.Required, PriceFormat.Gpuhunt => GpuhuntItems.Required, _ => null };
        if (required is null)
        {
            throw Unreadable(
                $"The header is of no known format. Found: {columns.Shown}.",
                $"Send SkyPilot's vms.csv ({string.Join(", ", SkypilotFormat.Required)}) or gpuhunt's items ({string.Join(", ", GpuhuntItems.Required)}).");
        }

        if (columns.Missing(required) is { Length: > 0 } missing)
        {
            throw Unreadable($"The header lacks {string.Join(", ", missing)}. Found: {columns.Shown}.", $"Send a file in the format {Wire.Name(format!.Value)}, or say which format it is.");
        }

        return format!.Value;
    }

    // Looks at the first character that is no space, without losing what was read.
    private static async Task<(char? Start, Stream Whole)> StartAsync(Stream content, CancellationToken cancellationToken)
    {
        var head = new byte[4096];
        var length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        var text = System.Text.Encoding.UTF8.GetString(head, 0, length).TrimStart('\uFEFF').TrimStart();
        return (text.Length == 0 ? null : text[0], new HeadedStream(head.AsMemory(0, length), content));
    }

    private static PriceSourceException Unreadable(string detail, string nextStep) => new(PriceRefusals.Unreadable(detail, nextStep));

    /// <summary>What gpuhunt's two ways of writing have in common.</summary>
    private sealed record GpuhuntReader(string Source, PriceRows Rows, GpuhuntItems Items)
    {
        public static GpuhuntReader For(GpuhuntItem first, PriceFileClaims claims)
        {
            // Items that name their provider may be of several.
            var cloud = claims.Cloud ?? GpuhuntItems.CloudOf(first);
            if (cloud is null && first.Provider.Length == 0)
            {
                throw Unreadable("It is not clear which cloud the items are of.", $"Say cloud={string.Join(", cloud=", Wire.Names<Cloud>())}, or send items with a provider.");
            }

            var format = Wire.Name(PriceFormat.Gpuhunt);
            var source = claims.Source ?? (first.Provider.Length > 0 || cloud is null ? format : $"{format}-{Wire.Name(cloud.Value)}");
            var rows = new PriceRows(source);
            return new GpuhuntReader(source, rows, new GpuhuntItems(cloud, rows));
        }

        public PriceFileContent Content(PriceFileClaims claims) => new(Source, PriceFormat.Gpuhunt, Rows.ToBatch(claims.AsOf));
    }
}
