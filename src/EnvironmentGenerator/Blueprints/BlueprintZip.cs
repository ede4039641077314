using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Terradev.EnvironmentGenerator.Bundles;

namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>Something about a user's blueprint that is refused.</summary>
internal sealed record BlueprintFault(string File, string Cause)
{
    public static BlueprintFault At(string file, int line, string cause) => new(file, $"line {line.ToString(CultureInfo.InvariantCulture)}: {cause}");
}

/// <summary>Takes the files out of a zip that a user sent, and nothing that could do harm where they are written.</summary>
internal static partial class BlueprintZip
{
    public const int MaxBytes = 4 * 1024 * 1024;
    public const int MaxFiles = 200;
    private const int MaxUnpackedBytes = 16 * 1024 * 1024;
    private const int SymbolicLink = 0xA000;
    private const int FileKind = 0xF000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>1 to 40 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>The files, or everything that is wrong with them.</summary>
    public static (IReadOnlyList<BundleFile> Files, IReadOnlyList<BlueprintFault> Faults) Read(byte[] zip)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
            return Read(archive);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or NotSupportedException or IOException)
        {
            return ([], [new BlueprintFault("blueprint", "The body is no zip that can be read.")]);
        }
    }

    /// <summary>The files of a zip that this service has made.</summary>
    public static IReadOnlyList<BundleFile> Stored(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        return [.. archive.Entries.Select(entry => new BundleFile(entry.FullName, Unpack(entry, int.MaxValue)!))];
    }

    private static (IReadOnlyList<BundleFile>, IReadOnlyList<BlueprintFault>) Read(ZipArchive archive)
    {
        var entries = archive.Entries.Where(entry => !entry.FullName.EndsWith('/')).ToList();
        if (entries.Count > MaxFiles)
        {
            return ([], [new BlueprintFault("blueprint", $"It has {entries.Count} files; at most {MaxFiles} are taken.")]);
        }

        var files = new List<BundleFile>();
        var faults = new List<BlueprintFault>();
        var paths = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var room = MaxUnpackedBytes;
        foreach (var entry in entries)
        {
            var path = entry.FullName;
            if (PathFault(entry) is { } cause)
            {
                faults.Add(new BlueprintFault(Shown(path), cause));
            }
            else if (!paths.Add(path))
            {
                faults.Add(new BlueprintFault(path, "The same path is there twice; upper and lower case count as one."));
            }
            else if (Unpack(entry, room) is not { } content)
            {
                return ([], [new BlueprintFault("blueprint", $"Unpacked it is larger than {MaxUnpackedBytes / 1024 / 1024} MiB.")]);
            }
            else
            {
                room -= content.Length;
                if (!path.EndsWith(".zip", StringComparison.Ordinal) && !IsText(content))
                {
                    faults.Add(new BlueprintFault(path, "It is neither text in UTF-8 nor a .zip."));
                }

                files.Add(new BundleFile(path, content));
            }
        }

        // A file cannot be a folder too.
        faults.AddRange(files.Where(file => files.Any(other => other.Path.StartsWith(file.Path + "/", StringComparison.OrdinalIgnoreCase)))
            .Select(file => new BlueprintFault(file.Path, "It is a file and a folder at the same time.")));
        return (files, faults);
    }

    private static string? PathFault(ZipArchiveEntry entry)
    {
        var path = entry.FullName;
        var name = path[(path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return path switch
        {
            _ when ((entry.ExternalAttributes >> 16) & FileKind) == SymbolicLink => "It is a symbolic link; only files are taken.",
            { Length: > 200 } => "Its path is longer than 200 characters.",
            _ when !Path().IsMatch(path) => "A path has letters, digits and . _ - + between slashes; no part is empty or begins with a dot (leave out .terraform and other hidden files).",
            _ when name.EndsWith(".tf.json", StringComparison.Ordinal) || name.EndsWith(".tofu", StringComparison.Ordinal) || name.EndsWith(".tofu.json", StringComparison.Ordinal) =>
                "Only .tf files are read; write it in Terraform's own syntax.",
            _ when name is "override.tf" || name.EndsWith("_override.tf", StringComparison.Ordinal) => "Override files are not taken.",
            _ when name.EndsWith(".tfvars", StringComparison.Ordinal) || name.EndsWith(".tfvars.json", StringComparison.Ordinal) => "Values come from the request; give variables defaults instead.",
            _ when name.Contains(".tfstate", StringComparison.Ordinal) || name.EndsWith(".tfplan", StringComparison.Ordinal) => "State and plans are not part of a blueprint.",
            _ => null,
        };
    }

    // The sizes in a zip are only claims.
    private static byte[]? Unpack(ZipArchiveEntry entry, int room)
    {
        using var content = entry.Open();
        using var unpacked = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            if (unpacked.Length + read > room)
            {
                return null;
            }

            unpacked.Write(buffer, 0, read);
        }

        return unpacked.ToArray();
    }

    private static bool IsText(byte[] content)
    {
        try
        {
            return !Strict.GetString(content).Contains('\0', StringComparison.Ordinal);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static string Shown(string path) => new([.. path.Take(200).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);

    [GeneratedRegex(@"\A[A-Za-z0-9_+-][A-Za-z0-9._+-]*(?:/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*\z", RegexOptions.None, 1000)]
    private static partial Regex Path();

    [GeneratedRegex(@"\A[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?\z", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
