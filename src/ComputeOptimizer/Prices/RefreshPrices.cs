using System.Diagnostics;
using Terradev.Contracts;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Asks a source that is due, imports what it tells, and records how it went. One replica at a time asks a source; when it fails its old prices
/// stay, and it is asked again after 1, 2, 4, ... minutes, at most after its usual time and not before it allows it.
/// </summary>
internal sealed class RefreshPrices(PriceSourceStates states, ImportPrices import, PriceSourceLimits limits, TimeProvider time, ILogger<RefreshPrices> logger)
{
    /// <summary>Code of an attempt that succeeded, in metrics.</summary>
    private const string Succeeded = "ok";

    // What the limit on a refresh does not stop at once is over by then.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>True when the source was asked, whatever came of it; false when it is not due or another replica asks it.</summary>
    public async Task<bool> RunAsync(IOfferSource source, CancellationToken cancellationToken)
    {
        if (source.Missing is not null || await states.TakeAsync(source.Name, limits.Refresh + Margin, cancellationToken) is not { } lease)
        {
            return false;
        }

        using var activity = ComputeOptimizerTelemetry.Source.StartActivity("refresh prices");
        activity?.SetTag("terradev.source", source.Name);
        try
        {
            if (await AskAsync(source, cancellationToken) is { } failure)
            {
                activity?.SetStatus(ActivityStatusCode.Error, failure.Refusal.Code);
                await FailAsync(source, lease, failure, cancellationToken);
            }
            else
            {
                await states.SucceedAsync(lease, source.Every, cancellationToken);
                Count(source, Succeeded);
            }

            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ReleaseAsync(lease);
            throw;
        }
    }

    private async Task<PriceSourceException?> AskAsync(IOfferSource source, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(limits.Refresh, time);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var batch = await source.FetchAsync(limited.Token);
            await import.ImportAsync(source.Name, format: null, batch, limited.Token);
            return null;
        }
        catch (PriceSourceException exception)
        {
            return exception;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new PriceSourceException(
                new Refusal(RefusalCodes.TimedOut, $"The source did not tell all its prices within {limits.Refresh.TotalMinutes:0.##} minutes.", "Nothing needs to be done: it is asked again later; the old prices stay."),
                exception);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !Unavailable.Is(exception))
        {
            // A fault in here must not end the schedule of this source, and is seen in its state.
            Log.RefreshBroke(logger, exception, source.Name);
            return new PriceSourceException(new Refusal(RefusalCodes.InternalError, "Reading the source failed here.", "Look into the log of the service; the old prices stay."), exception);
        }
    }

    private async Task FailAsync(IOfferSource source, PriceSourceLease lease, PriceSourceException failure, CancellationToken cancellationToken)
    {
        var wait = RefreshBackoff.Wait(lease.Failures + 1, source.Every, failure.RetryAfter);
        await states.FailAsync(lease, failure.Refusal, wait, failure.RetryAfter, cancellationToken);
        Log.RefreshFailed(logger, source.Name, failure.Refusal.Code, failure.Refusal.Detail, wait);
        Count(source, failure.Refusal.Code);
    }

    // A service that stops in good order lets the next one go on at once; where this fails the lease runs out.
    private async Task ReleaseAsync(PriceSourceLease lease)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await states.ReleaseAsync(lease, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException || Unavailable.Is(exception))
        {
            Log.RefreshBroke(logger, exception, lease.Source);
        }
    }

    private static void Count(IOfferSource source, string outcome) =>
        ComputeOptimizerTelemetry.PriceRefreshes.Add(1, new KeyValuePair<string, object?>("terradev.source", source.Name), new KeyValuePair<string, object?>("terradev.outcome", outcome));
}
