using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Journeys;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.BadDays;

public sealed class BrokenServers : SystemTest, IClassFixture<FragilePlatform>
{
    private readonly FragilePlatform _fragile;

    public BrokenServers(FragilePlatform fragile)
    {
        _fragile = fragile;
        Watch(fragile.Platform.Processes);
    }

    [Fact]
    public async Task A_run_goes_on_while_the_broker_is_down_and_its_events_arrive_afterwards()
    {
        await using var subscriber = await EventSubscriber.StartAsync(_fragile.Broker.Address, EventSubscriber.AllEvents);
        var created = await _fragile.Platform.Api.CreateAsync(TerradevApi.Bert("broker-down"));
        await ProvisionsAsync(created.Id);

        await _fragile.Broker.StopServerAsync();
        await _fragile.Platform.Api.ReachesAsync(created.Id, EnvironmentStatus.Ready, Deadlines.Ready);
        await _fragile.Broker.StartServerAsync();

        await subscriber.FirstAsync(created.Id, "EnvironmentReady", Deadlines.Event);
        Events.HaveNoGaps(subscriber.Of(created.Id));
        (await _fragile.Simulator.InstancesOfAsync(created.Id)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_crash_of_the_database_during_the_apply_loses_nothing_and_creates_nothing_twice()
    {
        var created = await _fragile.Platform.Api.CreateAsync(TerradevApi.Bert("db-crash"));
        await ProvisionsAsync(created.Id);

        await _fragile.Postgres.RestartAsync();

        var ready = await _fragile.Platform.Api.ReachesAsync(created.Id, EnvironmentStatus.Ready, Deadlines.Ready);
        await Cloud.HasExactlyWhatIsPromisedAsync(_fragile.Simulator, ready);
    }

    [Fact]
    public async Task A_killed_replica_leaves_an_environment_with_a_stated_status_that_can_be_destroyed()
    {
        var created = await _fragile.Platform.Api.CreateAsync(TerradevApi.Bert("killed"));
        var provisioning = await ProvisionsAsync(created.Id);
        var holder = (await _fragile.Platform.Api.RunAsync(created.Id, provisioning.LastRun)).Holder.ShouldNotBeNull();
        var victim = _fragile.Platform.Generators.Single(replica => holder.Contains($"-{replica.Process.Id}", StringComparison.Ordinal));

        await victim.Process.KillAsync();
        await _fragile.Platform.AddGeneratorAsync();

        var settled = await _fragile.Platform.Api.ReachesAnyAsync(created.Id, Deadlines.Ready, EnvironmentStatus.Ready, EnvironmentStatus.Failed);
        (await _fragile.Simulator.LiveInstancesOfAsync(created.Id)).Count.ShouldBeLessThanOrEqualTo(1);
        if (settled.Status == EnvironmentStatus.Failed)
        {
            settled.Reason.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.RunInterrupted);
        }

        await _fragile.Platform.Api.DeleteAsync(created.Id);
        await _fragile.Platform.Api.ReachesAsync(created.Id, EnvironmentStatus.Destroyed, Deadlines.Destroyed);
        await Cloud.HasNothingLeftAsync(_fragile.Simulator, created.Id);
    }

    [Fact]
    public async Task An_apply_that_fails_half_way_names_the_cause_and_what_still_exists()
    {
        await using var subscriber = await EventSubscriber.StartAsync(_fragile.Broker.Address, "ProvisioningProgressed", "ProvisioningFailed");
        var created = await _fragile.Platform.Api.CreateAsync(TerradevApi.Bert("half-way"));
        await Until.TrueAsync(
            () => Task.FromResult(subscriber.Of(created.Id).Any(received => received.Event.TryGetProperty("phase", out var phase) && phase.GetString() == "apply" && received.Event.GetProperty("state").GetString() == "completed")),
            Deadlines.Ready,
            () => "nothing was created");

        await _fragile.Simulator.KillAsync();
        var failed = await _fragile.Platform.Api.ReachesAnyAsync(created.Id, Deadlines.Ready, EnvironmentStatus.Failed);

        failed.Reason.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.TerraformFailed);
        failed.Reason.Detail.ShouldNotBeNullOrWhiteSpace();
        failed.Reason.NextStep.ShouldNotBeNullOrWhiteSpace();
        var told = (await subscriber.FirstAsync(created.Id, "ProvisioningFailed", Deadlines.Event))[0];
        told.GetProperty("stillExisting").GetArrayLength().ShouldBeGreaterThan(0);

        // It forgets everything when it dies: to Terraform the resources were deleted behind its back.
        await _fragile.Simulator.StartServerAsync();
        await _fragile.Platform.Api.DeleteAsync(created.Id);
        await _fragile.Platform.Api.ReachesAsync(created.Id, EnvironmentStatus.Destroyed, Deadlines.Destroyed);
    }

    private Task<EnvironmentResponse> ProvisionsAsync(string id) => Until.ValueAsync(
        async () =>
        {
            var instances = await _fragile.Simulator.NetworksOfAsync(id);
            var environment = await _fragile.Platform.Api.GetAsync(id);
            environment.Status.ShouldNotBeOneOf(EnvironmentStatus.Failed, EnvironmentStatus.Ready);
            return instances.Count > 0 && environment.Status == EnvironmentStatus.Provisioning ? environment : null;
        },
        Deadlines.Ready,
        () => "the apply did not start");
}
