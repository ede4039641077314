using System.CommandLine;
using Terradev.Cli.Terminal;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Models;

/// <summary><c>terradev verify</c>: is this folder the model that the catalogue recorded?</summary>
internal sealed class VerifyCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "The model, such as google-bert/bert-base-uncased." };
    private readonly Argument<DirectoryInfo> _folder = new Argument<DirectoryInfo>("folder")
    {
        Description = "The copy: a folder with the model's files, or models--org--name in the cache of Hugging Face's libraries.",
    }.AcceptExistingOnly();

    private readonly Option<string?> _path = new("--path") { Description = "Only this folder of the repository, such as unet.", HelpName = "folder" };

    public VerifyCommand()
        : base("verify", "Compare a downloaded copy of a model with the sizes and checksums that its hub recorded. Ends with 1 where anything differs.")
    {
        Add(_model);
        Add(_folder);
        Add(_path);
        this.Runs(RunAsync);
    }

    private async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var path = session.Parse.GetValue(_path)?.Trim('/') is { Length: > 0 } part ? part : null;
        var copy = ModelCopy.Of(session.Parse.GetRequiredValue(_folder), path, cancellationToken);
        var client = await session.ClientAsync(cancellationToken);
        var recorded = await client.ModelAsync(session.Parse.GetRequiredValue(_model), cancellationToken);
        var files = await session.Screen.WhileAsync("reading", say => HashAsync(copy, recorded.Files, session.Time, say, cancellationToken));
        var report = await client.VerifyAsync(new VerifyRequest { Model = $"{recorded.Model.Source}:{recorded.Model.Id}", Path = path, Files = files }, cancellationToken);
        if (session.Json)
        {
            session.Document(report);
        }
        else
        {
            session.Screen.Lines(VerifyReport.Lines(report, copy.Revision, session.Screen.Width));
        }

        return report.Verdict is CopyVerdict.Intact or CopyVerdict.Unverified ? ExitCodes.Done : ExitCodes.Refused;
    }

    /// <summary>The copy's files with the checksums that can be compared; what differs in size already is not read.</summary>
    internal static async Task<IReadOnlyList<DeclaredFile>> HashAsync(
        ModelCopy copy, IReadOnlyList<ModelFile> recorded, TimeProvider time, Action<string> say, CancellationToken cancellationToken)
    {
        var known = recorded.DistinctBy(file => file.Path, StringComparer.Ordinal).ToDictionary(file => file.Path, StringComparer.Ordinal);
        var toRead = copy.Files.Where(file => ShouldRead(file, known.GetValueOrDefault(file.Path))).ToHashSet();
        var progress = new HashProgress(toRead.Sum(file => file.Content.Length), time, say);
        List<DeclaredFile> files = [];
        foreach (var file in copy.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var declared = new DeclaredFile { Path = file.Path, SizeBytes = file.Content.Length };
            if (toRead.Contains(file))
            {
                try
                {
                    var hash = await FileHash.OfAsync(
                        file.Content, known[file.Path].Sha256 is not null, known[file.Path].GitSha1 is not null, read => progress.Add(file.Path, read), cancellationToken);
                    declared = declared with { Sha256 = hash.Sha256, GitSha1 = hash.GitSha1 };
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    throw ModelCopy.Unreadable(exception.Message, exception);
                }
            }

            files.Add(declared);
        }

        return files;
    }

    private static bool ShouldRead(CopiedFile file, ModelFile? known) =>
        known is not null && (known.Sha256 ?? known.GitSha1) is not null && (known.SizeBytes ?? file.Content.Length) == file.Content.Length;
}

/// <summary>Says how far the reading of a copy is, some times a second.</summary>
internal sealed class HashProgress(long total, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long _start = time.GetTimestamp();
    private long _said;
    private long _read;

    public void Add(string file, int bytes)
    {
        _read += bytes;
        if (_said != 0 && time.GetElapsedTime(_said) < Pause)
        {
            return;
        }

        _said = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        var rate = seconds > 1 ? $", {Format.Size((long)(_read / seconds))}/s" : "";
        say($"reading {Format.Size(_read)} of {Format.Size(total)}{rate}: {Printable.Line(file)}");
    }
}
