namespace Terradev.ServiceDefaults;

/// <summary>A secret that is made once and kept in a file that only its owner can read.</summary>
public static class SecretFile
{
    private static readonly TimeSpan WriterTime = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Reads the file, or makes it with what <paramref name="create"/> returns. When several processes start at once, the
    /// one that makes the file writes its secret and the others read that.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is there, but whoever made it never wrote the secret.</exception>
    public static string ReadOrCreate(string path, Func<string> create)
    {
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            try
            {
                using var writer = new StreamWriter(path, options);
                writer.Write(create());
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was first.
            }
        }

        return Read(path);
    }

    // A secret is far shorter than a page and written at once: it is there whole or not at all.
    private static string Read(string path)
    {
        var text = "";
        var read = SpinWait.SpinUntil(
            () =>
            {
                using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                text = reader.ReadToEnd().Trim();
                return text.Length > 0;
            },
            WriterTime);
        return read ? text : throw new InvalidDataException($"{path} is empty: delete it, and a new secret is made at the next start.");
    }
}
