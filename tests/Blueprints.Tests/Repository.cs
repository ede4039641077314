using System.Runtime.CompilerServices;

namespace Terradev.Blueprints.Tests;

/// <summary>The blueprints as they lie in the repository, and copies of them to run Terraform in.</summary>
internal static class Repository
{
    public static string Folder { get; } = Find();

    public static string Terraform { get; } = Path.Combine(Folder, "terraform");

    /// <summary>Names of the folders in <c>terraform/blueprints/aws</c>.</summary>
    public static IReadOnlyList<string> Blueprints { get; } =
        [.. Directory.GetDirectories(Path.Combine(Terraform, "blueprints", "aws")).Where(folder => File.Exists(Path.Combine(folder, "versions.tf"))).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static string BlueprintFolder(string name) => Path.Combine(Terraform, "blueprints", "aws", name);

    /// <summary>A copy of the blueprint with the modules where it looks for them. The copy goes when the test run does.</summary>
    public static string CopyOf(string blueprint)
    {
        var copy = TemporaryFolders.New(blueprint);
        Copy(Path.Combine(Terraform, "modules"), Path.Combine(copy, "modules"));
        var target = Path.Combine(copy, "blueprints", "aws", blueprint);
        Copy(BlueprintFolder(blueprint), target);
        return target;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(file => !Path.GetFileName(file).Contains("tfstate", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.GetDirectories(from).Where(folder => Path.GetFileName(folder) is not (".terraform" or "tests")))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static string Find([CallerFilePath] string here = "")
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here)! })
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Terradev.sln")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}

internal static class TemporaryFolders
{
    private static readonly string Root = Create();

    public static string New(string name) => Directory.CreateDirectory(Path.Combine(Root, $"{name}-{Guid.NewGuid().ToString("N")[..8]}")).FullName;

    private static string Create()
    {
        var root = Directory.CreateTempSubdirectory("terradev-blueprints-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(root))
            {
                Directory.Delete(root, recursive: true);
            }
        };
        return root;
    }
}
