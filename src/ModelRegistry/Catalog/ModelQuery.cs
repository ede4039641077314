using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>The order of a list: most, largest or newest first, and <see cref="Id"/> from A to Z.</summary>
public enum ModelSort
{
    Popularity,
    Trending,
    Newest,
    Size,
    Parameters,
    Downloads,
    Likes,
    Id,
}

/// <summary>Filters, order and place of a list request, as words of the query string.</summary>
internal sealed record ModelListRequest(
    string? Search, string? Task, string? Framework, string? Library, string? Source, string? License, string? MinParameters, string? MaxParameters,
    string? FitsInGiB, string? Mode, string? Precision, string? Sort, string? Facets, string? Limit, string? Cursor);

/// <summary>A checked list request.</summary>
/// <param name="Words">Words of the text that all must be found.</param>
/// <param name="Filters">Words of <see cref="SearchWords"/> that must all be there.</param>
/// <param name="Fits">The memory that the model must fit in at a mode and precision.</param>
internal sealed record ModelQuery(
    IReadOnlyList<string> Words, IReadOnlyList<string> Filters, long? MinParameters, long? MaxParameters, ModelQuery.Memory? Fits,
    ModelSort Sort, bool Facets, int Limit, ModelQuery.Place? After)
{
    public const int MaxLimit = 1000;

    private const int DefaultLimit = 50;
    private const int MaxText = 200;
    private const int MaxWords = 12;
    private const decimal MaxGiB = 1_000_000;

    /// <summary>A GPU of <paramref name="GiB"/> and what the model is to do on it.</summary>
    internal sealed record Memory(decimal GiB, WorkloadMode Mode, Precision Precision);

    /// <summary>The last item of the page before; its values, not its number in the list, so that pages stay stable while models come and go.</summary>
    /// <param name="Near">True where words that no model has were looked for within names.</param>
    internal sealed record Place(ModelSort Sort, long Value, string Key, long Number, bool Near);

    /// <summary>Parts of the text that no model has as a word, to be found within names.</summary>
    public IReadOnlyList<string> NameParts { get; init; } = [];

    /// <summary>True for the models of <see cref="SearchWords.MainHub"/>, for which there is no word.</summary>
    public bool MainHubOnly { get; init; }

    /// <summary>How many conditions a model must meet.</summary>
    public int Conditions => Words.Count + NameParts.Count + Filters.Count + (MinParameters is null ? 0 : 1) + (MaxParameters is null ? 0 : 1) + (Fits is null ? 0 : 1) + (MainHubOnly ? 1 : 0);

    public static ModelQuery? Parse(ModelListRequest request, Dictionary<string, string[]> errors)
    {
        var sort = Word(request.Sort, "sort", ModelSort.Popularity, errors);
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

        var facets = false;
        if (!string.IsNullOrEmpty(request.Facets) && !bool.TryParse(request.Facets, out facets))
        {
            errors["facets"] = ["Use true or false."];
        }

        var words = WordsOf(request.Search, errors);
        var filters = FiltersOf(request, errors);
        var mainHubOnly = filters.Remove(SearchWords.Source + SearchWords.MainHub);
        var (least, most) = (Parameters(request.MinParameters, "minParameters", errors), Parameters(request.MaxParameters, "maxParameters", errors));
        if (least > most)
        {
            errors["minParameters"] = ["Use at most maxParameters."];
        }

        var fits = FitsIn(request, errors);
        return errors.Count > 0 ? null : new ModelQuery(words, filters, least, most, fits, sort, facets, limit, after) { MainHubOnly = mainHubOnly };
    }

    /// <summary>The cursor of the page after one that ends with <paramref name="place"/>.</summary>
    public static string Cursor(Place place) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(place, TerradevJson.Options));

    private static string[] WordsOf(string? search, Dictionary<string, string[]> errors)
    {
        if (IsBad(search, "search", errors) || string.IsNullOrWhiteSpace(search))
        {
            return [];
        }

        string[] words = [.. SearchWords.In(search).Distinct(StringComparer.Ordinal).Take(MaxWords + 1)];
        if (words.Length > MaxWords)
        {
            errors["search"] = [$"Use at most {MaxWords} words."];
        }

        // A text without a single letter or digit finds nothing.
        return words.Length > 0 ? words : [SearchWords.Nothing];
    }

    private static List<string> FiltersOf(ModelListRequest request, Dictionary<string, string[]> errors)
    {
        List<string> paired = [], filters = [];
        foreach (var (field, kind, text, list) in new[]
        {
            ("task", SearchWords.Task, request.Task, paired), ("library", SearchWords.Library, request.Library, paired), ("license", SearchWords.License, request.License, paired),
            ("framework", SearchWords.Framework, request.Framework, filters), ("source", SearchWords.Source, request.Source, filters),
        })
        {
            if (!IsBad(text, field, errors) && !string.IsNullOrWhiteSpace(text))
            {
                list.Add(SearchWords.Filter(kind, text) ?? SearchWords.Nothing);
            }
        }

        filters.AddRange(paired.Count > 1 ? paired.Zip(paired.Skip(1), SearchWords.Pair) : paired);
        return filters;
    }

    private static Memory? FitsIn(ModelListRequest request, Dictionary<string, string[]> errors)
    {
        var mode = Word(request.Mode, "mode", WorkloadMode.Inference, errors);
        var precision = Word(request.Precision, "precision", mode is WorkloadMode.Qlora ? Contracts.ModelRegistry.Precision.Int4 : Contracts.ModelRegistry.Precision.Fp16, errors);
        if (string.IsNullOrEmpty(request.FitsInGiB))
        {
            return null;
        }

        if (!decimal.TryParse(request.FitsInGiB, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var gib) || gib is <= 0 or > MaxGiB)
        {
            errors["fitsInGiB"] = [$"Use the memory of a GPU in GiB, above 0 and up to {MaxGiB:0}."];
            return null;
        }

        if (!errors.ContainsKey("mode") && !errors.ContainsKey("precision") && ModelMatches.Needs(mode, precision) is null)
        {
            errors["precision"] = [$"Lists know {Wire.Name(mode)} in {ModelMatches.PrecisionsOf(mode)}; GET /api/v1/requirements sizes one model in any precision."];
        }

        return new Memory(gib, mode, precision);
    }

    // 7B, 350M, 1.5b or a whole number.
    private static long? Parameters(string? text, string field, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        decimal unit = char.ToUpperInvariant(text[^1]) switch { 'K' => 1_000, 'M' => 1_000_000, 'B' => 1_000_000_000, 'T' => 1_000_000_000_000, _ => 1 };
        if (decimal.TryParse(unit == 1 ? text : text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 1_000_000_000_000_000 / unit)
        {
            return (long)(number * unit);
        }

        errors[field] = ["Use a number of parameters such as 7B, 350M or 125000000."];
        return null;
    }

    private static T Word<T>(string? text, string field, T missing, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
        {
            return missing;
        }

        if (!Wire.TryParse<T>(text, out var word))
        {
            errors[field] = [$"Use one of: {string.Join(", ", Wire.Names<T>())}."];
        }

        return word;
    }

    private static bool IsBad(string? text, string field, Dictionary<string, string[]> errors)
    {
        if (text is null || (text.Length <= MaxText && !text.Any(char.IsControl)))
        {
            return false;
        }

        errors[field] = [$"Use at most {MaxText} characters, none of them control characters."];
        return true;
    }

    private static Place? ReadCursor(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize<Place>(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cursor)), TerradevJson.Options) is { Key: not null } place ? place : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }
}
