using MassTransit;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>Asks other services on behalf of a run, and asks again while they are away.</summary>
internal sealed partial class AskServices(IServiceScopeFactory scopes, EndRun end, TimeProvider time, ILogger<AskServices> logger)
{
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(5);

    /// <summary>The answer; null when the run ended here, because it was stopped or nobody answered for five minutes.</summary>
    public async Task<T?> UntilAnsweredAsync<T>(RunSession session, Func<IServiceProvider, Task<T>> ask)
        where T : class
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                return await ask(scope.ServiceProvider);
            }
            catch (OperationCanceledException) when (session.Stopped.IsCancellationRequested)
            {
                await EndRun.StoppedAsync(session);
                return null;
            }
            catch (Exception exception) when (exception is RequestException || Unavailable.Is(exception))
            {
                if (time.GetElapsedTime(started) > LongestOutage)
                {
                    await end.FailAsync(session, RunStatus.Errored, new Refusal(
                        RefusalCodes.ServiceUnavailable, $"The registries or the optimizer did not answer for {LongestOutage.TotalMinutes:0} minutes.", "POST .../apply when GET /health is healthy again."));
                    return null;
                }

                LogServicesDown(exception, session.Lease.EnvironmentId);
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    [LoggerMessage(EventId = 223, Level = LogLevel.Warning, Message = "Environment {EnvironmentId} waits for the registries and the optimizer")]
    private partial void LogServicesDown(Exception exception, string environmentId);
}
