using System.Globalization;
using System.Text;

namespace Terradev.Cli.Terminal;

/// <summary>Makes text from answers harmless on a terminal.</summary>
internal static class Printable
{
    /// <summary>
    /// The text on one line, with control characters (escape sequences among them), line breaks, characters that reverse
    /// or hide text and lone surrogates written as <c>\u001B</c>.
    /// </summary>
    public static string Line(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t')
            {
                printable.Append("  ");
            }
            else if (rune != Rune.ReplacementChar && IsShown(Rune.GetUnicodeCategory(rune)))
            {
                printable.Append(rune);
            }
            else
            {
                printable.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
        }

        return printable.ToString();
    }

    /// <summary>The text as lines of their own, each made harmless; blank lines at the ends are dropped.</summary>
    public static IEnumerable<string> Lines(string? text) =>
        (text ?? "").ReplaceLineEndings("\n").Trim('\n').Split('\n').Select(Line);

    private static bool IsShown(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
