using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>The question behind <c>GET /api/v1/offers</c>. A cursor is the place of the last offer shown in one snapshot of the prices.</summary>
public sealed class OfferQuery
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    private static readonly string[] Fields = [.. OfferFilter.Fields, "sort", "limit", "cursor"];

    private readonly OfferFilter _filter;
    private readonly OfferSort _sort;
    private readonly bool _descending;
    private readonly int _limit;
    private int _after = -1;

    private OfferQuery(OfferFilter filter, OfferSort sort, bool descending, int limit) => (_filter, _sort, _descending, _limit) = (filter, sort, descending, limit);

    /// <summary>Reads the query string; every field at fault gets its messages in <paramref name="errors"/>.</summary>
    /// <param name="now">What <c>maxAgeDays</c> counts back from.</param>
    public static OfferQuery Parse(IQueryCollection query, OfferSnapshot snapshot, DateTimeOffset now, Dictionary<string, string[]> errors)
    {
        var fields = new QueryFields(query, Fields, errors);
        var (sort, descending) = fields.Sort("sort", OfferSort.Price);
        var parsed = new OfferQuery(OfferFilter.Read(fields, now, errors), sort, descending, fields.Whole("limit", DefaultLimit, MaxLimit));
        if (fields.Text("cursor") is { } cursor && errors.Count == 0 && !parsed.TryResume(cursor, snapshot))
        {
            errors["cursor"] = ["It belongs to another list or to prices that have changed since; ask for the first page again, without a cursor."];
        }

        return parsed;
    }

    /// <summary>The page that was asked for, and the cursor of the next one.</summary>
    public Page<Offer> Answer(OfferSnapshot snapshot)
    {
        var places = OfferPlaces.First(snapshot.Priced, _filter, _sort, _descending, _after, _limit + 1);
        var items = places.Take(_limit).Select(place => snapshot.Priced[place]).ToList();
        return new Page<Offer>(items, places.Count > _limit ? Cursor(snapshot.Id, places[_limit - 1]) : null);
    }

    private string Cursor(long snapshot, int place) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{snapshot}.{place}.{Fingerprint()}")));

    private bool TryResume(string cursor, OfferSnapshot snapshot)
    {
        Span<byte> buffer = stackalloc byte[96];
        if (cursor.Length > 120 || !Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, buffer, out var length)
            || Encoding.ASCII.GetString(buffer[..length]).Split('.') is not [var ofSnapshot, var place, var fingerprint])
        {
            return false;
        }

        return fingerprint == Fingerprint()
            && long.TryParse(ofSnapshot, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id == snapshot.Id
            && int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _after) && _after < snapshot.Priced.Count;
    }

    // Everything that decides which offers come in which order; the limit may change from page to page.
    private string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_filter.Fingerprint()}|{_sort}|{_descending}")))[..12];
}
