using System.Text.Json;
using System.Text.RegularExpressions;
using RestEase;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>The two addresses of GitHub's API that PyTorch Hub needs. Names are checked before they come here.</summary>
[AllowAnyStatusCode]
public interface IGitHubApi
{
    /// <summary>All files of the hub's own repository; 304 where <paramref name="entityTag"/> is still that of the answer.</summary>
    [Get("repos/pytorch/hub/git/trees/{tree}?recursive=1")]
    Task<Response<JsonElement>> GetTreeAsync([Path] string tree, [Header("If-None-Match")] string? entityTag, CancellationToken cancellationToken);

    [Get("repos/{repository}")]
    Task<Response<JsonElement>> GetRepositoryAsync([Path(UrlEncode = false)] string repository, CancellationToken cancellationToken);
}

/// <summary>Files of public repositories as they are.</summary>
[AllowAnyStatusCode]
public interface IGitHubFiles
{
    [Get("{repository}/{reference}/{path}")]
    Task<HttpResponseMessage> GetFileAsync(
        [Path(UrlEncode = false)] string repository, [Path(UrlEncode = false)] string reference, [Path] string path, CancellationToken cancellationToken);
}

/// <summary>A repository and the branch, tag or commit in it, as torch.hub writes them: <c>pytorch/vision:v0.10.0</c>.</summary>
/// <param name="Reference">Null for the default branch.</param>
internal sealed partial record GitHubReference(string Repository, string? Reference)
{
    /// <summary>Null for what cannot be put in an address as it is.</summary>
    public static GitHubReference? Read(string? text) => text is { Length: <= 200 } && Pattern().Match(text) is { Success: true } match && !text.Contains("..", StringComparison.Ordinal)
        ? new GitHubReference(match.Groups["repository"].Value, match.Groups["reference"] is { Success: true } reference ? reference.Value : null)
        : null;

    public override string ToString() => Reference is null ? Repository : $"{Repository}:{Reference}";

    [GeneratedRegex(@"^(?<repository>[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_.-]+)(:(?<reference>[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._-]+)*))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}

/// <summary>What GitHub tells of a repository.</summary>
/// <param name="License">The SPDX identifier in lower case; null where GitHub recognizes none.</param>
internal sealed record GitHubRepository(long? Stars, string? License, DateTimeOffset? PushedAt)
{
    /// <summary>What cannot be read is left out.</summary>
    public static GitHubRepository Read(JsonElement content, DateTimeOffset now)
    {
        if (content.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A repository is not an object.");
        }

        return new GitHubRepository(
            content.TryGetProperty("stargazers_count", out var stars) && stars.ValueKind == JsonValueKind.Number && stars.TryGetInt64(out var count) && count >= 0 ? count : null,
            content.TryGetProperty("license", out var license) && license.ValueKind == JsonValueKind.Object && license.TryGetProperty("spdx_id", out var spdx)
                && HubJson.String(spdx) is { Length: > 0 and <= 60 } id && id != "NOASSERTION" ? id.ToLowerInvariant() : null,
            content.TryGetProperty("pushed_at", out var pushed) && pushed.ValueKind == JsonValueKind.String && pushed.TryGetDateTimeOffset(out var at) && at <= now ? at.ToUniversalTime() : null);
    }
}
