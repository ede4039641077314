using System.Runtime.CompilerServices;

namespace Terradev.Cli.Tests;

/// <summary>Compares whole outputs with files beside the tests; <c>UPDATE_GOLDEN=1</c> writes the files anew.</summary>
internal static class Golden
{
    public static void ShouldBeGolden(this string actual, string name, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, name + ".golden");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
        }

        actual.ShouldBe(File.ReadAllText(file), $"{file} differs");
    }
}
