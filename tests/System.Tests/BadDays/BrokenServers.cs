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
    public async Task A_run_whose_worker_is_killed_is_finished_by_another_one()
    {
        var created = await _fragile.Platform.Api.CreateAsync(TerradevApi.Bert("worker-killed"));
        var victim = await HolderAsync(await ProvisionsAsync(created.Id));

        await victim.Process.KillAloneAsync();

        var ready = await _fragile.Platform.Api.ReachesAsync(created.Id, EnvironmentStatus.Ready, Deadlines.Ready);
        await Cloud.HasExactlyWhatIsPromisedAsync(_fragile.Simulator, ready);
        await _fragile.Platform.ReplaceAsync(victim);
    }

    [Fact]
    public async Task A_run_that_is_killed_with_its_terraform_fails_with_a_reason_and_is_not_started_again()
    {
        await using var subscriber = await EventSubscriber.StartAsync(_fragile.Broker.Address, "ProvisioningFailed", "EnvironmentInterrupted");
        var created = await _fragile.Platform.Api.CreateAsync(TerradevApi.Bert("all-killed"));
        var victim = await HolderAsync(await ProvisionsAsync(created.Id));

        await victim.Process.KillAsync();

        var settled = await _fragile.Platform.Api.ReachesAnyAsync(created.Id, Deadlines.Ready, EnvironmentStatus.Failed, EnvironmentStatus.Ready);
        (await _fragile.Simulator.InstancesOfAsync(created.Id)).Count.ShouldBeLessThanOrEqualTo(1);
        await subscriber.FirstAsync(created.Id, "EnvironmentInterrupted", Deadlines.Event);
        if (settled.Status == EnvironmentStatus.Failed)
        {
            settled.Reason.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.RunInterrupted);
            var told = (await subscriber.FirstAsync(created.Id, "ProvisioningFailed", Deadlines.Event))[0];
            told.GetProperty("stillExisting").GetArrayLength().ShouldBeGreaterThan(0);
        }

        await _fragile.Platform.ReplaceAsync(victim);
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

    private async Task<ServiceProcess> HolderAsync(EnvironmentResponse environment) =>
        _fragile.Platform.HolderOf(await _fragile.Platform.Api.RunAsync(environment.Id, environment.LastRun));

    // So far that the cloud has something, and not everything.
    private Task<EnvironmentResponse> ProvisionsAsync(string id) => Until.ValueAsync(
        async () =>
        {
            var networks = await _fragile.Simulator.NetworksOfAsync(id);
            var environment = await _fragile.Platform.Api.GetAsync(id);
            environment.Status.ShouldNotBeOneOf(EnvironmentStatus.Failed, EnvironmentStatus.Ready);
            return networks.Count > 0 && environment.Status == EnvironmentStatus.Provisioning ? environment : null;
        },
        Deadlines.Ready,
        () => "the apply did not start");
}
