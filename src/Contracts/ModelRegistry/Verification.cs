using System.Text.Json.Serialization;

namespace Terradev.Contracts.ModelRegistry;

/// <summary>What comparing one file came to.</summary>
public enum FileStatus
{
    /// <summary>Size and checksum are the recorded ones.</summary>
    Ok,

    /// <summary>The size or the checksum is another one.</summary>
    Mismatch,

    /// <summary>In the catalogue and not in the copy.</summary>
    Missing,

    /// <summary>In the copy and not in the catalogue.</summary>
    Unknown,

    /// <summary>No checksum could be compared; the size is the recorded one, where one is recorded.</summary>
    Unverifiable,
}

/// <summary>What a copy as a whole came to: the worst thing that was found.</summary>
public enum CopyVerdict
{
    /// <summary>The files are those of the catalogue, every one by checksum.</summary>
    Intact,

    /// <summary>Nothing differs, but some files could be compared by size only.</summary>
    Unverified,

    /// <summary>There are files that the catalogue does not know.</summary>
    Extended,

    /// <summary>Files are missing.</summary>
    Incomplete,

    /// <summary>The content of a file is another one.</summary>
    Damaged,
}

/// <summary>A file as the caller tells of it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DeclaredFile
{
    /// <summary>Path within the repository with <c>/</c> between folders, 1 to 1,024 characters.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes, 0 to 2^60.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>SHA-256 of the content in 64 hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Git's blob hash in 40 hexadecimal digits: SHA-1 of <c>"blob " + length + "\0" + content</c>.</summary>
    public string? GitSha1 { get; init; }
}

/// <summary>Asks whether a copy of a model is what the catalogue recorded; the caller reads the files, the registry never does.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VerifyRequest
{
    /// <summary>The model, written <c>source:id</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The one folder of the repository that was copied, such as <c>unet</c>; null where the whole was.</summary>
    public string? Path { get; init; }

    /// <summary>Every file of the copy, at most 10,000, each path once.</summary>
    public IReadOnlyList<DeclaredFile?>? Files { get; init; }
}

/// <summary>The answer to <see cref="VerifyRequest"/>.</summary>
/// <param name="Model">The model, written <c>source:id</c>.</param>
/// <param name="Revision">The revision that was compared with, where the hub has revisions.</param>
/// <param name="Provenance">Who told of the recorded files, and when.</param>
/// <param name="Files">Every file of the copy and of the catalogue once, by path.</param>
public sealed record CopyReport(
    string Model, string? Revision, Provenance Provenance, CopyVerdict Verdict, FileCounts Counts, IReadOnlyList<FileCheck> Files);

/// <summary>How many files came to what.</summary>
public sealed record FileCounts(int Ok, int Mismatch, int Missing, int Unknown, int Unverifiable);

/// <summary>One file of the copy or of the catalogue.</summary>
/// <param name="ExpectedBytes">Size in the catalogue; null where none is recorded.</param>
/// <param name="ActualBytes">Size in the copy; null where the file is not there.</param>
/// <param name="Algorithm"><c>sha256</c> or <c>git-sha1</c>: the checksum that decided; null where none could be compared.</param>
/// <param name="Expected">The recorded checksum in lower-case hexadecimal.</param>
/// <param name="Actual">The copy's checksum in lower-case hexadecimal.</param>
public sealed record FileCheck(
    string Path, FileStatus Status, long? ExpectedBytes, long? ActualBytes, string? Algorithm, string? Expected, string? Actual);
