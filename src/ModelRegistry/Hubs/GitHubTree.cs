using System.Globalization;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>The pages of PyTorch Hub as its repository lists them: Markdown files at the top level.</summary>
/// <param name="Sha">The tree's own hash, under which the same list is found again.</param>
internal sealed record GitHubTree(string Sha, IReadOnlyList<(string Id, string Blob)> Pages, IReadOnlyList<string> Skipped)
{
    private const int MaxPages = 5000;
    private const int LongestPage = 256 * 1024;
    private static readonly string[] NoModels = ["README", "CONTRIBUTING", "CODE_OF_CONDUCT", "LICENSE", "SECURITY"];

    /// <summary>Throws <see cref="JsonException"/> where the answer is no tree.</summary>
    public static GitHubTree Read(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("sha", out var sha) || HubJson.String(sha) is not { } hash || !IsHash(hash)
            || !content.TryGetProperty("tree", out var tree) || tree.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The answer is no tree.");
        }

        List<(string Id, string Blob)> pages = [];
        List<string> skipped = [];
        foreach (var entry in tree.EnumerateArray())
        {
            if (Word(entry, "path") is not { } path || path.Contains('/', StringComparison.Ordinal) || !path.EndsWith(".md", StringComparison.Ordinal)
                || NoModels.Contains(path[..^3], StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (pages.Count == MaxPages)
            {
                skipped.Add($"Pages beyond the first {MaxPages} are not read.");
                break;
            }

            var blob = Word(entry, "sha");
            var size = entry.TryGetProperty("size", out var bytes) && bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out var length) ? length : 0;
            if (!HubReference.TryParse($"{PyTorchHub.Name}:{path[..^3]}", out var reference) || blob is null || !IsHash(blob) || size is < 0 or > LongestPage)
            {
                if (skipped.Count < 100)
                {
                    skipped.Add($"{Text.Clean(path, 60)}: its name, size or hash cannot be used.");
                }
            }
            else
            {
                pages.Add((reference.Id, blob));
            }
        }

        pages.Sort((one, other) => string.CompareOrdinal(one.Id, other.Id));
        return new GitHubTree(hash, pages, skipped);
    }

    public static bool IsHash(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static string? Word(JsonElement entry, string name) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) ? HubJson.String(value) : null;
}

/// <summary>Where a pass over the pages stands: the tree it began with, how many pages of it are done, and the entity tag to remember at its end.</summary>
internal sealed record GitHubPlace(string Tree, int Done, string? EntityTag)
{
    private const int LongestTag = 200;

    /// <summary>Written <c>tree done tag</c>; null for anything else.</summary>
    public static GitHubPlace? Read(string cursor) =>
        cursor.Split(' ', 3) is [var tree, var done, var tag] && GitHubTree.IsHash(tree) && int.TryParse(done, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new GitHubPlace(tree, count, tag.Length > 0 ? tag : null)
            : null;

    /// <summary>The entity tag of an answer; null where it has none that is short enough to keep.</summary>
    public static string? TagOf(HttpResponseMessage response) => response.Headers.ETag?.ToString() is { Length: <= LongestTag } tag ? tag : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tree} {Done} {EntityTag}");
}
