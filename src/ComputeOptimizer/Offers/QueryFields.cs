using System.Globalization;
using Terradev.Contracts;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Reads the fields of a query string and collects the messages of those at fault.</summary>
internal sealed class QueryFields
{
    /// <summary>Values that a field separated by commas may have.</summary>
    public const int MaxValues = 50;

    private readonly IQueryCollection _query;
    private readonly Dictionary<string, string[]> _errors;

    public QueryFields(IQueryCollection query, string[] known, Dictionary<string, string[]> errors)
    {
        (_query, _errors) = (query, errors);
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                errors[name] = [$"It is not known here; known are {string.Join(", ", known)}."];
            }
            else if (values.Count > 1)
            {
                errors[name] = ["It may be given once."];
            }
        }
    }

    /// <summary>The text of a field; null where it is missing, empty or given twice.</summary>
    public string? Text(string field) => _query[field] is [{ Length: > 0 } text] ? text : null;

    /// <summary>One word of an enum; null without one.</summary>
    public T? Word<T>(string field)
        where T : struct, Enum => Text(field) is { } text ? Read<T>(field, text) : null;

    /// <summary>Words of an enum separated by commas; null without any.</summary>
    public T[]? Words<T>(string field)
        where T : struct, Enum => Values(field) is { } values ? [.. values.Select(value => Read<T>(field, value)).OfType<T>().Distinct()] : null;

    /// <summary>What to sort by, with <c>-</c> before it for the other direction.</summary>
    public (T By, bool Descending) Sort<T>(string field, T standard)
        where T : struct, Enum => Text(field) is not { } text ? (standard, false) : (Read<T>(field, text.StartsWith('-') ? text[1..] : text) ?? standard, text.StartsWith('-'));

    /// <summary>Names separated by commas; null without any.</summary>
    public string[]? Names(string field)
    {
        if (Values(field) is not { } values)
        {
            return null;
        }

        if (values.All(value => value.Length is > 0 and <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            return values;
        }

        _errors[field] = ["Each name may have up to 64 letters, digits, '.', '_' and '-'; commas separate them."];
        return null;
    }

    /// <summary>Any printable text of up to 200 characters.</summary>
    public string? Line(string field)
    {
        if (Text(field) is not { } text || (text.Length <= 200 && !text.Any(char.IsControl)))
        {
            return Text(field);
        }

        _errors[field] = ["It may have up to 200 characters without control characters."];
        return null;
    }

    /// <summary>A number above 0 and at most 1,000,000.</summary>
    public decimal? Number(string field)
    {
        if (Text(field) is not { } text)
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1_000_000)
        {
            return value;
        }

        _errors[field] = ["It must be a number above 0 and at most 1000000, such as 1.25."];
        return null;
    }

    /// <summary>A whole number from 1 to <paramref name="max"/>.</summary>
    public int Whole(string field, int standard, int max)
    {
        if (Text(field) is not { } text)
        {
            return standard;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= max)
        {
            return value;
        }

        _errors[field] = [$"It must be a whole number from 1 to {max}."];
        return standard;
    }

    private string[]? Values(string field)
    {
        if (Text(field)?.Split(',') is not { } values || values.Length <= MaxValues)
        {
            return Text(field)?.Split(',');
        }

        _errors[field] = [$"It may have up to {MaxValues} values."];
        return null;
    }

    private T? Read<T>(string field, string text)
        where T : struct, Enum
    {
        if (Wire.TryParse<T>(text, out var value))
        {
            return value;
        }

        _errors[field] = [$"It must be one of {string.Join(", ", Wire.Names<T>())}."];
        return null;
    }
}
