using Terradev.ComputeOptimizer.Offers;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Stores the catalogue that ships with the product, once per content however many replicas start together; then opens the book of offers
/// and opens it anew after each import, of this process at once and of others after <see cref="PollInterval"/>.
/// </summary>
internal sealed class KeepOfferBook(
    IServiceScopeFactory scopes, StoreReady<ComputeOptimizerDb> ready, OfferBook book, CurrentPrices current, PricesChanged changed, TimeProvider time,
    ILogger<KeepOfferBook> logger)
    : BackgroundService
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        var (delay, imported) = (FirstDelay, false);
        while (true)
        {
            try
            {
                if (!imported)
                {
                    await ImportBuiltInAsync(stoppingToken);
                    imported = true;
                }

                await OpenAsync(stoppingToken);
                delay = FirstDelay;
                await changed.WaitAsync(PollInterval, stoppingToken);
            }
            catch (Exception exception) when (Unavailable.Is(exception))
            {
                Log.BookWaiting(logger, exception, delay);
                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
    }

    private async Task ImportBuiltInAsync(CancellationToken cancellationToken)
    {
        var catalog = BuiltInCatalog.Load();
        await using var scope = scopes.CreateAsyncScope();
        var import = scope.ServiceProvider.GetRequiredService<ImportPrices>();
        if (await import.ImportAsync(BuiltInCatalog.Source, format: null, catalog.ToBatch(), catalog.Sha256, cancellationToken) is null)
        {
            Log.BuiltInStored(logger, catalog.Sha256);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var sources = await current.RefreshAsync(scope.ServiceProvider.GetRequiredService<ComputeOptimizerDb>(), cancellationToken);
        var newest = sources.Values.Max(source => source.Snapshot.Id);
        if (book.Snapshot == newest)
        {
            return;
        }

        var snapshot = WinningOffers.Of([.. sources.Values]);
        book.Open(snapshot);

        // An import leaves several times what lives, and nothing else here makes enough garbage to have it collected soon.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Log.BookOpened(logger, snapshot.Offers.Count, snapshot.Id, snapshot.AsOf);
    }
}
