using System.Text.Json;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>
/// The fields of a <c>config.json</c>, read once. Numbers that are missing, of another type, or outside 1 to 100,000,000 are null: a
/// config is a stranger's file.
/// </summary>
public sealed class ConfigFields
{
    private const int Largest = 100_000_000;
    private const int MostFields = 1000;
    private const int MostItems = 10_000;

    private readonly Dictionary<string, JsonElement> _fields;

    private ConfigFields(Dictionary<string, JsonElement> fields) => _fields = fields;

    /// <summary>No fields at all.</summary>
    public static ConfigFields None { get; } = new([]);

    /// <summary>Reads the first 1,000 fields; null when it is not an object. The last of two fields of one name counts.</summary>
    public static ConfigFields? Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        Dictionary<string, JsonElement> fields = new(64, StringComparer.Ordinal);
        foreach (var field in json.EnumerateObject())
        {
            if (fields.Count == MostFields)
            {
                break;
            }

            fields[field.Name] = field.Value;
        }

        return new ConfigFields(fields);
    }

    /// <summary>True when the field is there, null or not.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>The first of the names that has a whole number from 1 to 100,000,000.</summary>
    public int? Int(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_fields.TryGetValue(name, out var value) && Whole(value) is { } number)
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>A number above 0 and up to 100,000,000.</summary>
    public double? Number(string name) =>
        _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is > 0 and <= Largest ? number : null;

    /// <summary>The first of the names that is true or false.</summary>
    public bool? Flag(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_fields.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return value.ValueKind is JsonValueKind.True;
            }
        }

        return null;
    }

    public string? Word(string name) =>
        _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The words of a list of at most 10,000 items; others are empty.</summary>
    public IReadOnlyList<string> Words(string name) => Items(name, item => item.ValueKind == JsonValueKind.String ? item.GetString() : null);

    /// <summary>The whole numbers of a list of at most 10,000 items; empty unless every item is one from 1 to 100,000,000.</summary>
    public IReadOnlyList<int> Ints(string name)
    {
        var numbers = Items(name, item => (object?)Whole(item) ?? false);
        return numbers.All(number => number is int) ? [.. numbers.Cast<int>()] : [];
    }

    public ConfigFields? Section(string name) => _fields.TryGetValue(name, out var value) ? Of(value) : null;

    /// <summary>How many fields the section <paramref name="name"/> has.</summary>
    public int? CountOf(string name) =>
        _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() is > 0 and <= Largest and var count ? count : null;

    /// <summary>The first section within the section <paramref name="name"/>, whatever its name.</summary>
    public ConfigFields? FirstSectionOf(string name) =>
        Section(name)?._fields.Values.Where(value => value.ValueKind == JsonValueKind.Object).Select(Of).FirstOrDefault();

    private T[] Items<T>(string name, Func<JsonElement, T?> read)
        where T : class =>
        _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MostItems
            ? [.. value.EnumerateArray().Select(read).OfType<T>()]
            : [];

    private static int? Whole(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        // 4096.0 is how some exporters write 4096.
        return value.TryGetInt32(out var number) || (value.TryGetDouble(out var real) && real is >= 1 and <= Largest && real == Math.Floor(real) && (number = (int)real) > 0)
            ? number is > 0 and <= Largest ? number : null
            : null;
    }
}
