using System.Text.Json;

namespace Terradev.ModelRegistry.Hubs;

internal static class HubText
{
    /// <summary>A string of a hub's JSON; null for what is none, also for one with half a surrogate pair.</summary>
    public static string? Of(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.Deserialize<string>() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
