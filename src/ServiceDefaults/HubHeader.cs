namespace Terradev.ServiceDefaults;

/// <summary>Reads headers that are lists of items with parameters, such as <c>Link</c> and <c>RateLimit</c>.</summary>
public static class HubHeader
{
    private const int MostItems = 32;
    private const int MostParts = 16;

    /// <summary>The items of all lines of a header, each as its parts without the semicolons between; what exceeds 32 items of 16 parts is not read.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Items(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var lines)
            ? [.. lines.SelectMany(line => Split(line, ',')).Where(item => item.Length > 0).Take(MostItems).Select(item => Split(item, ';').Take(MostParts).ToArray())]
            : [];

    // Separators within quotes and within <> are part of the text.
    private static IEnumerable<string> Split(string text, char separator)
    {
        var start = 0;
        var closing = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            if (closing == '"' && text[i] == '\\')
            {
                i++;
            }
            else if (closing != '\0')
            {
                closing = text[i] == closing ? '\0' : closing;
            }
            else if (text[i] is '"' or '<')
            {
                closing = text[i] == '"' ? '"' : '>';
            }
            else if (text[i] == separator)
            {
                yield return text[start..i].Trim();
                start = i + 1;
            }
        }

        yield return text[start..].Trim();
    }
}
