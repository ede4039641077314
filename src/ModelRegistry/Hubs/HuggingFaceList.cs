using System.Text.Json;
using Terradev.Contracts;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Reads one page of the hub's catalogue, a JSON array of models, entry by entry: a wrong one does not spoil the page.</summary>
internal static class HuggingFaceList
{
    /// <summary>Entries beyond these are not read.</summary>
    public const int MostEntries = 2000;

    private const int LongestReason = 200;

    // The reader that looks for the ends of entries keeps a bit a level; the entries themselves are read to a depth of 32.
    private static readonly JsonReaderOptions Outer = new() { MaxDepth = int.MaxValue };

    /// <summary>The models, and a reason for each entry that is none. Throws <see cref="JsonException"/> when the page is no array.</summary>
    public static (IReadOnlyList<HubModel> Models, IReadOnlyList<string> Skipped) Read(ReadOnlySpan<byte> page, DateTimeOffset now)
    {
        List<HubModel> models = [];
        List<string> skipped = [];
        var reader = new Utf8JsonReader(page, Outer);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A page of models is not an array.");
        }

        var entries = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (++entries > MostEntries)
            {
                continue;
            }

            var entry = page[start..(int)reader.BytesConsumed];
            if (Entry(entry, now, out var fault) is { } model)
            {
                models.Add(model);
            }
            else
            {
                skipped.Add(Text.Clean($"{IdOf(entry) ?? $"Entry {entries} of the page"}: {fault}", LongestReason) ?? "");
            }
        }

        if (reader.Read())
        {
            throw new JsonException("A page of models goes on after its array.");
        }

        if (entries > MostEntries)
        {
            skipped.Add($"{entries - MostEntries} entries of the page were not read: a page has at most {MostEntries}.");
        }

        return (models, skipped);
    }

    private static HubModel? Entry(ReadOnlySpan<byte> json, DateTimeOffset now, out string fault)
    {
        try
        {
            var model = JsonSerializer.Deserialize<HuggingFaceModel>(json, HubJson.Options);
            if (model?.Id is not null && HubReference.TryParse(model.Id, out var reference) && reference.Id == model.Id)
            {
                fault = "";
                return model.ToHubModel(null, [], now);
            }

            fault = "it has no id that can be used.";
        }
        catch (JsonException exception)
        {
            fault = exception.Path is { Length: > 1 } path ? $"{path} is not of the type that the hub documents." : "it is not a model as the hub documents them.";
        }

        return null;
    }

    private static string? IdOf(ReadOnlySpan<byte> json)
    {
        try
        {
            return Text.Clean(JsonSerializer.Deserialize<Named>(json, HubJson.Options)?.Id, 100);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Named(string? Id);
}
