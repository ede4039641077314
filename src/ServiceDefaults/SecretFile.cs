namespace Terradev.ServiceDefaults;

/// <summary>A secret that is made once and kept in a file that only its owner can read.</summary>
public static class SecretFile
{
    /// <summary>
    /// Reads the file, or makes it with what <paramref name="create"/> returns. When several processes start at once, the
    /// first to write wins and the others read its secret.
    /// </summary>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        if (!File.Exists(path))
        {
            var draft = $"{path}.{Guid.NewGuid():N}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var writer = new StreamWriter(path: draft, options))
            {
                writer.Write(create());
            }

            try
            {
                File.Move(draft, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(draft);
            }
        }

        return File.ReadAllText(path).Trim();
    }
}
