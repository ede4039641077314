using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;

namespace Terradev.DatasetRegistry.Catalog;

/// <summary>The order of a list: most first, and by id.</summary>
public enum DatasetSort
{
    Downloads,
    Likes,
    Rows,
    Id,
}

/// <summary>Filters, order and place of a list request, as words of the query string.</summary>
internal sealed record DatasetListRequest(string? Search, string? Task, string? Source, string? Sort, string? Limit, string? Cursor);

/// <summary>A checked list request and the page it asks for.</summary>
internal sealed record DatasetQuery(
    IReadOnlyList<string> Words, string? Task, string? Source, DatasetSort Sort, int Limit, DatasetQuery.Place? After)
{
    public const int MaxLimit = 1000;

    private const int DefaultLimit = 50;
    private const int MaxWord = 200;

    /// <summary>The last item of the page before; its values, not its number, so that pages stay stable while datasets come and go.</summary>
    internal sealed record Place(DatasetSort Sort, long Value, string Source, string Key);

    public static DatasetQuery? Parse(DatasetListRequest request, Dictionary<string, string[]> errors)
    {
        var sort = DatasetSort.Downloads;
        if (!string.IsNullOrEmpty(request.Sort) && !Wire.TryParse(request.Sort, out sort))
        {
            errors["sort"] = [$"Use one of: {string.Join(", ", Wire.Names<DatasetSort>())}."];
        }

        var limit = DefaultLimit;
        if (!string.IsNullOrEmpty(request.Limit)
            && !(int.TryParse(request.Limit, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit))
        {
            errors["limit"] = [$"Use a whole number from 1 to {MaxLimit}."];
        }

        Place? after = null;
        if (!string.IsNullOrEmpty(request.Cursor) && ((after = ReadCursor(request.Cursor)) is null || after.Sort != sort))
        {
            errors["cursor"] = ["Use the nextCursor of the page before, with the same sort."];
        }

        foreach (var (field, text) in new[] { ("search", request.Search), ("task", request.Task), ("source", request.Source) })
        {
            if (text?.Length > MaxWord || text?.Any(char.IsControl) == true)
            {
                errors[field] = [$"Use at most {MaxWord} characters, none of them control characters."];
            }
        }

        return errors.Count > 0 ? null : new DatasetQuery(
            request.Search?.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Word(request.Task), Word(request.Source), sort, limit, after);
    }

    public async Task<Page<DatasetSummary>> RunAsync(DatasetRegistryDb db, CancellationToken cancellationToken)
    {
        var rows = await Ordered(Filtered(db.Datasets.AsNoTracking())).Take(Limit + 1).ToListAsync(cancellationToken);
        var items = rows.Take(Limit).ToArray();
        return new Page<DatasetSummary>([.. items.Select(entry => entry.Document.ToSummary())], rows.Count > Limit ? Cursor(items[^1]) : null);
    }

    private IQueryable<DatasetEntry> Filtered(IQueryable<DatasetEntry> datasets)
    {
        foreach (var word in Words)
        {
            datasets = datasets.Where(dataset => dataset.Key.Contains(word) || dataset.Tags.Contains(word));
        }

        if (Task is not null)
        {
            // A dataset may serve several tasks; the first is its own.
            var tag = $"\ntask_categories:{Task}\n";
            datasets = datasets.Where(dataset => dataset.Task == Task || dataset.Tags.Contains(tag));
        }

        return Source is null ? datasets : datasets.Where(dataset => dataset.Source == Source);
    }

    private IQueryable<DatasetEntry> Ordered(IQueryable<DatasetEntry> datasets)
    {
        // -1 stands for unknown, which sorts last; ids are compared in the database's own order, the same for every page.
        var value = After?.Value ?? long.MaxValue;
        var (source, key) = (After?.Source ?? "", After?.Key ?? "");
        IOrderedQueryable<DatasetEntry> ordered;
        switch (Sort)
        {
            case DatasetSort.Downloads:
                datasets = datasets.Where(dataset => (dataset.Downloads ?? -1) < value || ((dataset.Downloads ?? -1) == value && (dataset.Key.CompareTo(key) > 0 || (dataset.Key == key && dataset.Source.CompareTo(source) > 0))));
                ordered = datasets.OrderByDescending(dataset => dataset.Downloads ?? -1);
                break;
            case DatasetSort.Likes:
                datasets = datasets.Where(dataset => (dataset.Likes ?? -1) < value || ((dataset.Likes ?? -1) == value && (dataset.Key.CompareTo(key) > 0 || (dataset.Key == key && dataset.Source.CompareTo(source) > 0))));
                ordered = datasets.OrderByDescending(dataset => dataset.Likes ?? -1);
                break;
            case DatasetSort.Rows:
                datasets = datasets.Where(dataset => (dataset.Rows ?? -1) < value || ((dataset.Rows ?? -1) == value && (dataset.Key.CompareTo(key) > 0 || (dataset.Key == key && dataset.Source.CompareTo(source) > 0))));
                ordered = datasets.OrderByDescending(dataset => dataset.Rows ?? -1);
                break;
            default:
                datasets = datasets.Where(dataset => dataset.Key.CompareTo(key) > 0 || (dataset.Key == key && dataset.Source.CompareTo(source) > 0));
                return datasets.OrderBy(dataset => dataset.Key).ThenBy(dataset => dataset.Source);
        }

        return ordered.ThenBy(dataset => dataset.Key).ThenBy(dataset => dataset.Source);
    }

    private string Cursor(DatasetEntry last)
    {
        var value = Sort switch { DatasetSort.Downloads => last.Downloads, DatasetSort.Likes => last.Likes, DatasetSort.Rows => last.Rows, _ => 0 } ?? -1;
        return WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(new Place(Sort, value, last.Source, last.Key), TerradevJson.Options));
    }

    private static Place? ReadCursor(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize<Place>(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cursor)), TerradevJson.Options) is { Source: not null, Key: not null } place ? place : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string? Word(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().ToLowerInvariant();
}
