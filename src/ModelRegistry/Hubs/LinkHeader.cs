using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Reads where the next page is: <c>Link: &lt;https://huggingface.co/api/models?limit=500&amp;cursor=...&gt;; rel="next"</c> (RFC 8288).</summary>
internal static class LinkHeader
{
    private const int LongestQuery = 4000;

    /// <summary>
    /// The query of the next page, null at the end, and why a link to it cannot be followed. Its host and path are not taken:
    /// where a mirror stands between, they lead past it.
    /// </summary>
    public static (string? Query, string? Fault) Next(HttpResponseMessage response)
    {
        foreach (var item in HubHeader.Items(response, "Link"))
        {
            if (item is not [['<', .. var target, '>'], ..])
            {
                return (null, "The hub's Link header cannot be read.");
            }

            if (item.Skip(1).Any(IsNext))
            {
                return Query(target) is { } query ? (query, null) : (null, "The hub's link to the next page cannot be followed.");
            }
        }

        return (null, null);
    }

    private static bool IsNext(string parameter) =>
        parameter.StartsWith("rel=", StringComparison.OrdinalIgnoreCase)
        && parameter["rel=".Length..].Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);

    private static string? Query(string target)
    {
        var start = target.IndexOf('?', StringComparison.Ordinal) + 1;
        var end = target.IndexOf('#', StringComparison.Ordinal);
        var query = start == 0 ? "" : target[start..(end > start ? end : target.Length)];
        return query.Length is > 0 and <= LongestQuery && query.All(c => c is > ' ' and < '\x7f' and not ('"' or '<' or '>' or '\\' or '#')) ? query : null;
    }
}
