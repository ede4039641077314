using System.IO.Compression;
using Terradev.Contracts.EnvironmentGenerator;
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
        await standalone.Api.ReachesAsync(created.Id, EnvironmentStatus.AwaitingApproval, Deadlines.Planned);

        var folder = TestRun.NewFolder("bundle");
        await using (var zip = await standalone.Api.Http.GetStreamAsync($"/api/v1/environments/{created.Id}/bundle"))
        {
            await ZipFile.ExtractToDirectoryAsync(zip, folder);
        }

        await IsValidAsync(folder);
    }

    internal static async Task IsValidAsync(string folder)
    {
        var terraform = Requires.Tool("terraform");
        await LocalProcess.RunAsync("terraform-init", terraform, ["init", "-input=false", "-no-color"], workingDirectory: folder);
        var validated = await LocalProcess.RunAsync("terraform-validate", terraform, ["validate", "-no-color"], workingDirectory: folder);
        validated.ShouldContain("The configuration is valid.");
    }
}
