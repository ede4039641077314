using System.Text.Json;

namespace Terradev.DatasetRegistry.Tests;

/// <summary>Recorded answers of the hub and of its dataset viewer.</summary>
internal static class Sample
{
    public static string Dataset(string id) => File(id.Replace("/", "__", StringComparison.Ordinal));

    public static string ViewerSize() => File("dsv_size");

    public static JsonElement Card(string id) => JsonSerializer.Deserialize<JsonElement>(Dataset(id)).GetProperty("cardData");

    public static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static string File(string name) => System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", name + ".json"));
}
