using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>The order of a list: most first, and by id.</summary>
public enum ModelSort
{
    Downloads,
    Likes,
    Parameters,
    Id,
}

/// <summary>Filters, order and place of a list request, as words of the query string.</summary>
internal sealed record ModelListRequest(string? Search, string? Task, string? Framework, string? Source, string? License, string? Sort, string? Limit, string? Cursor);

/// <summary>A checked list request and the page it asks for.</summary>
internal sealed record ModelQuery(
    IReadOnlyList<string> Words, string? Task, string? Framework, string? Source, string? License, ModelSort Sort, int Limit, ModelQuery.Place? After)
{
    public const int MaxLimit = 1000;

    private const int DefaultLimit = 50;
    private const int MaxWord = 200;

    /// <summary>The last item of the page before; its values, not its number, so that pages stay stable while models come and go.</summary>
    internal sealed record Place(ModelSort Sort, long Value, string Source, string Key);

    public static ModelQuery? Parse(ModelListRequest request, Dictionary<string, string[]> errors)
    {
        var sort = ModelSort.Downloads;
        if (!string.IsNullOrEmpty(request.Sort) && !Wire.TryParse(request.Sort, out sort))
        {
            errors["sort"] = [$"Use one of: {string.Join(", ", Wire.Names<ModelSort>())}."];
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

        foreach (var (field, text) in new[] { ("search", request.Search), ("task", request.Task), ("framework", request.Framework), ("source", request.Source), ("license", request.License) })
        {
            if (text?.Length > MaxWord || text?.Any(char.IsControl) == true)
            {
                errors[field] = [$"Use at most {MaxWord} characters, none of them control characters."];
            }
        }

        return errors.Count > 0 ? null : new ModelQuery(
            request.Search?.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Word(request.Task), Word(request.Framework), Word(request.Source), Word(request.License), sort, limit, after);
    }

    public async Task<Page<ModelSummary>> RunAsync(ModelRegistryDb db, CancellationToken cancellationToken)
    {
        var rows = await Ordered(Filtered(db.Models.AsNoTracking())).Take(Limit + 1).ToListAsync(cancellationToken);
        var items = rows.Take(Limit).ToArray();
        return new Page<ModelSummary>([.. items.Select(entry => entry.Document.ToSummary())], rows.Count > Limit ? Cursor(items[^1]) : null);
    }

    private IQueryable<ModelEntry> Filtered(IQueryable<ModelEntry> models)
    {
        foreach (var word in Words)
        {
            models = models.Where(model => model.Key.Contains(word) || model.Tags.Contains(word));
        }

        if (Task is not null)
        {
            models = models.Where(model => model.Task == Task);
        }

        if (Framework is not null)
        {
            var tag = $"\n{Framework}\n";
            models = models.Where(model => model.Library == Framework || model.Tags.Contains(tag));
        }

        if (Source is not null)
        {
            models = models.Where(model => model.Source == Source);
        }

        return License is null ? models : models.Where(model => model.License == License);
    }

    private IQueryable<ModelEntry> Ordered(IQueryable<ModelEntry> models)
    {
        // -1 stands for unknown, which sorts last; ids are compared in the database's own order, the same for every page.
        var value = After?.Value ?? long.MaxValue;
        var (source, key) = (After?.Source ?? "", After?.Key ?? "");
        IOrderedQueryable<ModelEntry> ordered;
        switch (Sort)
        {
            case ModelSort.Downloads:
                models = models.Where(model => (model.Downloads ?? -1) < value || ((model.Downloads ?? -1) == value && (model.Key.CompareTo(key) > 0 || (model.Key == key && model.Source.CompareTo(source) > 0))));
                ordered = models.OrderByDescending(model => model.Downloads ?? -1);
                break;
            case ModelSort.Likes:
                models = models.Where(model => (model.Likes ?? -1) < value || ((model.Likes ?? -1) == value && (model.Key.CompareTo(key) > 0 || (model.Key == key && model.Source.CompareTo(source) > 0))));
                ordered = models.OrderByDescending(model => model.Likes ?? -1);
                break;
            case ModelSort.Parameters:
                models = models.Where(model => (model.Parameters ?? -1) < value || ((model.Parameters ?? -1) == value && (model.Key.CompareTo(key) > 0 || (model.Key == key && model.Source.CompareTo(source) > 0))));
                ordered = models.OrderByDescending(model => model.Parameters ?? -1);
                break;
            default:
                models = models.Where(model => model.Key.CompareTo(key) > 0 || (model.Key == key && model.Source.CompareTo(source) > 0));
                return models.OrderBy(model => model.Key).ThenBy(model => model.Source);
        }

        return ordered.ThenBy(model => model.Key).ThenBy(model => model.Source);
    }

    private string Cursor(ModelEntry last)
    {
        var value = Sort switch { ModelSort.Downloads => last.Downloads, ModelSort.Likes => last.Likes, ModelSort.Parameters => last.Parameters, _ => 0 } ?? -1;
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
