using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What a list of offers is sorted by; <c>-</c> before the word turns the order round.</summary>
public enum OfferSort
{
    Price,
    GpuMemory,
    InstanceType,
}

/// <summary>The question behind <c>GET /api/v1/offers</c>. Pages are places in one snapshot of the prices.</summary>
public sealed record OfferQuery
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    private static readonly string[] Fields =
        ["cloud", "region", "gpu", "minGpuMemoryGiB", "gpuCount", "capacity", "maxHourly", "sort", "limit", "cursor"];

    private int _limit = DefaultLimit;
    private int _offset;
    private Cloud? _cloud;
    private string? _region;
    private string? _gpu;
    private decimal? _minGpuMemoryGiB;
    private decimal? _gpuCount;
    private Capacity? _capacity;
    private decimal? _maxHourly;
    private OfferSort _sort;
    private bool _descending;

    private OfferQuery()
    {
    }

    /// <summary>Reads the query string; every field at fault gets its messages in <paramref name="errors"/>.</summary>
    public static OfferQuery Parse(IQueryCollection query, long snapshot, Dictionary<string, string[]> errors)
    {
        foreach (var (name, values) in query)
        {
            if (!Fields.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                errors[name] = [$"It is not known here; known are {string.Join(", ", Fields)}."];
            }
            else if (values.Count > 1)
            {
                errors[name] = ["It may be given once."];
            }
        }

        string? Value(string field) => query[field] is [{ Length: > 0 } text] ? text : null;
        var sort = Value("sort") ?? Wire.Name(OfferSort.Price);
        var parsed = new OfferQuery
        {
            _cloud = Word<Cloud>("cloud", Value("cloud"), errors),
            _region = Name("region", Value("region"), errors),
            _gpu = Name("gpu", Value("gpu"), errors),
            _minGpuMemoryGiB = Number("minGpuMemoryGiB", Value("minGpuMemoryGiB"), errors),
            _gpuCount = Number("gpuCount", Value("gpuCount"), errors),
            _capacity = Word<Capacity>("capacity", Value("capacity"), errors),
            _maxHourly = Number("maxHourly", Value("maxHourly"), errors),
            _sort = Word<OfferSort>("sort", sort.StartsWith('-') ? sort[1..] : sort, errors) ?? OfferSort.Price,
            _descending = sort.StartsWith('-'),
            _limit = Limit(Value("limit"), errors),
        };
        if (Value("cursor") is { } cursor && errors.Count == 0 && !parsed.TryResume(cursor, snapshot))
        {
            errors["cursor"] = ["It belongs to another list or to prices that have changed since; ask for the first page again, without a cursor."];
        }

        return parsed;
    }

    /// <summary>The page that was asked for, and the cursor of the next one.</summary>
    public Page<Offer> Answer(OfferSnapshot snapshot)
    {
        var matching = snapshot.Priced.Where(Matches).Order(Comparer<Offer>.Create(Compare)).ToList();
        var items = matching.Skip(_offset).Take(_limit).ToList();
        var next = _offset + items.Count;
        return new Page<Offer>(items, next < matching.Count ? Cursor(snapshot.Id, next) : null);
    }

    private bool Matches(Offer offer) =>
        (_cloud is null || offer.Cloud == _cloud)
        && (_region is null || string.Equals(offer.Region, _region, StringComparison.OrdinalIgnoreCase))
        && (_gpu is null || string.Equals(offer.Gpu.Model, _gpu, StringComparison.OrdinalIgnoreCase))
        && (_minGpuMemoryGiB is null || offer.Gpu.MemoryMiB >= _minGpuMemoryGiB * 1024)
        && (_gpuCount is null || offer.Gpu.Count == _gpuCount)
        && (_capacity is null || offer.Capacity == _capacity)
        && (_maxHourly is null || offer.PricePerHour <= _maxHourly);

    // The sort key may be turned round; what breaks its ties never is.
    private int Compare(Offer a, Offer b)
    {
        var byKey = _sort switch
        {
            OfferSort.GpuMemory => a.Gpu.MemoryMiB.CompareTo(b.Gpu.MemoryMiB),
            OfferSort.InstanceType => string.CompareOrdinal(a.InstanceType, b.InstanceType),
            _ => Nullable.Compare(a.PricePerHour, b.PricePerHour),
        };
        return byKey == 0 ? OfferOrder.ByPriceThenName.Compare(a, b) : _descending ? -byKey : byKey;
    }

    private string Cursor(long snapshot, int offset) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{snapshot}.{offset}.{Fingerprint()}")));

    private bool TryResume(string cursor, long snapshot)
    {
        Span<byte> buffer = stackalloc byte[96];
        if (cursor.Length > 120 || !Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, buffer, out var length)
            || Encoding.ASCII.GetString(buffer[..length]).Split('.') is not [var ofSnapshot, var place, var fingerprint])
        {
            return false;
        }

        return fingerprint == Fingerprint()
            && long.TryParse(ofSnapshot, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id == snapshot
            && int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out _offset);
    }

    // Everything that decides which offers come in which order; the limit may change from page to page.
    private string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{_cloud}|{_region}|{_gpu}|{_minGpuMemoryGiB}|{_gpuCount}|{_capacity}|{_maxHourly}|{_sort}|{_descending}"))))[..12];

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

    private static string? Name(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (text is null || (text.Length <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
        {
            return text;
        }

        errors[field] = ["It may have up to 64 letters, digits, '.', '_' and '-'."];
        return null;
    }

    private static decimal? Number(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1_000_000)
        {
            return value;
        }

        errors[field] = ["It must be a number above 0 and at most 1000000, such as 1.25."];
        return null;
    }

    private static int Limit(string? text, Dictionary<string, string[]> errors)
    {
        if (text is null)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= MaxLimit)
        {
            return value;
        }

        errors["limit"] = [$"It must be a whole number from 1 to {MaxLimit}."];
        return DefaultLimit;
    }
}
