using Spectre.Console.Rendering;

namespace Terradev.Cli.Terminal;

/// <summary>How a piece of text is meant; colours follow from it where there are any.</summary>
internal enum Tone
{
    Plain,
    Label,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}

/// <summary>Text in one tone, already printable and without line breaks.</summary>
internal sealed record Span(string Text, Tone Tone = Tone.Plain);

/// <summary>One line of a report before it is fitted to a width: a label and up to three pieces.</summary>
/// <param name="Note">Where the figures come from; faint.</param>
internal sealed record Entry(string Label, string Main, string? Detail = null, string? Note = null, Tone Tone = Tone.Strong);

/// <summary>Fits reports and tables to a width in terminal cells; nothing here knows a terminal.</summary>
internal static class Layout
{
    private const int MainColumn = 12;
    private const int DetailColumn = 44;
    private const int NoteColumn = 88;
    private const int Gap = 3;
    private const int NarrowestColumn = 8;

    /// <summary>
    /// The entry in columns while they fit; a piece that does not fit starts a line of its own, under its column or, if it is
    /// too long for that, under the first, and is broken at spaces. No line is longer than <paramref name="width"/>.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<Span>> Fit(Entry entry, int width)
    {
        var lines = new List<List<Span>>();
        var line = new List<Span> { new("  "), new(entry.Label, Tone.Label) };
        var used = 2 + Cells(entry.Label);
        var isStart = true;
        foreach (var (text, tone, column) in Pieces(entry))
        {
            var at = isStart ? Math.Max(used + 1, MainColumn) : Math.Max(used + Gap, column);
            if (at + Cells(text) <= width)
            {
                line.Add(new(new string(' ', at - used)));
                line.Add(new(text, tone));
                used = at + Cells(text);
                isStart = false;
                continue;
            }

            var indent = !isStart && column + Cells(text) <= width ? column : MainColumn;
            foreach (var part in Break(text, Math.Max(width - indent, 10)))
            {
                if (!isStart)
                {
                    lines.Add(line);
                    line = [];
                    used = 0;
                }

                line.Add(new(new string(' ', Math.Max(indent - used, 1))));
                line.Add(new(part, tone));
                used = indent + Cells(part);
                isStart = false;
            }
        }

        lines.Add(line);
        return lines;
    }

    /// <summary>
    /// Rows under headers, two spaces apart. A column that says <c>-</c> in every row is left out. Where the width does not
    /// hold the others the widest is cut, with an ellipsis, but never the first, nor those that <paramref name="right"/> aligns to
    /// the right.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<Span>> Table(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, int width, params int[] right)
    {
        int[] said = [.. Enumerable.Range(0, headers.Count).Where(column => rows.Any(row => row[column] != "-"))];
        return FitTable(Pick(headers), [.. rows.Select(Pick)], width, [.. said.Select(column => right.Contains(column))]);

        IReadOnlyList<string> Pick(IReadOnlyList<string> row) => [.. said.Select(column => row[column])];
    }

    private static List<IReadOnlyList<Span>> FitTable(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows, int width, bool[] right)
    {
        var widths = headers.Select((header, column) => Math.Max(Cells(header), rows.Select(row => Cells(row[column])).DefaultIfEmpty(0).Max())).ToArray();
        // Names are there to be copied and figures to be compared; the rest can be cut.
        int[] cuttable = [.. Enumerable.Range(1, Math.Max(widths.Length - 1, 0)).Where(column => !right[column])];
        while (widths.Sum() + (2 * (widths.Length - 1)) > width && cuttable.Where(column => widths[column] > NarrowestColumn).ToList() is { Count: > 0 } left)
        {
            widths[left.MaxBy(column => widths[column])]--;
        }

        var lines = new List<IReadOnlyList<Span>> { Row(headers, widths, right, Tone.Label) };
        foreach (var row in rows)
        {
            lines.Add(Row(row, widths, right, Tone.Plain));
        }

        return lines;
    }

    /// <summary>Breaks text at spaces, and words that are too long for a line anywhere.</summary>
    public static IEnumerable<string> Break(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var rest = word;
            if (line.Length > 0 && Cells(line) + 1 + Cells(rest) <= width)
            {
                line += " " + rest;
                continue;
            }

            if (line.Length > 0)
            {
                yield return line;
            }

            while (Cells(rest) > width)
            {
                var head = Head(rest, width);
                yield return head;
                rest = rest[head.Length..];
            }

            line = rest;
        }

        yield return line;
    }

    private static IEnumerable<(string Text, Tone Tone, int Column)> Pieces(Entry entry)
    {
        yield return (entry.Main, entry.Tone, MainColumn);
        if (!string.IsNullOrEmpty(entry.Detail))
        {
            yield return (entry.Detail, Tone.Plain, DetailColumn);
        }

        if (!string.IsNullOrEmpty(entry.Note))
        {
            yield return (entry.Note, Tone.Faint, NoteColumn);
        }
    }

    private static List<Span> Row(IReadOnlyList<string> cells, int[] widths, bool[] right, Tone tone)
    {
        var spans = new List<Span>();
        for (var column = 0; column < cells.Count; column++)
        {
            var text = Cells(cells[column]) <= widths[column] ? cells[column] : Head(cells[column], widths[column] - 1) + "…";
            var padding = new string(' ', widths[column] - Cells(text));
            var isLast = column == cells.Count - 1;
            var shown = right[column] ? padding + text : isLast ? text : text + padding;
            spans.Add(new(column == 0 ? shown : "  " + shown, tone));
        }

        return spans;
    }

    private static string Head(string text, int width)
    {
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (end > 0 && Cells(text[..(end + rune.Utf16SequenceLength)]) > width)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return text[..end];
    }

    // Wide characters take two cells.
    private static int Cells(string text) => new Segment(text).CellCount();
}
