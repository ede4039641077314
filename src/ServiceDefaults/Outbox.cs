using System.Data.Common;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Terradev.Contracts;

namespace Terradev.ServiceDefaults;

/// <summary>
/// An event that was stored in the transaction of the change it tells of. It stays after it was published: the rows are
/// also the log that server-sent events read.
/// </summary>
public sealed class OutboxMessage
{
    public long Id { get; private set; }

    public required Guid MessageId { get; init; }

    /// <summary>Name of the event's record.</summary>
    public required string Type { get; init; }

    /// <summary>The thing the event is about, such as an environment's id.</summary>
    public required string Subject { get; init; }

    /// <summary>1, 2, 3, ... within the subject.</summary>
    public required long Sequence { get; init; }

    /// <summary>The event as JSON.</summary>
    public required string Body { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>W3C trace context of the change.</summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// Place in the order of all events, given once the transaction is committed, so that a reader who has seen position n
    /// never misses a smaller one. Null until then.
    /// </summary>
    public long? Position { get; private set; }

    public DateTimeOffset? PublishedAt { get; private set; }

    internal void Place(long position) => Position = position;

    internal void Published(DateTimeOffset at) => PublishedAt = at;
}

/// <summary>A store with an outbox.</summary>
public interface IOutboxDb
{
    DbSet<OutboxMessage> Outbox { get; }
}

public static class Outbox
{
    /// <summary>Publishes the events of <typeparamref name="TDb"/> in order, each at least once, and never before its transaction is committed.</summary>
    public static void AddOutbox<TDb>(this IHostApplicationBuilder builder, IEnumerable<Type> events)
        where TDb : StoreDb, IOutboxDb
    {
        builder.Services.AddSingleton<OutboxSignal<TDb>>();
        builder.Services.AddSingleton<IInterceptor>(services => services.GetRequiredService<OutboxSignal<TDb>>());
        var byName = events.ToDictionary(type => type.Name, StringComparer.Ordinal);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<OutboxDispatcher<TDb>>(services, byName));
    }

    /// <summary>Adds the table with its indexes to a model.</summary>
    public static void AddOutbox(this ModelBuilder model) => model.Entity<OutboxMessage>(outbox =>
    {
        outbox.ToTable("outbox");
        outbox.HasKey(message => message.Id);
        outbox.Property(message => message.Type).HasMaxLength(100);
        outbox.Property(message => message.Subject).HasMaxLength(100);
        outbox.Property(message => message.TraceParent).HasMaxLength(64);
        outbox.HasIndex(message => message.MessageId).IsUnique();
        outbox.HasIndex(message => new { message.Subject, message.Sequence }).IsUnique();
        outbox.HasIndex(message => message.Position).IsUnique();
        outbox.HasIndex(message => message.PublishedAt);
    });
}

/// <summary>
/// Wakes the dispatcher of <typeparamref name="TDb"/> when this process committed something; other processes' events are found
/// by polling.
/// </summary>
public sealed class OutboxSignal<TDb> : SaveChangesInterceptor, IDbTransactionInterceptor
    where TDb : StoreDb, IOutboxDb
{
    private readonly WakeUp _stored = new();

    /// <summary>Returns when something was stored, or after <paramref name="timeout"/>.</summary>
    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => _stored.WaitAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        // Inside a transaction nothing can be seen yet; its commit wakes the dispatcher.
        if (eventData.Context is TDb { Database.CurrentTransaction: null })
        {
            _stored.Set();
        }

        return ValueTask.FromResult(result);
    }

    /// <inheritdoc/>
    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is TDb)
        {
            _stored.Set();
        }

        return Task.CompletedTask;
    }
}

internal sealed partial class OutboxDispatcher<TDb>(
    IServiceScopeFactory scopes, IBus bus, OutboxSignal<TDb> signal, StoreReady<TDb> ready, TimeProvider time, ILogger<OutboxDispatcher<TDb>> logger,
    Dictionary<string, Type> types)
    : BackgroundService
    where TDb : StoreDb, IOutboxDb
{
    private const int BatchSize = 100;
    private const long AdvisoryLock = 0x7465_7272_6f62_6f78;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(10);
    private static readonly ActivitySource Source = new("Terradev.Outbox");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PlaceAsync(stoppingToken);
                if (await PublishAsync(stoppingToken) < BatchSize)
                {
                    await signal.WaitAsync(PollInterval, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing is lost: the rows stay unpublished and are taken again.
                LogFailed(exception);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
            }
        }
    }

    private Task<int> PlaceAsync(CancellationToken cancellationToken) => ExclusivelyAsync(async db =>
    {
        var unplaced = await db.Outbox.Where(message => message.Position == null).OrderBy(message => message.Id).Take(BatchSize).ToListAsync(cancellationToken);
        if (unplaced.Count > 0)
        {
            var last = await db.Outbox.MaxAsync(message => message.Position, cancellationToken) ?? 0;
            foreach (var message in unplaced)
            {
                message.Place(++last);
            }
        }

        return unplaced.Count;
    }, cancellationToken);

    private async Task<int> PublishAsync(CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failure = null;
        var published = await ExclusivelyAsync(async db =>
        {
            failure = null;
            var batch = await db.Outbox.Where(message => message.PublishedAt == null && message.Position != null)
                .OrderBy(message => message.Position).Take(BatchSize).ToListAsync(cancellationToken);
            foreach (var message in batch)
            {
                try
                {
                    await PublishAsync(message, cancellationToken);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // Those before it are marked all the same, or a lasting failure would send them again and again.
                    failure = ExceptionDispatchInfo.Capture(exception);
                    break;
                }

                message.Published(time.GetUtcNow());
            }

            return batch.Count;
        }, cancellationToken);
        failure?.Throw();
        return published;
    }

    private async Task PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var type = types.GetValueOrDefault(message.Type)
            ?? throw new InvalidOperationException($"The outbox holds a {message.Type}, which this version does not know: run the version that stored it.");
        var body = JsonSerializer.Deserialize(message.Body, type, TerradevJson.Options)!;
        using var activity = ActivityContext.TryParse(message.TraceParent, null, out var parent)
            ? Source.StartActivity($"publish {message.Type}", ActivityKind.Producer, parent)
            : null;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(PublishTimeout);
        await bus.Publish(body, type, context => context.MessageId = message.MessageId, timeout.Token);
    }

    // One dispatcher at a time over all replicas: that keeps the order. SQLite has one writer anyway.
    private async Task<int> ExclusivelyAsync(Func<TDb, Task<int>> work, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (!await db.Outbox.AnyAsync(message => message.PublishedAt == null, cancellationToken))
        {
            return 0;
        }

        return await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (db.Database.IsNpgsql())
            {
                var mine = await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({AdvisoryLock}) AS \"Value\"").SingleAsync(cancellationToken);
                if (!mine)
                {
                    return 0;
                }
            }

            var done = await work(db);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return done;
        });
    }

    [LoggerMessage(EventId = 20, Level = LogLevel.Warning, Message = "Events could not be published; they stay in the outbox and are tried again")]
    private partial void LogFailed(Exception exception);
}
