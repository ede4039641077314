using System.IO.Compression;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;
using Terradev.Testing;

namespace Terradev.SystemTests.Journeys;

public sealed class BundleJourney(SystemServers servers) : SystemTest
{
    [Fact]
    public async Task A_downloaded_bundle_is_valid_for_plain_terraform()
    {
        var standalone = await servers.Standalone;
        Watch(standalone.Process);
        var created = await standalone.Api.CreateAsync(TerradevApi.Bert("bundle") with { Rehearsal = true });
        await standalone.Api.HasPlanAsync(created.Id, Deadlines.Planned);

        var folder = TestRun.NewFolder("bundle");
        await using (var zip = await standalone.Api.Http.GetStreamAsync($"/api/v1/environments/{created.Id}/bundle"))
        {
            await ZipFile.ExtractToDirectoryAsync(zip, folder);
        }

        await IsValidAsync(folder);
    }

    internal static async Task IsValidAsync(string folder)
    {
        await TerraformAsync(folder, "init", "-input=false", "-no-color");
        (await TerraformAsync(folder, "validate", "-no-color")).ShouldContain("The configuration is valid.");
    }

    private static Task<string> TerraformAsync(string folder, params string[] arguments)
    {
        var mirror = Path.Combine(TestRun.Repository, "eng", "terraform-mirror.sh");
        return LocalProcess.RunAsync("terraform", "bash", ["-c", ". \"$0\"; exec \"$@\"", mirror, Requires.Tool("terraform"), .. arguments], workingDirectory: folder);
    }
}
