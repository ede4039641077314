using Microsoft.EntityFrameworkCore;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Lifecycle;

/// <summary>
/// Destroys what has passed its deadline, also when the service was down at that moment. The machine itself is terminated by
/// the cloud's own schedule; this removes the rest.
/// </summary>
internal sealed partial class EndAtDeadline(
    IServiceScopeFactory scopes, ChangeEnvironment change, StoreReady<EnvironmentGeneratorDb> ready, TimeProvider time, ILogger<EndAtDeadline> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EndAllAsync(stoppingToken);
            }
            catch (Exception exception) when (Unavailable.Is(exception))
            {
                LogStoreDown(exception);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private async Task EndAllAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
        var now = time.GetUtcNow();
        EnvironmentStatus[] running = [EnvironmentStatus.Ready, EnvironmentStatus.Degraded, EnvironmentStatus.Stopped, EnvironmentStatus.Failed];
        var expired = await db.Environments.AsNoTracking()
            .Where(e => e.ExpiresAt < now && running.Contains(e.Status) && !e.Rehearsal && e.Desired != DesiredState.Destroyed)
            .OrderBy(e => e.ExpiresAt).Select(e => e.Id).Take(100).ToListAsync(cancellationToken);
        foreach (var id in expired)
        {
            LogExpired(id);
            await change.DestroyAsync(id, deleteData: false, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 250, Level = LogLevel.Information, Message = "Environment {EnvironmentId} has passed its deadline and is destroyed")]
    private partial void LogExpired(string environmentId);

    [LoggerMessage(EventId = 251, Level = LogLevel.Warning, Message = "The store is down; deadlines are looked at again")]
    private partial void LogStoreDown(Exception exception);
}
