using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.BadDays;

public sealed class MissingTools : SystemTest
{
    [Fact]
    public async Task Without_terraform_an_environment_fails_and_says_what_to_install()
    {
        var nowhere = Path.Combine(TestRun.Folder, "no", "terraform");
        await using var standalone = await Standalone.StartAsync(simulator: null, ("Terraform__Path", nowhere));
        Watch(standalone.Process);

        var created = await standalone.Api.CreateAsync(TerradevApi.Bert("no-terraform"));
        var failed = await standalone.Api.ReachesAnyAsync(created.Id, Deadlines.Planned, EnvironmentStatus.Failed);

        failed.Reason.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.TerraformMissing);
        failed.Reason.Detail.ShouldContain(nowhere);
        failed.Reason.NextStep.ShouldNotBeNullOrWhiteSpace();
    }
}
