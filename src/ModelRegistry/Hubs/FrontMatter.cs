using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// The YAML between the dashes at the top of a Markdown file: words and lists of words. Anything deeper, aliases and tags are refused, so that
/// what is read is never larger than what was sent.
/// </summary>
internal sealed record FrontMatter(IReadOnlyDictionary<string, IReadOnlyList<string>> Fields, string Body)
{
    private const int MaxCharacters = 16 * 1024;
    private const int MaxFields = 100;
    private const int MaxWords = 100;

    /// <summary>The value of a field without quotes around it, also typographic ones; null where it is missing or empty.</summary>
    public string? this[string field] => Fields.GetValueOrDefault(field) is [var word, ..] && word.Trim('"', '\'', '\u201c', '\u201d', ' ') is { Length: > 0 } text ? text : null;

    /// <summary>Null with the reason where a file has none that can be read.</summary>
    public static FrontMatter? Read(string file, out string reason)
    {
        var text = file.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        var end = text.StartsWith("---\n", StringComparison.Ordinal) ? text.IndexOf("\n---", 3, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            reason = "it has no front matter";
            return null;
        }

        if (end > MaxCharacters)
        {
            reason = "its front matter is too long";
            return null;
        }

        try
        {
            var fields = ReadFields(new Parser(new Scanner(new StringReader(text[3..end]))), out reason);
            return fields is null ? null : new FrontMatter(fields, text[(end + 4)..]);
        }
        catch (YamlException exception)
        {
            reason = $"its front matter is not YAML: {exception.Message}";
            return null;
        }
    }

    private static Dictionary<string, IReadOnlyList<string>>? ReadFields(Parser yaml, out string reason)
    {
        Dictionary<string, IReadOnlyList<string>> fields = new(StringComparer.OrdinalIgnoreCase);
        yaml.Consume<StreamStart>();
        yaml.Consume<DocumentStart>();
        yaml.Consume<MappingStart>();
        while (!yaml.TryConsume<MappingEnd>(out _))
        {
            if (fields.Count == MaxFields)
            {
                reason = "its front matter has too many fields";
                return null;
            }

            if (!yaml.TryConsume<Scalar>(out var name) || Words(yaml) is not { } words)
            {
                reason = "its front matter holds more than words and lists of words";
                return null;
            }

            fields[name.Value] = words;
        }

        reason = "";
        return fields;
    }

    private static List<string>? Words(Parser yaml)
    {
        if (yaml.TryConsume<Scalar>(out var word))
        {
            return IsPlain(word) ? [word.Value] : null;
        }

        List<string> words = [];
        if (!yaml.TryConsume<SequenceStart>(out var list) || !IsPlain(list))
        {
            return null;
        }

        while (!yaml.TryConsume<SequenceEnd>(out _))
        {
            if (words.Count == MaxWords || !yaml.TryConsume<Scalar>(out var item) || !IsPlain(item))
            {
                return null;
            }

            words.Add(item.Value);
        }

        return words;
    }

    private static bool IsPlain(NodeEvent node) => node.Anchor.IsEmpty && node.Tag.IsEmpty;
}
