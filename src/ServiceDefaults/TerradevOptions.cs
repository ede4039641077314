namespace Terradev.ServiceDefaults;

/// <summary>Settings that every service shares, section <c>Terradev</c>.</summary>
public sealed class TerradevOptions
{
    public const string Section = "Terradev";

    /// <summary>
    /// Folder for databases, keys and bundles. Default: <c>$XDG_DATA_HOME/terradev</c> or <c>~/.local/share/terradev</c>.
    /// </summary>
    public string DataDirectory { get; set; } = DefaultDataDirectory();

    /// <summary>The folder, made on first use and readable by its owner only.</summary>
    public string EnsureDataDirectory(params string[] below)
    {
        var path = Path.Combine([Path.GetFullPath(DataDirectory), .. below]);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    private static string DefaultDataDirectory()
    {
        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(data) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share") : data,
            "terradev");
    }
}
