using Quartz;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Looks whether the source that it is named after is due, and asks it then. When it is due stands in the store, for all replicas.</summary>
[DisallowConcurrentExecution]
internal sealed class RefreshPricesJob(
    IServiceScopeFactory scopes, IEnumerable<IOfferSource> sources, StoreReady<ComputeOptimizerDb> ready, IHostApplicationLifetime lifetime, ILogger<RefreshPricesJob> logger) : IJob
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    /// <summary>The sources begin at different moments within this time.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(5);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var source = sources.Single(source => source.Name == context.JobDetail.Key.Name);
        try
        {
            await ready.WaitAsync(stopping.Token);
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<RefreshPrices>().RunAsync(source, stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The source was given back and stays due.
        }
        catch (Exception exception) when (Unavailable.Is(exception))
        {
            Log.RefreshBroke(logger, exception, source.Name);
        }
    }
}
