using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Testing;

namespace Terradev.ServiceDefaults.Tests;

public sealed class OutboxTests
{
    public static TheoryData<string> Stores => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Events_are_published_once_and_in_order(string store)
    {
        await using var service = await Start(store);
        var subjects = new[] { "a", "b", "c" };
        await Task.WhenAll(subjects.Select(async subject =>
        {
            for (var sequence = 1; sequence <= 60; sequence += 3)
            {
                await Save(service, [.. Enumerable.Range(sequence, 3).Select(n => Event(subject, n))]);
            }
        }));

        var seen = service.Services.GetRequiredService<Seen>();
        await TestService.Until(() => Task.FromResult(seen.Messages.Count >= 180), "180 events");
        await AllPublished(service);

        seen.Messages.Count.ShouldBe(180);
        foreach (var subject in subjects)
        {
            seen.Messages.Where(message => message.EnvironmentId == subject).Select(message => message.Sequence).ShouldBe(Enumerable.Range(1, 60).Select(n => (long)n));
        }

        (await Rows(service)).Select(row => row.Position!.Value).ShouldBe(Enumerable.Range(1, 180).Select(n => (long)n));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_rolled_back_event_is_never_published(string store)
    {
        await using var service = await Start(store);
        await using (var scope = service.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<TestDb>();
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                db.Outbox.Add(Row(Event("rolled-back", 1)));
                await db.SaveChangesAsync();
                await transaction.RollbackAsync();
            });
        }

        await Save(service, [Event("kept", 1)]);
        await AllPublished(service);
        var seen = service.Services.GetRequiredService<Seen>();
        await TestService.Until(() => Task.FromResult(!seen.Messages.IsEmpty), "the event that was kept");
        seen.Messages.ShouldHaveSingleItem().EnvironmentId.ShouldBe("kept");
    }

    [Fact]
    public async Task A_commit_is_published_without_waiting_for_the_next_poll()
    {
        await using var service = await Start("sqlite");
        var seen = service.Services.GetRequiredService<Seen>();
        await Save(service, [Event("warm-up", 1)]);
        await TestService.Until(() => Task.FromResult(seen.Messages.Count == 1), "the first event");

        var times = new List<double>();
        for (var n = 1; n <= 5; n++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await using var scope = service.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TestDb>();
            await using (var transaction = await db.Database.BeginTransactionAsync())
            {
                db.Outbox.Add(Row(Event("timed", n)));
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
            }

            await TestService.Until(() => Task.FromResult(seen.Messages.Count == n + 1), $"event {n}");
            times.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Order().ElementAt(2).ShouldBeLessThan(400, "the median; polling alone takes up to 500 ms");
    }

    [Fact]
    public async Task What_cannot_be_published_stays_and_is_tried_again()
    {
        var broker = new Broker { FailFrom = 3 };
        await using var service = await Start("sqlite", broker);
        await Save(service, [.. Enumerable.Range(1, 5).Select(n => Event("a", n))]);
        await TestService.Until(() => Task.FromResult(broker.Failures >= 2), "two failed tries");

        (await Rows(service)).Select(row => row.PublishedAt is not null).ShouldBe([true, true, false, false, false]);

        broker.FailFrom = long.MaxValue;
        await AllPublished(service);
        var seen = service.Services.GetRequiredService<Seen>();
        await TestService.Until(() => Task.FromResult(seen.Messages.Count >= 5), "all five events");
        seen.Messages.Select(message => message.Sequence).ShouldBe([1, 2, 3, 4, 5], "the two before the failure are not sent again");
    }

    [Fact]
    public async Task A_message_carries_its_event_id()
    {
        await using var service = await Start("sqlite");
        var stored = Event("a", 1);
        await Save(service, [stored]);
        var seen = service.Services.GetRequiredService<Seen>();
        await TestService.Until(() => Task.FromResult(!seen.Messages.IsEmpty), "the event");
        seen.Ids.ShouldHaveSingleItem().ShouldBe(stored.EventId);
        seen.Messages.ShouldHaveSingleItem().ShouldBe(stored);
    }

    private static async Task<TestService> Start(string store, Broker? broker = null)
    {
        Dictionary<string, string?>? settings = null;
        if (store == "postgres")
        {
            // Host=...;Username=...;Password=...
            var server = Requires.Setting("TERRADEV_TEST_POSTGRES");
            settings = new() { ["ConnectionStrings:test"] = $"{server};Database=outbox_{Guid.NewGuid():N}" };
        }

        var service = await TestService.StartAsync(
            builder =>
            {
                builder.Services.AddSingleton<Seen>();
                builder.Services.AddSingleton(broker ?? new Broker());
                builder.AddStore<TestDb, SqliteTestDb, PostgresTestDb>("test");
                builder.AddOutbox<TestDb>([typeof(EnvironmentInterrupted)]);
                builder.AddToBus(bus =>
                {
                    bus.AddConsumer<SeenConsumer>(consumer => consumer.ConcurrentMessageLimit = 1);
                    bus.AddPublishObserver<Broker>(services => services.GetRequiredService<Broker>());
                });
                builder.AddBus();
            },
            settings: settings);
        await service.Services.GetRequiredService<StoreReady<TestDb>>().WaitAsync(CancellationToken.None);
        return service;
    }

    private static EnvironmentInterrupted Event(string environment, long sequence) => new()
    {
        EventId = Guid.NewGuid(),
        OccurredAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        EnvironmentId = environment,
        EnvironmentName = environment,
        Sequence = sequence,
        Run = 1,
    };

    private static OutboxMessage Row(EnvironmentEvent e) => new()
    {
        MessageId = e.EventId,
        Type = e.GetType().Name,
        Subject = e.EnvironmentId,
        Sequence = e.Sequence,
        Body = JsonSerializer.Serialize(e, e.GetType(), TerradevJson.Options),
        OccurredAt = e.OccurredAt,
    };

    private static async Task Save(TestService service, IReadOnlyList<EnvironmentEvent> events)
    {
        await using var scope = service.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TestDb>();
        db.Outbox.AddRange(events.Select(Row));
        await db.SaveChangesAsync();
    }

    private static async Task<List<OutboxMessage>> Rows(TestService service)
    {
        await using var scope = service.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TestDb>().Outbox.AsNoTracking().OrderBy(row => row.Position).ToListAsync();
    }

    private static Task AllPublished(TestService service) =>
        TestService.Until(async () => (await Rows(service)).All(row => row.PublishedAt is not null), "all rows published");

    public sealed class Seen
    {
        public ConcurrentQueue<EnvironmentInterrupted> Messages { get; } = [];

        public ConcurrentQueue<Guid?> Ids { get; } = [];
    }

    public sealed class SeenConsumer(Seen seen) : IConsumer<EnvironmentInterrupted>
    {
        public Task Consume(ConsumeContext<EnvironmentInterrupted> context)
        {
            seen.Ids.Enqueue(context.MessageId);
            seen.Messages.Enqueue(context.Message);
            return Task.CompletedTask;
        }
    }

    /// <summary>Refuses events from a sequence on, as a broker does that goes away.</summary>
    public sealed class Broker : IPublishObserver
    {
        private long _failFrom = long.MaxValue;
        private int _failures;

        public long FailFrom
        {
            get => Interlocked.Read(ref _failFrom);
            set => Interlocked.Exchange(ref _failFrom, value);
        }

        public int Failures => Volatile.Read(ref _failures);

        public Task PrePublish<T>(PublishContext<T> context)
            where T : class
        {
            if (context.Message is EnvironmentEvent e && e.Sequence >= FailFrom)
            {
                Interlocked.Increment(ref _failures);
                throw new TimeoutException("The broker does not answer.");
            }

            return Task.CompletedTask;
        }

        public Task PostPublish<T>(PublishContext<T> context)
            where T : class => Task.CompletedTask;

        public Task PublishFault<T>(PublishContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
