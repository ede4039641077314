namespace Terradev.EnvironmentGenerator.Bundles;

/// <summary>Writes a bundle to disk.</summary>
internal static class BundleFolder
{
    /// <summary>Writes every file that differs, and removes the bundle files that are no longer part of it.</summary>
    public static void Write(string folder, IReadOnlyList<BundleFile> files)
    {
        Directory.CreateDirectory(folder);
        var wanted = files.Select(file => Path.Combine(folder, file.Path)).ToHashSet(StringComparer.Ordinal);
        foreach (var (file, path) in files.Select(file => (file, Path.Combine(folder, file.Path))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content.Span))
            {
                File.WriteAllBytes(path, file.Content.Span);
            }
        }

        foreach (var stale in Directory.EnumerateFiles(folder, "*.tf").Where(path => !wanted.Contains(path)))
        {
            File.Delete(stale);
        }
    }

    /// <summary>Lets people run Terraform in the folder at once: the prepared providers by link, the module list by copy.</summary>
    public static void LinkProviders(string folder, string prepared)
    {
        File.Copy(Path.Combine(prepared, ".terraform.lock.hcl"), Path.Combine(folder, ".terraform.lock.hcl"), overwrite: true);
        var target = Path.Combine(folder, ".terraform");
        if (Directory.Exists(target))
        {
            return;
        }

        Directory.CreateDirectory(target);
        foreach (var entry in new DirectoryInfo(Path.Combine(prepared, ".terraform")).EnumerateFileSystemInfos())
        {
            var path = Path.Combine(target, entry.Name);
            if (entry is FileInfo file)
            {
                file.CopyTo(path);
            }
            else if (entry.Name == "modules")
            {
                Directory.CreateDirectory(path);
                foreach (var module in Directory.EnumerateFiles(entry.FullName))
                {
                    File.Copy(module, Path.Combine(path, Path.GetFileName(module)));
                }
            }
            else
            {
                Directory.CreateSymbolicLink(path, entry.FullName);
            }
        }
    }
}
