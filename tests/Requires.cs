namespace Terradev.Testing;

/// <summary>
/// The one place that decides what a missing program means: the test is skipped, or fails where <c>TERRADEV_TEST_STRICT</c> is set.
/// </summary>
internal static class Requires
{
    public const string StrictVariable = "TERRADEV_TEST_STRICT";

    // Debian keeps server programs out of PATH.
    private static readonly string[] ServerFolders = ["/usr/sbin", "/sbin"];

    /// <summary>The full path of a program, looked for in <paramref name="first"/>, in <c>PATH</c> and where Debian keeps its servers.</summary>
    public static string Tool(string name, params string[] first)
    {
        var folders = first
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .Concat(PostgreSqlFolders())
            .Concat(ServerFolders);
        var path = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return path ?? Missing(name);
    }

    /// <summary>The full path of a program that <c>./test.sh</c> installs into the repository.</summary>
    public static string InstalledTool(string path) => File.Exists(path) ? path : Missing(path);

    /// <summary>The value of an environment variable that <c>./test.sh</c> sets.</summary>
    public static string Setting(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : Missing(variable);

    private static IEnumerable<string> PostgreSqlFolders() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0).Select(folder => Path.Combine(folder, "bin"))
            : [];

    private static string Missing(string name)
    {
        var reason = $"{name} is missing here; ./test.sh provides what the tests need.";
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(StrictVariable)))
        {
            Assert.Skip(reason);
        }

        Assert.Fail(reason);
        return name;
    }
}
