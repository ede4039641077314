using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.Journeys;

/// <summary>Environments asked for at once through the gateway, with two replicas to run them and AMQP clients listening.</summary>
public sealed class EnvironmentsAtOnce(SystemServers servers) : IAsyncLifetime
{
    public const string TraceId = "5e5f3b1d0c2a49d68a7d3c1b2e4f6a70";
    private const int Count = 3;

    public IReadOnlyList<EnvironmentResponse> Ready { get; private set; } = [];

    internal Platform Platform { get; private set; } = null!;

    internal EventSubscriber AllEvents { get; private set; } = null!;

    internal EventSubscriber ReadyEvents { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Platform = await servers.Platform;
        var broker = await servers.Broker;
        AllEvents = await EventSubscriber.StartAsync(broker.Address, EventSubscriber.AllEvents);
        ReadyEvents = await EventSubscriber.StartAsync(broker.Address, "EnvironmentReady");
        Platform.Api.Http.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01");
        var created = await Task.WhenAll(Enumerable.Range(1, Count).Select(number => Platform.Api.CreateAsync(TerradevApi.Bert($"at-once-{number}"))));
        Platform.Api.Http.DefaultRequestHeaders.Remove("traceparent");
        Ready = await Task.WhenAll(created.Select(environment => Platform.Api.ReachesAsync(environment.Id, EnvironmentStatus.Ready, Deadlines.Ready)));
    }

    public async ValueTask DisposeAsync()
    {
        await AllEvents.DisposeAsync();
        await ReadyEvents.DisposeAsync();
    }
}

public sealed class DistributedJourney(SystemServers servers, EnvironmentsAtOnce environments) : SystemTest, IClassFixture<EnvironmentsAtOnce>
{
    [Fact]
    public async Task Two_replicas_provision_each_environment_exactly_once()
    {
        var simulator = await servers.Simulator;

        foreach (var environment in environments.Ready)
        {
            await Cloud.HasExactlyWhatIsPromisedAsync(simulator, environment);
        }
    }

    [Fact]
    public async Task An_amqp_client_reads_EnvironmentReady_as_plain_json()
    {
        foreach (var environment in environments.Ready)
        {
            var ready = (await environments.ReadyEvents.FirstAsync(environment.Id, "EnvironmentReady", Deadlines.Event))[0];

            ready.GetProperty("environmentName").GetString().ShouldBe(environment.Name);
            ready.GetProperty("outputs").GetProperty("instance_id").GetString().ShouldBe(environment.Outputs["instance_id"]);
            ready.GetProperty("perHour").GetDecimal().ShouldBe(environment.Quote!.PerHour);
        }
    }

    [Fact]
    public async Task Every_event_tells_its_place_and_none_is_missing()
    {
        foreach (var environment in environments.Ready)
        {
            await environments.AllEvents.FirstAsync(environment.Id, "EnvironmentReady", Deadlines.Event);

            var events = environments.AllEvents.Of(environment.Id);

            Events.HaveNoGaps(events);
            events.Select(received => received.Exchange).Distinct().ShouldBe(
                ["EnvironmentRequested", "EnvironmentGenerated", "EnvironmentPlanned", "ProvisioningStarted", "ProvisioningProgressed", "EnvironmentReady"], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task The_event_stream_resumes_after_the_last_event_that_was_seen()
    {
        var id = environments.Ready[0].Id;
        var everything = await environments.Platform.Api.EventsAsync(id, lastEventId: null, item => item.EventType == "EnvironmentReady", Deadlines.Event);

        var rest = await environments.Platform.Api.EventsAsync(id, everything[2].EventId, item => item.EventType == "EnvironmentReady", Deadlines.Event);

        everything.Select(item => item.Data.GetProperty("sequence").GetInt64()).ShouldBe(Enumerable.Range(1, everything.Count).Select(number => (long)number));
        rest.Select(item => item.EventId).ShouldBe(everything.Skip(3).Select(item => item.EventId));
    }

    [Fact]
    public async Task One_trace_leads_from_the_gateway_through_the_broker_to_terraform()
    {
        var dashboard = await servers.Dashboard;

        var spans = await Until.ValueAsync(
            async () => await dashboard.SpansAsync(EnvironmentsAtOnce.TraceId) is { Count: > 0 } found && found.Any(span => span.Name.Contains("apply", StringComparison.Ordinal)) ? found : null,
            Deadlines.Traced,
            () => "the dashboard shows no span of the apply");

        spans.Select(span => span.Resource).Distinct().ShouldBeSubsetOf(["gateway", "environmentgenerator", "modelregistry", "datasetregistry", "computeoptimizer"]);
        spans.Select(span => span.Resource).ShouldContain("gateway");
        spans.Select(span => span.Resource).ShouldContain("modelregistry");
        spans.ShouldContain(span => span.Resource == "environmentgenerator" && span.Name.StartsWith("terraform"));
    }

    [Fact]
    public async Task A_deleted_environment_is_gone_from_the_cloud()
    {
        var simulator = await servers.Simulator;
        var environment = environments.Ready[^1];

        var deleting = await environments.Platform.Api.CreateAsync(TerradevApi.Bert("to-delete"));
        await environments.Platform.Api.ReachesAsync(deleting.Id, EnvironmentStatus.Ready, Deadlines.Ready);
        await environments.Platform.Api.DeleteAsync(deleting.Id);
        await environments.Platform.Api.ReachesAsync(deleting.Id, EnvironmentStatus.Destroyed, Deadlines.Destroyed);

        await Cloud.HasNothingLeftAsync(simulator, deleting.Id);
        (await simulator.LiveInstancesOfAsync(environment.Id)).Count.ShouldBe(1);
        await environments.AllEvents.FirstAsync(deleting.Id, "EnvironmentDestroyed", Deadlines.Event);
        Events.HaveNoGaps(environments.AllEvents.Of(deleting.Id));
    }
}
