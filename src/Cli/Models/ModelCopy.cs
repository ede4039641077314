using Terradev.Cli.Server;
using Terradev.Contracts;

namespace Terradev.Cli.Models;

/// <summary>One file of a copy.</summary>
/// <param name="Path">Its path within the repository, with <c>/</c> between folders.</param>
/// <param name="Content">The file that holds the content, links followed.</param>
internal sealed record CopiedFile(string Path, FileInfo Content);

/// <summary>
/// A model's files on disk: a folder, or a repository in the cache of Hugging Face's libraries, where
/// <c>models--org--name/snapshots/revision</c> holds links into <c>models--org--name/blobs</c>.
/// </summary>
/// <param name="Revision">The revision that the cache says it is; null in any other folder.</param>
internal sealed record ModelCopy(DirectoryInfo Folder, string? Revision, IReadOnlyList<CopiedFile> Files)
{
    public const int MostFiles = 10_000;

    private const string CachePrefix = "models--";
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = default, IgnoreInaccessible = false, RecurseSubdirectories = false };

    // What git and the hub's own downloader leave beside the files.
    private static readonly string[] Bookkeeping = [".git", ".cache/huggingface"];

    /// <summary>Lists the files of a copy; refuses links that lead out of it and folders that cannot be read.</summary>
    /// <param name="path">The one folder of the repository to look at; null for the whole.</param>
    public static ModelCopy Of(DirectoryInfo folder, string? path, CancellationToken cancellationToken)
    {
        try
        {
            var (snapshot, boundary, revision) = Locate(new DirectoryInfo(Path.TrimEndingDirectorySeparator(folder.FullName)));
            var start = path is null ? snapshot : new DirectoryInfo(Path.Combine(snapshot.FullName, path));
            return new ModelCopy(snapshot, revision, [.. FilesIn(snapshot, start, boundary, cancellationToken).OrderBy(file => file.Path, StringComparer.Ordinal)]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(exception.Message, exception);
        }
    }

    /// <summary>The refusal of a copy that cannot be read.</summary>
    public static RefusedException Unreadable(string detail, Exception? cause = null) =>
        new(new Refusal("copy-unreadable", detail, "Check the folder and its permissions, or download the model again."), cause);

    private static (DirectoryInfo Snapshot, string Boundary, string? Revision) Locate(DirectoryInfo folder)
    {
        var real = folder.ResolveLinkTarget(returnFinalTarget: true) as DirectoryInfo ?? folder;
        if (real is { Parent: { Name: "snapshots", Parent: { } repository } } && repository.Name.StartsWith(CachePrefix, StringComparison.Ordinal))
        {
            return (real, repository.FullName, real.Name);
        }

        var snapshots = new DirectoryInfo(Path.Combine(real.FullName, "snapshots"));
        if (!real.Name.StartsWith(CachePrefix, StringComparison.Ordinal) || !snapshots.Exists)
        {
            return (real, real.FullName, null);
        }

        var main = new FileInfo(Path.Combine(real.FullName, "refs", "main"));
        var revisions = snapshots.GetDirectories();
        var chosen = main is { Exists: true, Length: < 1000 } ? File.ReadAllText(main.FullName).Trim() : revisions is [{ Name: var only }] ? only : null;
        return revisions.FirstOrDefault(revision => revision.Name == chosen) is { } current
            ? (current, real.FullName, current.Name)
            : throw new RefusedException(new Refusal(
                "copy-unreadable", $"{real.FullName} holds {revisions.Length} revisions, and none of them is its main one.", $"Name one of the folders in {snapshots.FullName}."));
    }

    private static IEnumerable<CopiedFile> FilesIn(DirectoryInfo snapshot, DirectoryInfo start, string boundary, CancellationToken cancellationToken)
    {
        var entries = 0;
        var folders = new Stack<DirectoryInfo>([start]);
        while (folders.TryPop(out var folder))
        {
            foreach (var entry in folder.EnumerateFileSystemInfos("*", Everything))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (++entries > MostFiles)
                {
                    throw new RefusedException(new Refusal("copy-too-large", $"{start.FullName} holds more than {MostFiles:N0} files and folders.", "Name the model's own folder, or one folder of it with --path."));
                }

                var path = Path.GetRelativePath(snapshot.FullName, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');
                if (entry.LinkTarget is not null)
                {
                    yield return new CopiedFile(path, Target(entry, boundary));
                }
                else if (entry is DirectoryInfo below)
                {
                    if (!Bookkeeping.Contains(path))
                    {
                        folders.Push(below);
                    }
                }
                else
                {
                    yield return new CopiedFile(path, (FileInfo)entry);
                }
            }
        }
    }

    private static FileInfo Target(FileSystemInfo link, string boundary)
    {
        if (link.ResolveLinkTarget(returnFinalTarget: true) is not FileInfo { Exists: true } target)
        {
            throw Unreadable($"{link.FullName} is a link to no file.");
        }

        var end = new FileInfo(Path.GetFullPath(target.FullName));
        for (var above = end.Directory; above is not null; above = above.Parent)
        {
            if (above.FullName == boundary)
            {
                return end;
            }

            if (above.LinkTarget is not null)
            {
                break;
            }
        }

        throw Unreadable($"{link.FullName} is a link that leads out of {boundary}.");
    }
}
