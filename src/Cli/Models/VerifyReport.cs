using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Models;

/// <summary>What <c>terradev verify</c> prints.</summary>
internal static class VerifyReport
{
    private const int ShownDigits = 8;

    /// <param name="copied">The revision that the copy says it is of.</param>
    public static IReadOnlyList<IReadOnlyList<Span>> Lines(CopyReport report, string? copied, int width)
    {
        var lines = new List<IReadOnlyList<Span>>(Layout.Table(
            ["FILE", "RESULT", "SIZE", "RECORDED SIZE", "CHECKSUM", "RECORDED"],
            [.. report.Files.Select(file => (IReadOnlyList<string>)[Printable.Line(file.Path), Wire.Name(file.Status), .. Sizes(file), .. Checksums(file)])],
            width,
            2,
            3));
        lines.AddRange(Say(Verdict(report), report.Verdict switch { CopyVerdict.Intact => Tone.Good, CopyVerdict.Unverified => Tone.Warning, _ => Tone.Bad }));
        lines.AddRange(Say($"Compared with {Printable.Line(report.Model)}{(report.Revision is { } revision ? $" at revision {Printable.Line(revision)}" : "")}, as told by {Printable.Line(report.Provenance.Source)} on {Format.Day(report.Provenance.AsOf)}.", Tone.Faint));
        if (copied is not null && report.Revision is not null && copied != report.Revision)
        {
            lines.AddRange(Say($"The copy is of revision {Printable.Line(copied)}: what differs may have changed between the two.", Tone.Warning));
        }

        return lines;

        IEnumerable<IReadOnlyList<Span>> Say(string text, Tone tone) => Layout.Break(text, width).Select(line => (IReadOnlyList<Span>)[new Span(line, tone)]);
    }

    private static string Verdict(CopyReport report)
    {
        var counts = report.Counts;
        string?[] parts =
        [
            Part(counts.Mismatch, "differ"), Part(counts.Missing, "missing"), Part(counts.Unknown, "not in the catalogue"), Part(counts.Ok, "ok by checksum"),
            Part(counts.Unverifiable, "compared by size only"),
        ];
        return $"{Wire.Name(report.Verdict)}: {string.Join(", ", parts.Where(part => part is not null))}";
    }

    private static string? Part(int count, string what) => count == 0 ? null : $"{Format.Count(count)} {what}";

    // Two sizes that differ are told to the byte.
    private static string[] Sizes(FileCheck file) => (file.ActualBytes, file.ExpectedBytes) switch
    {
        ({ } actual, { } expected) when actual != expected => [Format.Count(actual), Format.Count(expected)],
        ({ } actual, _) => [Format.Size(actual), "-"],
        (null, { } expected) => ["-", Format.Size(expected)],
        _ => ["-", "-"],
    };

    private static string[] Checksums(FileCheck file) =>
        [file.Algorithm is null ? "-" : Short(file.Actual), file.Expected == file.Actual ? "-" : Short(file.Expected)];

    private static string Short(string? hex) => Printable.Line(hex is { Length: > ShownDigits } ? hex[..ShownDigits] : hex);
}
