using System.IO.Compression;
using System.Text;
using Terradev.Testing;

namespace Terradev.Blueprints.Tests;

/// <summary>The script of a machine's first boot as its launch template has it.</summary>
internal static class UserData
{
    private const int MostBytes = 16_384;

    /// <summary>Fails where a launch template's script is too large for EC2, is no valid shell, or where shellcheck objects.</summary>
    public static async Task CheckAsync(IEnumerable<Resource> state, string folder)
    {
        var scripts = state.Where(resource => resource.Type == "aws_launch_template").Select(resource => resource.Values.GetProperty("user_data").GetString()!).ToList();
        scripts.ShouldNotBeEmpty();
        foreach (var script in scripts)
        {
            var packed = Convert.FromBase64String(script);
            packed.Length.ShouldBeLessThanOrEqualTo(MostBytes);
            var path = Path.Combine(folder, "user-data.sh");
            await File.WriteAllTextAsync(path, Unpacked(packed), CancellationToken.None);
            foreach (var (program, arguments) in new (string, string[])[] { ("bash", ["-n", path]), ("shellcheck", [path]) })
            {
                var exit = await Terraform.ProgramRun.ToItsEndAsync(Requires.Tool(program), arguments, folder, new Dictionary<string, string>(), TimeSpan.FromMinutes(1));
                exit.Code.ShouldBe(0, exit.Output + exit.Error);
            }
        }
    }

    private static string Unpacked(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
