using Microsoft.EntityFrameworkCore;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Sync;

/// <summary>Set when a sync was asked for here.</summary>
internal sealed class SyncSignal : WakeUp;

/// <summary>Runs the passes that are asked for, one a hub, and picks up those whose worker was lost. The hubs do not wait for each other.</summary>
internal sealed class SyncWorker(
    IServiceScopeFactory scopes, IEnumerable<IModelHub> hubs, SyncPass pass, SyncSignal signal, StoreReady<ModelRegistryDb> ready, TimeProvider time, ILogger<SyncWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly string _owner = $"{Environment.MachineName}/{Guid.NewGuid():N}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        Dictionary<string, Task> running = [];
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                foreach (var hub in hubs.Where(hub => !running.TryGetValue(hub.Source, out var task) || task.IsCompleted))
                {
                    running[hub.Source] = RunAsync(hub, stoppingToken);
                }

                await signal.WaitAsync(PollInterval, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(IModelHub hub, CancellationToken cancellationToken)
    {
        CatalogSync? sync = null;
        try
        {
            sync = await TakeAsync(hub.Source, cancellationToken);
            if (sync is not null)
            {
                await pass.RunAsync(sync, hub, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && sync is not null)
        {
            await ReleaseAsync(sync);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The lease runs out and the pass goes on at its cursor; the other hubs' passes are not touched.
            Log.SyncInterrupted(logger, exception, hub.Source);
        }
    }

    // A service that stops in good order lets the next one go on at once; where this fails the lease runs out.
    private async Task ReleaseAsync(CatalogSync sync)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ModelRegistryDb>().Syncs
                .Where(row => row.Source == sync.Source && row.LeaseOwner == sync.LeaseOwner)
                .ExecuteUpdateAsync(row => row.SetProperty(r => r.LeaseUntil, (DateTimeOffset?)null), patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException || Unavailable.Is(exception))
        {
            Log.SyncInterrupted(logger, exception, sync.Source);
        }
    }

    private async Task<CatalogSync?> TakeAsync(string source, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ModelRegistryDb>();
        var now = time.GetUtcNow();
        var free = db.Syncs.Where(sync => sync.Source == source
            && (sync.Status == SyncStatus.Queued || sync.Status == SyncStatus.Running || (sync.Status == SyncStatus.Waiting && sync.WaitUntil <= now))
            && (sync.LeaseUntil == null || sync.LeaseUntil < now));

        // Asked first without a lock: mostly there is nothing to do.
        if (!await free.AnyAsync(cancellationToken))
        {
            return null;
        }

        // A lease of its own for each pass: a worker that was thought lost must not write under its successor's.
        var owner = $"{_owner}/{Guid.NewGuid():N}"[..Math.Min(100, _owner.Length + 33)];
        var taken = await free.ExecuteUpdateAsync(sync => sync
            .SetProperty(s => s.Status, SyncStatus.Running)
            .SetProperty(s => s.WaitUntil, (DateTimeOffset?)null)
            .SetProperty(s => s.StartedAt, s => s.StartedAt ?? now)
            .SetProperty(s => s.LeaseOwner, owner)
            .SetProperty(s => s.LeaseUntil, now + SyncPass.Lease), cancellationToken);
        return taken == 0 ? null : await db.Syncs.AsNoTracking().SingleAsync(sync => sync.Source == source, cancellationToken);
    }
}
