using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Sync;

/// <summary>
/// Takes over a hub's catalogue page by page. A page and the cursor behind it are one transaction, so that a pass that is killed goes on
/// where it was; while one page is written the next is fetched.
/// </summary>
internal sealed class SyncPass(IServiceScopeFactory scopes, TimeProvider time, ILogger<SyncPass> logger)
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private const int MostFailures = 6;
    private const int MostPages = 100_000;
    private const int ReasonsKept = 20;
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(5);

    /// <summary>Goes on until the catalogue ends, the hub asks for patience or another worker has taken over.</summary>
    public async Task RunAsync(CatalogSync sync, IModelHub hub, CancellationToken cancellationToken)
    {
        using var activity = ModelRegistryTelemetry.Source.StartActivity("sync catalogue");
        activity?.SetTag("terradev.source", hub.Source);
        var fetching = FetchAsync(hub, sync, sync.Cursor, cancellationToken);
        while (true)
        {
            var (answer, entries) = await fetching;
            if (answer is not { Outcome: HubOutcome.Found, Value: { } page })
            {
                await FailAsync(sync, answer, cancellationToken);
                return;
            }

            if (page.Next is not null && (page.Next == sync.Cursor || sync.Pages >= MostPages))
            {
                await FailAsync(sync, HubAnswer.Unavailable<HubPage>("The hub's pages go round in circles."), cancellationToken);
                return;
            }

            var goesOn = page.Next is not null && page.Wait <= ShortWait;
            fetching = goesOn ? FetchAfterAsync(page.Wait, hub, sync, page.Next, cancellationToken) : fetching;
            if (!await KeepAsync(sync, page, entries, cancellationToken) || !goesOn)
            {
                await SettleAsync(cancellationToken);
                await ((Task)fetching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
        }
    }

    private async Task<Fetched> FetchAfterAsync(TimeSpan wait, IModelHub hub, CatalogSync sync, string? cursor, CancellationToken cancellationToken)
    {
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        return await FetchAsync(hub, sync, cursor, cancellationToken);
    }

    private static async Task<Fetched> FetchAsync(IModelHub hub, CatalogSync sync, string? cursor, CancellationToken cancellationToken)
    {
        var answer = await hub.ListAsync(new CatalogPosition(cursor, sync.Since, sync.Mark), cancellationToken);
        return new Fetched(answer, [.. (answer.Value?.Models ?? []).Select(model => ModelEntry.Of(model, listed: model.Files.Count == 0))]);
    }

    /// <summary>False when another worker has taken over the pass meanwhile.</summary>
    private Task<bool> KeepAsync(CatalogSync sync, HubPage page, ModelEntry[] entries, CancellationToken cancellationToken)
    {
        var newest = page.Models.Max(model => model.LastModified);
        return ChangeAsync(sync, async (db, row) =>
        {
            var written = await new CatalogWriter(db).WriteAsync(entries, cancellationToken);
            var now = time.GetUtcNow();
            row.NextSince = row.NextSince > newest ? row.NextSince : newest ?? row.NextSince;
            (row.Pages, row.Seen, row.Skipped) = (row.Pages + 1, row.Seen + page.Models.Count + page.Skipped.Count, row.Skipped + page.Skipped.Count);
            (row.Added, row.Updated) = (row.Added + written.Added, row.Updated + written.Updated);
            if (page.Skipped.Count > 0)
            {
                row.SkippedReasons = string.Join('\n', page.Skipped.TakeLast(ReasonsKept).Select(reason => Text.Clean(reason, 300)));
            }

            (row.Failures, row.Reason, row.Cursor, row.UpdatedAt) = (0, null, page.Next, now);
            if (page.Next is null)
            {
                Complete(db, row, page.Mark, now);
            }
            else if (page.Wait > ShortWait)
            {
                Wait(row, page.Wait, "The hub's rate limit is nearly used up.", now);
            }
            else
            {
                row.LeaseUntil = now + Lease;
            }
        }, cancellationToken);
    }

    private void Complete(ModelRegistryDb db, CatalogSync row, string? mark, DateTimeOffset now)
    {
        (row.Status, row.Since, row.Mark, row.FinishedAt, row.LastCompleteAt) = (SyncStatus.Done, row.NextSince ?? row.Since, mark ?? row.Mark, now, now);
        (row.LeaseOwner, row.LeaseUntil, row.Sequence) = (null, null, row.Sequence + 1);
        var told = new ModelCatalogUpdated
        {
            EventId = Guid.CreateVersion7(now),
            OccurredAt = now,
            Source = row.Source,
            Sequence = row.Sequence,
            Added = row.Added,
            Updated = row.Updated,
            Skipped = row.Skipped,
        };
        db.Outbox.Add(new OutboxMessage
        {
            MessageId = told.EventId,
            Type = nameof(ModelCatalogUpdated),
            Subject = row.Source,
            Sequence = row.Sequence,
            Body = JsonSerializer.Serialize(told, TerradevJson.Options),
            OccurredAt = now,
            TraceParent = Activity.Current?.Id,
        });
        Log.SyncDone(logger, row.Source, row.Seen, row.Added, row.Updated, row.Skipped);
    }

    private Task<bool> FailAsync(CatalogSync sync, HubAnswer<HubPage> answer, CancellationToken cancellationToken) => ChangeAsync(sync, (_, row) =>
    {
        var now = time.GetUtcNow();
        row.Failures++;
        if (row.Failures >= MostFailures)
        {
            (row.Status, row.Reason, row.FinishedAt, row.UpdatedAt, row.LeaseOwner, row.LeaseUntil) = (SyncStatus.Failed, answer.Reason, now, now, null, null);
            Log.SyncFailed(logger, row.Source, answer.Reason);
        }
        else
        {
            Wait(row, answer.RetryAfter ?? TimeSpan.FromSeconds(5 * Math.Pow(2, row.Failures - 1)), answer.Reason, now);
        }

        return Task.CompletedTask;
    }, cancellationToken);

    private static void Wait(CatalogSync row, TimeSpan wait, string reason, DateTimeOffset now) =>
        (row.Status, row.Reason, row.WaitUntil, row.UpdatedAt, row.LeaseOwner, row.LeaseUntil) =
            (SyncStatus.Waiting, reason, now + (wait < HubRateLimit.LongestWait ? wait : HubRateLimit.LongestWait), now, null, null);

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CatalogWriter>().SettleAsync(cancellationToken);
    }

    private async Task<bool> ChangeAsync(CatalogSync sync, Func<ModelRegistryDb, CatalogSync, Task> change, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ModelRegistryDb>();
        return await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

            // Takes the row's lock first, so that whoever took the pass over meanwhile is seen, or waits.
            var mine = await db.Syncs.Where(row => row.Source == sync.Source && row.LeaseOwner == sync.LeaseOwner)
                .ExecuteUpdateAsync(row => row.SetProperty(r => r.UpdatedAt, time.GetUtcNow()), cancellationToken);
            if (mine == 0)
            {
                return false;
            }

            var row = await db.Syncs.SingleAsync(row => row.Source == sync.Source, cancellationToken);
            await change(db, row);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            (sync.Cursor, sync.Pages) = (row.Cursor, row.Pages);
            return row.Status is SyncStatus.Running;
        });
    }

    /// <summary>A page with its rows, which are made while the page before is written.</summary>
    private sealed record Fetched(HubAnswer<HubPage> Answer, ModelEntry[] Entries);
}
