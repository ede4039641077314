using System.Text.Json;
using System.Text.Json.Nodes;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Reads a stranger's <c>config.json</c>: what is missing or of another type is null.</summary>
internal static class ConfigJson
{
    private const int BulkyCharacters = 4096;
    private const int MostCharacters = 128 * 1024;
    private const int LongestString = 300;
    private const int MostStrings = 2000;

    /// <summary>
    /// Drops what is bulky and says nothing about size, such as 1,000 label names, and keeps how many labels there are; null where the
    /// config is no object, holds text that is none, or is still long after that.
    /// </summary>
    public static JsonElement? Trim(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object || !IsText(config))
        {
            return null;
        }

        var kept = new JsonObject();
        foreach (var property in config.EnumerateObject())
        {
            if (property.Name == "id2label" && property.Value.ValueKind == JsonValueKind.Object)
            {
                kept["num_labels"] = property.Value.EnumerateObject().Count();
            }
            else if (property.Name != "label2id" && Small(property.Value) is { } small)
            {
                kept[property.Name] = small;
            }
        }

        var trimmed = JsonSerializer.SerializeToElement(kept);
        return trimmed.GetRawText().Length <= MostCharacters ? trimmed : null;
    }

    public static JsonElement? Object(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    public static string? String(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && HubJson.String(value) is { Length: <= LongestString } text ? text : null;

    public static double? Number(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public static bool IsTrue(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The first 2,000 strings of a list.</summary>
    public static string[] Strings(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(HubJson.String).OfType<string>().Where(text => text.Length <= LongestString).Take(MostStrings)]
            : [];

    // Of a long object, such as a quantization with a list of a thousand exceptions, the short parts are kept.
    private static JsonNode? Small(JsonElement value)
    {
        if (value.GetRawText().Length <= BulkyCharacters)
        {
            return JsonNode.Parse(value.GetRawText());
        }

        return value.ValueKind == JsonValueKind.Object
            ? new JsonObject(value.EnumerateObject().Where(part => part.Value.GetRawText().Length <= BulkyCharacters / 4)
                .DistinctBy(part => part.Name).Select(part => KeyValuePair.Create(part.Name, JsonNode.Parse(part.Value.GetRawText()))))
            : null;
    }

    private static bool IsText(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.String => json.GetString() is not null,
                JsonValueKind.Array => json.EnumerateArray().All(IsText),
                JsonValueKind.Object => json.EnumerateObject().All(part => part.Name is not null && IsText(part.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return false;
        }
    }
}
