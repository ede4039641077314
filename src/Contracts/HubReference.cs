using System.Diagnostics.CodeAnalysis;

namespace Terradev.Contracts;

/// <summary>A model or dataset on a hub, written <c>source:id</c>, such as <c>huggingface:google-bert/bert-base-uncased</c>.</summary>
public sealed record HubReference(string Source, string Id)
{
    /// <summary>The source that is meant where none is written.</summary>
    public const string DefaultSource = "huggingface";

    /// <summary>
    /// Reads <c>source:id</c> or a bare id. An id is 1 to 200 characters of letters, digits, <c>. _ - /</c>, without empty,
    /// <c>.</c> or <c>..</c> segments, so that it can be put in a path as it is.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out HubReference? reference)
    {
        reference = null;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var source = colon < 0 ? DefaultSource : text[..colon];
        var id = text[(colon + 1)..];
        if (!IsSource(source) || !IsId(id))
        {
            return false;
        }

        reference = new HubReference(source, id);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Source}:{Id}";

    private static bool IsSource(string source) =>
        source.Length is > 0 and <= 40 && source.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsId(string id) =>
        id.Length is > 0 and <= 200
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/')
        && id.Split('/').All(segment => segment is not ("" or "." or ".."));
}
