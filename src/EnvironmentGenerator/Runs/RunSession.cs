using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>Why a worker must stop in the middle of a run.</summary>
internal enum StopReason
{
    None,

    /// <summary>Somebody asked for it.</summary>
    Canceled,

    /// <summary>The service shuts down.</summary>
    Stopping,

    /// <summary>Another worker holds the lease.</summary>
    LeaseLost,
}

/// <summary>A worker's hold on one run: keeps the lease alive, and makes every change under its fencing token.</summary>
internal sealed partial class RunSession : IAsyncDisposable
{
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoreOutage = TimeSpan.FromMinutes(10);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _done = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly Task _heartbeat;
    private int _reason;

    public RunSession(IServiceScopeFactory scopes, RunLease lease, TimeProvider time, ILogger logger, CancellationToken serviceStopping)
    {
        _scopes = scopes;
        _time = time;
        _logger = logger;
        Lease = lease;
        _stopping = serviceStopping.Register(() => Stop(StopReason.Stopping));
        _heartbeat = BeatAsync();
    }

    public RunLease Lease { get; }

    /// <summary>Cancelled when the run must stop; <see cref="Reason"/> says why.</summary>
    public CancellationToken Stopped => _stop.Token;

    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Reads the environment with what was chosen for it, and the run.</summary>
    public async Task<(GpuEnvironment Environment, TerraformRun Run)> LoadAsync()
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
        return (await db.Environments.AsNoTracking().Include(e => e.Generation).SingleAsync(e => e.Id == Lease.EnvironmentId),
            await db.Runs.AsNoTracking().SingleAsync(r => r.EnvironmentId == Lease.EnvironmentId && r.Number == Lease.Number));
    }

    /// <summary>
    /// Applies a change to fresh copies and saves it with its events in one transaction. A change that another writer
    /// overtook is made again; a store that is down is waited for.
    /// </summary>
    /// <exception cref="LeaseLostException">The token is no longer the run's.</exception>
    public async Task ChangeAsync(Action<GpuEnvironment, TerraformRun, EnvironmentGeneratorDb, DateTimeOffset> change)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var scope = _scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
                var environment = await db.Environments.Include(e => e.Generation).SingleAsync(e => e.Id == Lease.EnvironmentId);
                var run = await db.Runs.SingleAsync(r => r.EnvironmentId == Lease.EnvironmentId && r.Number == Lease.Number);
                if (run.LeaseToken != Lease.Token)
                {
                    Stop(StopReason.LeaseLost);
                    throw new LeaseLostException(Lease);
                }

                change(environment, run, db, _time.GetUtcNow());
                await db.SaveChangesAsync();
                return;
            }
            catch (DbUpdateConcurrencyException)
            {
                // A caller changed the environment between the read and the write: look again.
            }
            catch (Exception exception) when (Unavailable.Is(exception) && _time.GetElapsedTime(started) < StoreOutage)
            {
                LogStoreDown(exception, Lease.EnvironmentId);
                await Task.Delay(TimeSpan.FromSeconds(1), _time);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _heartbeat;
        await _stopping.DisposeAsync();
        _stop.Dispose();
        _done.Dispose();
    }

    private void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == (int)StopReason.None)
        {
            _stop.Cancel();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A heartbeat that fails for any reason is tried again; the lease decides in the end.")]
    private async Task BeatAsync()
    {
        while (!_done.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Heartbeat, _time, _done.Token);
                await using var scope = _scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
                var mine = db.Runs.Where(r => r.EnvironmentId == Lease.EnvironmentId && r.Number == Lease.Number && r.LeaseToken == Lease.Token);
                var expires = _time.GetUtcNow() + LeaseTime;
                if (await mine.Where(r => r.LeaseOwner != null).ExecuteUpdateAsync(set => set.SetProperty(r => r.LeaseExpiresAt, expires), _done.Token) == 0)
                {
                    // Given back by the run itself is fine; taken by another is not.
                    if (!await mine.AnyAsync(_done.Token))
                    {
                        Stop(StopReason.LeaseLost);
                    }
                }
                else if (await mine.Select(r => r.CancelRequested).SingleAsync(_done.Token))
                {
                    Stop(StopReason.Canceled);
                }
            }
            catch (OperationCanceledException) when (_done.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogBeatFailed(exception, Lease.EnvironmentId);
            }
        }
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message = "The store is down; the change of environment {EnvironmentId} is tried again")]
    private partial void LogStoreDown(Exception exception, string environmentId);

    [LoggerMessage(EventId = 211, Level = LogLevel.Warning, Message = "The lease on the run of environment {EnvironmentId} could not be renewed")]
    private partial void LogBeatFailed(Exception exception, string environmentId);
}
