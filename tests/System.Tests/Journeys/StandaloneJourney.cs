using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.Journeys;

public sealed class StandaloneJourney(SystemServers servers) : SystemTest
{
    [Fact]
    public async Task An_approved_environment_exists_in_the_cloud_until_it_is_deleted()
    {
        var simulator = await servers.Simulator;
        var standalone = await servers.Standalone;
        Watch(standalone.Process);

        var created = await standalone.Api.CreateAsync(TerradevApi.Bert("standalone"));
        created.Status.ShouldBeOneOf(EnvironmentStatus.Draft, EnvironmentStatus.Generated);
        var ready = await standalone.Api.ReachesAsync(created.Id, EnvironmentStatus.Ready, Deadlines.Ready);

        await Cloud.HasExactlyWhatIsPromisedAsync(simulator, ready);

        await standalone.Api.DeleteAsync(created.Id);
        await standalone.Api.ReachesAsync(created.Id, EnvironmentStatus.Destroyed, Deadlines.Destroyed);

        await Cloud.HasNothingLeftAsync(simulator, created.Id);
    }

    [Fact]
    public async Task Figures_come_from_the_shipped_snapshot_and_say_so_when_the_hub_is_down()
    {
        var standalone = await servers.Standalone;
        Watch(standalone.Process);

        var created = await standalone.Api.CreateAsync(TerradevApi.Bert("hub-down") with { Rehearsal = true });
        var planned = await standalone.Api.HasPlanAsync(created.Id, Deadlines.Planned);

        planned.Model.ShouldNotBeNull().Provenance.Source.ShouldBe("snapshot");
        planned.Dataset.ShouldNotBeNull().Provenance.Source.ShouldBe("snapshot");
    }
}
