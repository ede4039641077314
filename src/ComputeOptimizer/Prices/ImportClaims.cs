using System.Globalization;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Checks what the sender of a price list says of it, all faults at once.</summary>
internal static class ImportClaims
{
    private const int LongestSource = 60;
    private static readonly DateTimeOffset Earliest = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The claims of an upload, from its query; anything else than they is a fault.</summary>
    public static PriceFileClaims Of(IQueryCollection query, IEnumerable<string> reserved, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        foreach (var (field, values) in query)
        {
            if (field is not ("format" or "cloud" or "source" or "asOf"))
            {
                errors[field] = ["It is no parameter of an import; known are format, cloud, source and asOf."];
            }
            else if (values.Count > 1)
            {
                errors[field] = ["It may be given once."];
            }
        }

        string? Value(string field) => query[field] is [{ Length: > 0 } text] ? text : null;
        DateTimeOffset? asOf = null;
        if (Value("asOf") is { } text)
        {
            asOf = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
            if (asOf is null)
            {
                errors["asOf"] = ["It must be a time such as 2026-08-03T00:00:00Z."];
            }
        }

        return Checked(Word<PriceFormat>("format", Value("format"), errors), Word<Cloud>("cloud", Value("cloud"), errors), Value("source"), asOf, reserved, now, errors);
    }

    /// <summary>The claims of a request to fetch.</summary>
    public static PriceFileClaims Of(PriceImportRequest request, IEnumerable<string> reserved, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        if (request.Url is null)
        {
            errors["url"] = ["Say where the price list is, or send it as the body with Content-Type text/csv."];
        }
        else if (FetchPrices.Fault(request.Url) is { } fault)
        {
            errors["url"] = [fault];
        }

        return Checked(request.Format, request.Cloud, request.Source, request.AsOf, reserved, now, errors);
    }

    private static PriceFileClaims Checked(
        PriceFormat? format, Cloud? cloud, string? source, DateTimeOffset? asOf, IEnumerable<string> reserved, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        if (source is not null && (source.Length > LongestSource || !char.IsAsciiLetterLower(source[0]) || !source.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            errors["source"] = [$"It may have up to {LongestSource} lower-case letters, digits and '-', a letter first."];
        }
        else if (source is not null && reserved.Append(BuiltInCatalog.Source).Contains(source, StringComparer.Ordinal))
        {
            errors["source"] = ["Prices under this name are kept by the service itself; use another one."];
        }

        // A time in the future would make every other price look old.
        if (asOf < Earliest || asOf > now.AddDays(1))
        {
            errors["asOf"] = [$"It must be from {Earliest:yyyy-MM-dd} to now."];
        }

        return new PriceFileClaims(format, cloud, source, asOf ?? now);
    }

    private static T? Word<T>(string field, string? text, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (text is null)
        {
            return null;
        }

        if (Wire.TryParse<T>(text, out var value))
        {
            return value;
        }

        errors[field] = [$"It must be one of {string.Join(", ", Wire.Names<T>())}."];
        return null;
    }
}
