using Terradev.Cli.Models;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests.Models;

public sealed class VerifyReportTests
{
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly Provenance Told = new("huggingface", new DateTimeOffset(2026, 11, 22, 10, 4, 0, TimeSpan.Zero));

    [Fact]
    public void Differences_read_like_this() => Print(
        new CopyReport("huggingface:acme/tiny", "r2", Told, CopyVerdict.Damaged, new FileCounts(1, 2, 1, 1, 1),
        [
            new("config.json", FileStatus.Ok, 500, 500, "git-sha1", new string('c', 40), new string('c', 40)),
            new("extra\u001b[31m.py", FileStatus.Unknown, null, 10, null, null, null),
            new("model-00001-of-00002.safetensors", FileStatus.Mismatch, 4L << 30, 4L << 30, "sha256", A, B),
            new("model-00002-of-00002.safetensors", FileStatus.Mismatch, 4L << 30, 1L << 30, null, null, null),
            new("notes.txt", FileStatus.Unverifiable, 5 << 20, 5 << 20, null, null, null),
            new("vocab.txt", FileStatus.Missing, null, null, null, null, null),
        ]), "r1").ShouldBeGolden("verify-damaged-100");

    [Fact]
    public void An_intact_copy_reads_like_this() => Print(
        new CopyReport("custom:tiny", null, Told with { Source = "custom" }, CopyVerdict.Intact, new FileCounts(1, 0, 0, 0, 0), [new("model.safetensors", FileStatus.Ok, 5 << 20, 5 << 20, "sha256", A, A)]),
        null).ShouldBeGolden("verify-intact-100");

    private static string Print(CopyReport report, string? copied)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Screen.Plain(output, TextWriter.Null).Lines(VerifyReport.Lines(report, copied, 100));
        return output.ToString();
    }
}
