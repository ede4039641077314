using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>How runs are worked on, section <c>EnvironmentGenerator:Runs</c>.</summary>
public sealed class RunOptions
{
    public const string Section = "EnvironmentGenerator:Runs";

    /// <summary>Runs at once in this process, 1 to 64; each is a Terraform of some 500 MB at its peak.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 64)]
    public int Concurrency { get; set; } = 4;
}

[OptionsValidator]
internal sealed partial class RunOptionsValidator : IValidateOptions<RunOptions>;

/// <summary>Set when a run was queued here.</summary>
internal sealed class RunSignal : WakeUp;

/// <summary>Takes runs in the order they were queued, one per environment, on any replica.</summary>
internal sealed partial class RunWorker(
    IServiceScopeFactory scopes, ExecuteRun execute, RunSignal signal, StoreReady<EnvironmentGeneratorDb> ready, IOptions<RunOptions> options, TimeProvider time,
    ILogger<RunWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..8]}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        using var slots = new SemaphoreSlim(options.Value.Concurrency, options.Value.Concurrency);
        var working = new List<Task>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await slots.WaitAsync(stoppingToken);
                working.RemoveAll(task => task.IsCompleted);
                if (await TryTakeAsync(stoppingToken) is { } lease)
                {
                    working.Add(Task.Run(() => WorkAsync(lease, slots, stoppingToken), CancellationToken.None));
                }
                else
                {
                    slots.Release();
                    await signal.WaitAsync(PollInterval, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }

        // Each sees the stop, interrupts its Terraform and hands its run over.
        await Task.WhenAll(working);
    }

    [SuppressMessage("Design", "CA1031", Justification = "One run's failure must not end the worker; the lease runs out and the run is looked at again.")]
    private async Task WorkAsync(RunLease lease, SemaphoreSlim slots, CancellationToken stoppingToken)
    {
        try
        {
            await using var session = new RunSession(scopes, lease, time, logger, stoppingToken);
            await execute.ExecuteAsync(session);
            var (_, run) = await session.LoadAsync();
            if (run.IsEnded)
            {
                EnvironmentGeneratorTelemetry.RunsEnded.Add(1, new("kind", run.Kind.ToString()), new("status", run.Status.ToString()));
            }
        }
        catch (LeaseLostException exception)
        {
            LogLeaseLost(exception, lease.Number, lease.EnvironmentId);
        }
        catch (Exception exception)
        {
            LogRunBroke(exception, lease.Number, lease.EnvironmentId);
        }
        finally
        {
            slots.Release();
            signal.Set();
        }
    }

    private async Task<RunLease?> TryTakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
            var now = time.GetUtcNow();
            var free = await db.Runs.AsNoTracking()
                .Where(run => run.Runnable && (run.LeaseExpiresAt == null || run.LeaseExpiresAt < now))
                .Where(run => !db.Runs.Any(earlier => earlier.EnvironmentId == run.EnvironmentId && earlier.Number < run.Number && earlier.EndedAt == null))
                .OrderBy(run => run.QueuedAt)
                .Select(run => new { run.EnvironmentId, run.Number, run.LeaseToken })
                .Take(8)
                .ToListAsync(cancellationToken);
            foreach (var candidate in free)
            {
                // The token makes it a compare-and-set: of several workers that saw the same row exactly one gets it.
                var expires = now + RunSession.LeaseTime;
                var taken = await db.Runs
                    .Where(run => run.EnvironmentId == candidate.EnvironmentId && run.Number == candidate.Number && run.LeaseToken == candidate.LeaseToken)
                    .Where(run => run.Runnable && (run.LeaseExpiresAt == null || run.LeaseExpiresAt < now))
                    .ExecuteUpdateAsync(set => set
                        .SetProperty(run => run.LeaseToken, candidate.LeaseToken + 1)
                        .SetProperty(run => run.LeaseOwner, _owner)
                        .SetProperty(run => run.LeasedAt, now)
                        .SetProperty(run => run.LeaseExpiresAt, expires)
                        .SetProperty(run => run.Version, run => run.Version + 1), cancellationToken);
                if (taken == 1)
                {
                    return new RunLease(candidate.EnvironmentId, candidate.Number, _owner, candidate.LeaseToken + 1);
                }
            }

            return null;
        }
        catch (Exception exception) when (Unavailable.Is(exception))
        {
            LogStoreDown(exception);
            return null;
        }
    }

    [LoggerMessage(EventId = 230, Level = LogLevel.Warning, Message = "Run {Run} of environment {EnvironmentId} was taken over by another worker")]
    private partial void LogLeaseLost(Exception exception, int run, string environmentId);

    [LoggerMessage(EventId = 231, Level = LogLevel.Error, Message = "Run {Run} of environment {EnvironmentId} broke off; it is taken up again when its lease has run out")]
    private partial void LogRunBroke(Exception exception, int run, string environmentId);

    [LoggerMessage(EventId = 232, Level = LogLevel.Warning, Message = "The store is down; no run can be taken")]
    private partial void LogStoreDown(Exception exception);
}
