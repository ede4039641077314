using Microsoft.EntityFrameworkCore;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// At start: stores the catalogue that ships with the product, once per content however many replicas start together, and opens
/// the book of offers with the newest snapshot of the store.
/// </summary>
internal sealed partial class ImportBuiltInPrices(
    IServiceScopeFactory scopes, StoreReady<ComputeOptimizerDb> ready, OfferBook book, TimeProvider time, ILogger<ImportBuiltInPrices> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        var delay = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<ComputeOptimizerDb>();
                await ImportAsync(db, stoppingToken);
                var snapshot = await NewestAsync(db, stoppingToken);
                book.Open(snapshot);
                LogOpened(snapshot.Offers.Count, snapshot.Id, snapshot.AsOf);
                return;
            }
            catch (Exception exception) when (Unavailable.Is(exception))
            {
                LogWaiting(exception, delay);
                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < TimeSpan.FromSeconds(5) ? delay * 2 : TimeSpan.FromSeconds(5);
            }
        }
    }

    private async Task ImportAsync(ComputeOptimizerDb db, CancellationToken cancellationToken)
    {
        var catalog = BuiltInCatalog.Load();
        var stored = db.Snapshots.Where(snapshot => snapshot.Source == BuiltInCatalog.Source && snapshot.Sha256 == catalog.Sha256);
        if (await stored.AnyAsync(cancellationToken))
        {
            return;
        }

        db.Snapshots.Add(new PriceSnapshot
        {
            Source = BuiltInCatalog.Source,
            Sha256 = catalog.Sha256,
            ImportedAt = time.GetUtcNow(),
            AsOf = catalog.Rows.Max(row => row.PriceAsOf)!.Value,
            Offers = [.. catalog.Rows],
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (!await stored.AnyAsync(cancellationToken))
            {
                throw;
            }

            // Another replica was faster, and the unique index kept the second copy out.
            LogAlreadyImported(catalog.Sha256);
        }
    }

    private static async Task<OfferSnapshot> NewestAsync(ComputeOptimizerDb db, CancellationToken cancellationToken)
    {
        var snapshot = await db.Snapshots.AsNoTracking().OrderByDescending(x => x.Id).FirstAsync(cancellationToken);
        var rows = await db.Offers.AsNoTracking().Where(x => x.SnapshotId == snapshot.Id).ToListAsync(cancellationToken);
        return new OfferSnapshot(snapshot.Id, snapshot.AsOf, [.. rows.Select(row => row.ToOffer(snapshot.AsOf))]);
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "{Offers} offers of price snapshot {Snapshot}, as of {AsOf}")]
    private partial void LogOpened(int offers, long snapshot, DateTimeOffset asOf);

    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "The built-in prices {Sha256} were imported by another replica")]
    private partial void LogAlreadyImported(string sha256);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "The built-in prices cannot be stored; next try in {Delay}")]
    private partial void LogWaiting(Exception exception, TimeSpan delay);
}
