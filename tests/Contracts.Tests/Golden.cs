using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Terradev.Contracts.Tests;

/// <summary>
/// Compares JSON whole with <c>Goldens/{name}.json</c>. A change there is a change for every integrator; with
/// <c>UPDATE_GOLDENS=1</c> the files are written anew.
/// </summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Indented = new(TerradevJson.Options) { WriteIndented = true, NewLine = "\n" };

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Folder(), "../.."));

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    public static void ShouldMatch(string name, object value)
    {
        var json = JsonSerializer.Serialize(value, value.GetType(), Indented) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(PathOf(name), json);
        }

        json.ShouldBe(Read(name));
    }

    /// <summary>Reading the golden file and writing it again changes nothing.</summary>
    public static void ShouldRoundTrip(string name, Type type) =>
        (JsonSerializer.Serialize(JsonSerializer.Deserialize(Read(name), type, Indented), type, Indented) + "\n").ShouldBe(Read(name));

    private static string PathOf(string name) => Path.Combine(Folder(), "Goldens", $"{name}.json");

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
