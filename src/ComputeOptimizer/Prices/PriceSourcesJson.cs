using System.Text.Json;
using System.Xml;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Looks into a stranger's JSON: what is not there, or of another kind, is undefined, empty or null.</summary>
internal static class PriceSourceJson
{
    /// <exception cref="PriceSourceException">It is no JSON, or nested more than 64 deep.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, string source)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException exception)
        {
            throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The answer of {source} is no JSON that can be read."), exception);
        }
    }

    public static JsonElement Member(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : default;

    public static string? Text(this JsonElement value, string name) => value.Member(name) is { ValueKind: JsonValueKind.String } text ? TextOf(text) : null;

    public static IEnumerable<JsonElement> Items(this JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Values(this JsonElement value) => value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(member => member.Value) : [];

    /// <summary>A number, written as one or as text; null for anything else, <c>NaN</c> included.</summary>
    public static decimal? Number(this JsonElement value, string name) => value.Member(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.TryGetDecimal(out var read) ? read : null,
        { ValueKind: JsonValueKind.String } text => PriceNumbers.Number(TextOf(text) ?? "", out var read) == NumberKind.Number ? read : null,
        _ => null,
    };

    public static DateTimeOffset? Time(this JsonElement value, string name) =>
        value.Member(name) is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var time) ? time : null;

    // Half a surrogate pair is JSON, but no text.
    private static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Reads a stranger's XML: without DTD, without entities, without anything from elsewhere.</summary>
internal static class PriceSourceXml
{
    /// <summary>Elements within each other, which EC2 never has so many of.</summary>
    public const int MaxDepth = 32;

    public static XmlReader Reader(byte[] body) => XmlReader.Create(
        new MemoryStream(body, writable: false),
        new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreWhitespace = true, IgnoreProcessingInstructions = true });
}
