using System.Globalization;
using Terradev.Contracts;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Pages of lists that are in the order of their ids: the cursor is the last id that was shown, and rows are never changed.</summary>
internal static class Cursor
{
    /// <summary>Checks limit and cursor; without a cursor <paramref name="id"/> is above all.</summary>
    public static Refusal? Read(int? limit, int maxLimit, string? cursor, out long id)
    {
        id = long.MaxValue;
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (limit is < 1 || limit > maxLimit)
        {
            errors["limit"] = [$"It must be a whole number from 1 to {maxLimit}."];
        }

        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out id))
        {
            errors["cursor"] = ["It is no cursor of this list; ask for the first page without one."];
        }

        return errors.Count == 0 ? null : new Refusal(RefusalCodes.InvalidRequest, "The query cannot be answered as it was put.", "Correct the fields in 'errors'.", errors);
    }

    /// <summary>A page of <paramref name="found"/>, which has one row more than the page where there is a next one.</summary>
    public static Page<TItem> Page<TRow, TItem>(List<TRow> found, int limit, Func<TRow, TItem> item, Func<TRow, long> id) => new(
        [.. found.Take(limit).Select(item)], found.Count > limit ? id(found[limit - 1]).ToString(CultureInfo.InvariantCulture) : null);
}
