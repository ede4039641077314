using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Artifacts;

/// <summary>Compares the files of a copy with those that the catalogue recorded.</summary>
internal static class CopyCheck
{
    /// <summary>The report on a copy whose <paramref name="files"/> keep to <see cref="FileRules"/>; a pure function.</summary>
    /// <param name="path">The folder of the repository that was copied, without a slash at its ends; null where the whole was.</param>
    public static CopyReport Of(HubModel model, string? path, IReadOnlyList<DeclaredFile> files)
    {
        // Hubs name each path once; the first counts where one does not.
        var recorded = model.Files.Where(file => IsIn(path, file.Path)).DistinctBy(file => file.Path, StringComparer.Ordinal)
            .ToDictionary(file => file.Path, StringComparer.Ordinal);
        var copied = files.Select(file => file.Path!).ToHashSet(StringComparer.Ordinal);
        FileCheck[] checks =
        [
            .. files.Select(file => recorded.TryGetValue(file.Path!, out var expected) ? Compare(expected, file) : new FileCheck(file.Path!, FileStatus.Unknown, null, file.SizeBytes, null, null, null))
                .Concat(recorded.Values.Where(file => !copied.Contains(file.Path)).Select(file => new FileCheck(file.Path, FileStatus.Missing, file.SizeBytes, null, null, null, null)))
                .OrderBy(check => check.Path, StringComparer.Ordinal),
        ];
        var counts = checks.CountBy(check => check.Status).ToDictionary();
        return new CopyReport(
            new HubReference(model.Source, model.Id).ToString(), model.Revision, model.Provenance, Verdict(checks.Select(check => check.Status)),
            new FileCounts(
                counts.GetValueOrDefault(FileStatus.Ok), counts.GetValueOrDefault(FileStatus.Mismatch), counts.GetValueOrDefault(FileStatus.Missing),
                counts.GetValueOrDefault(FileStatus.Unknown), counts.GetValueOrDefault(FileStatus.Unverifiable)),
            checks);
    }

    /// <summary>True for a file in the folder or below it.</summary>
    public static bool IsIn(string? folder, string path) =>
        folder is null || (path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal));

    private static FileCheck Compare(ModelFile expected, DeclaredFile actual)
    {
        (string Algorithm, string? Expected, string? Actual)[] checksums =
        [
            ("sha256", FileRules.Hex(expected.Sha256, 256), FileRules.Hex(actual.Sha256, 256)),
            ("git-sha1", FileRules.Hex(expected.GitSha1, 160), FileRules.Hex(actual.GitSha1, 160)),
        ];
        var compared = checksums.Where(checksum => checksum is { Expected: not null, Actual: not null }).ToArray();
        // Of two checksums that cannot both be of the same content, the one that differs is shown.
        var (algorithm, recorded, found) = compared.Where(checksum => checksum.Expected != checksum.Actual).Concat(compared).FirstOrDefault();
        var status = (SizeDiffers: expected.SizeBytes is { } size && size != actual.SizeBytes, algorithm) switch
        {
            (true, _) => FileStatus.Mismatch,
            (_, null) => FileStatus.Unverifiable,
            _ => recorded == found ? FileStatus.Ok : FileStatus.Mismatch,
        };
        return new FileCheck(expected.Path, status, expected.SizeBytes, actual.SizeBytes, algorithm, recorded, found);
    }

    private static CopyVerdict Verdict(IEnumerable<FileStatus> statuses) => statuses.Select(status => status switch
    {
        FileStatus.Mismatch => CopyVerdict.Damaged,
        FileStatus.Missing => CopyVerdict.Incomplete,
        FileStatus.Unknown => CopyVerdict.Extended,
        FileStatus.Unverifiable => CopyVerdict.Unverified,
        _ => CopyVerdict.Intact,
    }).Max();
}
