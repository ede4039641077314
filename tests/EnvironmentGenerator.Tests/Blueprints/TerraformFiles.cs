using System.Runtime.CompilerServices;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

/// <summary>The .tf files of the repository.</summary>
internal static class TerraformFiles
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Here(), "../../../terraform"));

    /// <summary>Paths below <see cref="Folder"/>, with forward slashes.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.GetFiles(Folder, "*.tf", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/.terraform/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
