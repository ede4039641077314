using System.Text.Json;
using System.Text.Json.Serialization;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Artifacts;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Fields of <c>GET /api/models/{id}</c>; <c>gated</c> is false, "auto" or "manual", and a licence is a word or a list.</summary>
public sealed record HuggingFaceModel(
    string Id,
    string? Sha,
    [property: JsonPropertyName("pipeline_tag")] string? PipelineTag,
    [property: JsonPropertyName("library_name")] string? LibraryName,
    JsonElement Gated,
    bool? Disabled,
    long? Downloads,
    long? Likes,
    double? TrendingScore,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? LastModified,
    IReadOnlyList<string?>? Tags,
    JsonElement CardData,
    HuggingFaceSafetensors? Safetensors,
    IReadOnlyList<HuggingFaceFile?>? Siblings)
{
    private const int MostTags = 200;

    /// <summary>A quadrillion: no figure above it is a count of parameters.</summary>
    internal const long MostElements = 1_000_000_000_000_000;

    /// <summary>The commit, where it is written as one.</summary>
    internal string? Revision => Sha is { Length: > 0 and <= 100 } && Sha.All(char.IsAsciiLetterOrDigit) ? Sha : null;

    /// <summary>Elements by dtype as the hub counted them; null where it has not, or tells figures that no model has.</summary>
    internal IReadOnlyDictionary<string, long>? StoredElements =>
        Safetensors?.Parameters?.Where(entry => entry.Value > 0).ToDictionary() is { Count: > 0 and <= 32 } elements
            && elements.All(entry => entry.Value <= MostElements && entry.Key is { Length: > 0 and <= 20 } && entry.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            ? elements
            : null;

    internal HubModel ToHubModel(JsonElement? config, IReadOnlyList<string> notes, DateTimeOffset now)
    {
        string[] tags = [.. (Tags ?? []).Select(tag => Text.Clean(tag, 200)).OfType<string>().Take(MostTags)];
        var elements = StoredElements;
        var (files, left) = HuggingFaceFile.ToModelFiles(Siblings ?? []);
        string?[] all = [.. notes, Safetensors?.Parameters is { Count: > 0 } && elements is null ? "The hub's parameter counts are out of range and left out." : null, left];
        return new HubModel(
            HuggingFaceHub.Name,
            Id,
            Revision,
            Text.Clean(PipelineTag, 100),
            Text.Clean(LibraryName, 100),
            Text.Clean(License() ?? tags.FirstOrDefault(tag => tag.StartsWith("license:", StringComparison.Ordinal))?["license:".Length..], 100),
            Gated.ValueKind is JsonValueKind.String or JsonValueKind.True,
            Figure(Downloads),
            Figure(Likes),
            Past(LastModified, now),
            tags,
            elements,
            PublishedParameters: null,
            files,
            config,
            Provenance.Now(HuggingFaceHub.Name, now),
            all.OfType<string>().ToArray() is { Length: > 0 } said ? string.Join(' ', said) : null)
        {
            CreatedAt = Past(CreatedAt, now),
            TrendingScore = TrendingScore is >= 0 and <= 1e12 ? TrendingScore : null,
        };
    }

    // A change in the future would keep the next passes over the catalogue from seeing any other.
    private static DateTimeOffset? Past(DateTimeOffset? time, DateTimeOffset now) => time > now.AddDays(1) ? null : time?.ToUniversalTime();

    private static long? Figure(long? count) => count is >= 0 and <= MostElements ? count : null;

    private string? License()
    {
        if (CardData.ValueKind != JsonValueKind.Object || !CardData.TryGetProperty("license", out var license))
        {
            return null;
        }

        var word = license.ValueKind == JsonValueKind.Array ? license.EnumerateArray().FirstOrDefault(item => item.ValueKind == JsonValueKind.String) : license;
        return word.ValueKind == JsonValueKind.String ? HubJson.String(word) : null;
    }
}

public sealed record HuggingFaceSafetensors(IReadOnlyDictionary<string, long>? Parameters);

/// <summary>A file of a repository; git's hash is of the content itself where git keeps it, and of a pointer where <paramref name="Lfs"/> is set.</summary>
public sealed record HuggingFaceFile(string? Rfilename, long? Size, string? BlobId, HuggingFaceLfs? Lfs)
{
    private const int MostFiles = 2000;
    private const int LongestPath = 400;
    private const long LargestFile = 1L << 60;

    /// <summary>The files that can be told on, and a note on those that are not.</summary>
    internal static (IReadOnlyList<ModelFile> Files, string? Note) ToModelFiles(IReadOnlyList<HuggingFaceFile?> files)
    {
        ModelFile[] told = [.. files.Where(file => IsPath(file?.Rfilename)).Take(MostFiles).Select(file => file!.ToModelFile())];
        return (told, told.Length < files.Count ? $"{files.Count - told.Length} files are left out: a list has at most {MostFiles}, with names that are paths within the repository." : null);
    }

    /// <summary>True for a relative path without <c>.</c> and <c>..</c>, control characters and marks that turn the direction of text.</summary>
    internal static bool IsPath(string? path) =>
        path is { Length: > 0 and <= LongestPath }
        && !path.Any(c => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
        && FileRules.IsRelative(path);

    private ModelFile ToModelFile() => new(
        Rfilename!, (Size ?? Lfs?.Size) is >= 0 and <= LargestFile and var size ? size : null, FileRules.Hex(Lfs?.Sha256, 256), Lfs is null ? FileRules.Hex(BlobId, 160) : null);
}

public sealed record HuggingFaceLfs(string? Sha256, long? Size);
