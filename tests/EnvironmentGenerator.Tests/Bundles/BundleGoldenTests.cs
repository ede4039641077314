using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.Testing;

namespace Terradev.EnvironmentGenerator.Tests.Bundles;

/// <summary>
/// What is rendered for each blueprint, compared whole with <c>Goldens/{blueprint}/</c>; with <c>UPDATE_GOLDENS=1</c> the files are
/// written anew. Of the files that are the same for everybody the golden has the hash.
/// </summary>
public sealed class BundleGoldenTests
{
    public static TheoryData<string> Blueprints => [.. Blueprint.All.Select(blueprint => blueprint.Name).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Blueprints))]
    public void A_bundle_is_what_its_golden_files_say(string blueprint)
    {
        var files = Render(blueprint);
        ShouldMatch(blueprint, "terraform.tfvars.json", files.Single(file => file.Path == "terraform.tfvars.json").Text);
        ShouldMatch(blueprint, "README.md", files.Single(file => file.Path == "README.md").Text);
        ShouldMatch(blueprint, "files.txt", string.Concat(files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Content.Span))}  {file.Path}\n")));
    }

    [Theory]
    [MemberData(nameof(Blueprints))]
    public async Task A_rendered_bundle_is_formatted_as_Terraform_formats(string blueprint)
    {
        var terraform = Requires.Tool("terraform");
        var folder = Directory.CreateTempSubdirectory("bundle-").FullName;
        try
        {
            BundleFolder.Write(folder, Render(blueprint));
            using var process = Process.Start(new ProcessStartInfo(terraform, ["fmt", "-check", "-recursive", "-list=true"]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            (process.ExitCode, await output).ShouldBe((0, ""), await errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IReadOnlyList<BundleFile> Render(string blueprint)
    {
        var request = ExampleEnvironment.Request(blueprint) with
        {
            Variables = new Dictionary<string, JsonElement>
            {
                ["hub_token"] = JsonSerializer.SerializeToElement(true),
                ["notification_emails"] = JsonSerializer.SerializeToElement(new[] { "someone@example.com" }),
            },
            Tags = new Dictionary<string, string> { ["team"] = "research", ["cost-centre"] = "42" },
        };
        var environment = ExampleEnvironment.Of(request);

        // Ids are made of the time and of chance.
        return [.. RenderBundle.Files(Blueprint.All.Single(shipped => shipped.Name == blueprint), environment, new BundleTarget("installation", SimulatedEndpoint: false), ExampleEnvironment.Now.AddHours(12))
            .Select(file => file.Path == "terraform.tfvars.json" ? new BundleFile(file.Path, file.Text.Replace(environment.Id, "environment-id", StringComparison.Ordinal)) : file)];
    }

    private static void ShouldMatch(string blueprint, string name, string text)
    {
        var path = Path.Combine(Folder(), "Goldens", blueprint, name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        text.ShouldBe(File.Exists(path) ? File.ReadAllText(path) : "");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
