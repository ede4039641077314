using System.Globalization;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Artifacts;

/// <summary>What a list of files that a caller declares must keep to.</summary>
internal static class FileRules
{
    public const int MostFiles = 10_000;
    public const int LongestPath = 1024;
    private const long LargestFile = 1L << 60;
    private const int Sha256Digits = 64;
    private const int Sha1Digits = 40;

    // Past this many the list says no more than the first ones do.
    private const int MostErrors = 100;

    /// <summary>Names every fault under <c>files[n].field</c>, up to a hundred.</summary>
    public static void Check(IReadOnlyList<DeclaredFile?> files, Dictionary<string, string[]> errors)
    {
        if (files.Count > MostFiles)
        {
            errors["files"] = [$"Name at most {MostFiles:N0} files; these are {files.Count.ToString("N0", CultureInfo.InvariantCulture)}."];
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < files.Count && errors.Count < MostErrors; n++)
        {
            foreach (var (field, message) in FaultsOf(files[n], seen))
            {
                errors[$"files[{n.ToString(CultureInfo.InvariantCulture)}]{field}"] = [message];
            }
        }
    }

    /// <summary>True for a relative path with <c>/</c> between folders that stays where it is put and has no control characters.</summary>
    public static bool IsRelative(string path) =>
        !path.Any(c => char.IsControl(c) || c == '\\') && path.Split('/').All(segment => segment is not ("" or "." or ".."));

    /// <summary>Lower case where the text is a checksum of that many bits in hexadecimal; else null.</summary>
    public static string? Hex(string? text, int bits) =>
        text is not null && text.Length == bits / 4 && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    private static IEnumerable<(string Field, string Message)> FaultsOf(DeclaredFile? file, HashSet<string> seen)
    {
        if (file is null)
        {
            yield return ("", "A file is an object with path and sizeBytes.");
            yield break;
        }

        if (string.IsNullOrEmpty(file.Path) || file.Path.Length > LongestPath)
        {
            yield return (".path", $"Use 1 to {LongestPath} characters.");
        }
        else if (!IsRelative(file.Path))
        {
            yield return (".path", "Use the path within the repository, with / between folders and without control characters, '.', '..' and '\\'.");
        }
        else if (!seen.Add(file.Path))
        {
            yield return (".path", "Name each path once.");
        }

        if (file.SizeBytes is not (>= 0 and <= LargestFile))
        {
            yield return (".sizeBytes", "Use the number of bytes, 0 to 2^60.");
        }

        if (file.Sha256 is not null && Hex(file.Sha256, Sha256Digits * 4) is null)
        {
            yield return (".sha256", $"Use {Sha256Digits} hexadecimal digits.");
        }

        if (file.GitSha1 is not null && Hex(file.GitSha1, Sha1Digits * 4) is null)
        {
            yield return (".gitSha1", $"Use {Sha1Digits} hexadecimal digits.");
        }
    }
}
