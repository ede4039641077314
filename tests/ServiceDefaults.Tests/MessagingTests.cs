using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.ServiceDefaults.Tests;

public sealed class MessagingTests
{
    [Fact]
    public async Task A_body_is_the_events_json_and_nothing_else()
    {
        await using var service = await Start();
        var offer = new Offer(
            Cloud.Aws, "us-east-1", null, "g4dn.xlarge", Capacity.OnDemand, new OfferGpu("T4", 1, 15360, "nvidia", "7.5", Interconnect.Pcie),
            4, 16, null, 0.526m, "aws", new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero), PriceConfidence.Listed);
        var sent = new EnvironmentGenerated
        {
            EventId = Guid.NewGuid(),
            OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
            EnvironmentId = "e1",
            EnvironmentName = "e1",
            Sequence = 1,
            Offer = offer,
            PerHour = 0.5310m,
            AtDeadline = 6.372m,
        };

        await service.Services.GetRequiredService<IBus>().Publish(sent);

        var body = await service.Services.GetRequiredService<TaskCompletionSource<string>>().Task.WaitAsync(TimeSpan.FromSeconds(20));
        body.ShouldBe(JsonSerializer.Serialize(sent, TerradevJson.Options));
        var json = JsonSerializer.Deserialize<JsonElement>(body);
        json.GetProperty("perHour").GetRawText().ShouldBe("0.5310");
        json.GetProperty("offer").GetProperty("capacity").GetString().ShouldBe("on-demand");
        json.GetProperty("occurredAt").GetString().ShouldBe("2026-01-02T01:04:05.678Z");
        json.EnumerateObject().Select(field => field.Name).ShouldBe(
            ["offer", "perHour", "atDeadline", "eventId", "occurredAt", "environmentId", "sequence", "environmentName"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_request_is_answered_with_the_answer_or_the_refusal()
    {
        await using var service = await Start();
        await using var scope = service.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<IRequestClient<ResolveDataset>>();

        var found = (await client.GetResponse<DatasetResolved>(new ResolveDataset("huggingface:stanfordnlp/imdb"))).Message;
        found.Refusal.ShouldBeNull();
        found.Dataset!.Rows.ShouldBe(100_000);
        found.Dataset.Provenance.AsOf.ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

        var refused = (await client.GetResponse<DatasetResolved>(new ResolveDataset("huggingface:none"))).Message;
        refused.Dataset.ShouldBeNull();
        refused.Refusal!.Code.ShouldBe(RefusalCodes.DatasetNotFound);
        refused.Refusal.Errors!["dataset"].ShouldBe(["is not there"]);
    }

    [Fact]
    public async Task A_consumer_that_breaks_fails_the_request_and_not_as_unavailable()
    {
        await using var service = await Start();
        await using var scope = service.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<IRequestClient<ResolveDataset>>();
        var failure = await Should.ThrowAsync<RequestFaultException>(() => client.GetResponse<DatasetResolved>(new ResolveDataset("break")));
        failure.Message.ShouldContain("a bug");
        Unavailable.Is(failure).ShouldBeFalse();
    }

    private static Task<TestService> Start() => TestService.StartAsync(builder =>
    {
        builder.Services.AddSingleton(new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        builder.AddToBus(bus =>
        {
            bus.AddConsumer<BodyConsumer>();
            bus.AddConsumer<Datasets>();
            bus.AddRequestClient<ResolveDataset>();
        });
        builder.AddBus();
    });

    public sealed class BodyConsumer(TaskCompletionSource<string> body) : IConsumer<EnvironmentGenerated>
    {
        public Task Consume(ConsumeContext<EnvironmentGenerated> context)
        {
            body.TrySetResult(Encoding.UTF8.GetString(context.ReceiveContext.GetBody()));
            return Task.CompletedTask;
        }
    }

    public sealed class Datasets : IConsumer<ResolveDataset>
    {
        public Task Consume(ConsumeContext<ResolveDataset> context) => context.Message.Dataset switch
        {
            "break" => throw new InvalidOperationException("a bug"),
            "huggingface:none" => context.RespondAsync(new DatasetResolved(
                null, new Refusal(RefusalCodes.DatasetNotFound, "Not there.", "Look.", new Dictionary<string, string[]> { ["dataset"] = ["is not there"] }))),
            _ => context.RespondAsync(new DatasetResolved(
                new DatasetSummary(
                    "huggingface", "stanfordnlp/imdb", null, "text", null, false, 100_000, 1, 1, [], 1, 1, [], new Provenance("huggingface", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))),
                null)),
        };
    }
}
