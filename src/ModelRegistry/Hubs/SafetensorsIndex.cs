using System.Text.Json;
using System.Text.Unicode;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>The index of weights in several files: <c>{"metadata":{...},"weight_map":{"tensor":"model-00001-of-00002.safetensors"}}</c>.</summary>
internal static class SafetensorsIndex
{
    /// <summary>The file's name; the shards are beside it.</summary>
    public const string File = "model.safetensors.index.json";

    /// <summary>Longest index that is read, in bytes.</summary>
    public const int LongestIndex = 25_000_000;

    /// <summary>Shards that an index may name.</summary>
    public const int MostShards = 10_000;

    /// <summary>The names of the shards, each once, in the order of the index; or why it cannot be read.</summary>
    public static (IReadOnlyList<string>? Shards, string? Fault) Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return Utf8.IsValid(json) ? (Parse(json), null) : (null, "the index is not UTF-8");
        }
        catch (JsonException exception)
        {
            return (null, Text.Clean(exception.Message, 200));
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for the escape of half a surrogate pair.
            return (null, "the index has a name that is not text");
        }
    }

    private static List<string> Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("the index is not an object");
        }

        List<string>? shards = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("weight_map"u8) && shards is null)
            {
                shards = ReadShards(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read();
        return shards is { Count: > 0 } ? shards : throw new JsonException("the index names no shards");
    }

    private static List<string> ReadShards(ref Utf8JsonReader reader)
    {
        List<string> shards = [];
        HashSet<string> seen = [];
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("the index has a weight_map that is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.GetString() is not { } shard || !HuggingFaceFile.IsPath(shard))
            {
                throw new JsonException("the index names a shard that is not a path within the repository");
            }

            if (seen.Add(shard))
            {
                shards.Add(shards.Count < MostShards ? shard : throw new JsonException($"the index names more than {MostShards} shards"));
            }
        }

        return shards;
    }
}
