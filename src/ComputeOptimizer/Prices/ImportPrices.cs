using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Takes over what a source tells: checks it, stores what is new beside what was known, and tells of it, all in one transaction.
/// Nothing that was stored before is changed.
/// </summary>
internal sealed class ImportPrices(ComputeOptimizerDb db, CurrentPrices current, PricesChanged changed, TimeProvider time, ILogger<ImportPrices> logger)
{
    /// <summary>Prices that a report shows of those that were kept out; the others have an address of their own.</summary>
    public const int QuarantinedInReport = 20;

    private const long AdvisoryLock = 0x7465_7272_7072_6963;

    /// <summary>Replaces what <paramref name="source"/> told before by <paramref name="batch"/>; what is not in it is gone.</summary>
    /// <exception cref="PriceSourceException">No price of the batch is believed; nothing is stored.</exception>
    public async Task<PriceImportReport> ImportAsync(string source, PriceFormat? format, PriceBatch batch, CancellationToken cancellationToken) =>
        (await ImportAsync(source, format, batch, sha256: null, cancellationToken))!;

    /// <summary>The same, unless the newest import of the source was of this content; null then.</summary>
    /// <param name="sha256">Digest of the content.</param>
    public async Task<PriceImportReport?> ImportAsync(string source, PriceFormat? format, PriceBatch batch, string? sha256, CancellationToken cancellationToken)
    {
        using var activity = ComputeOptimizerTelemetry.Source.StartActivity("import prices");
        activity?.SetTag("terradev.source", source);
        var told = PriceRules.Check(batch);
        if (told.Offers.Count == 0)
        {
            throw new PriceSourceException(PriceRefusals.NoPrices(batch, told));
        }

        var stored = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);

            // One import at a time over all replicas, as it is with SQLite's one writer: each sees what the one before stored.
            if (db.Database.IsNpgsql())
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellationToken);
            }

            var known = (await current.RefreshAsync(db, cancellationToken)).GetValueOrDefault(source);
            if (sha256 is not null && known?.Snapshot.Sha256 == sha256)
            {
                return (Stored?)null;
            }

            var after = current.Newest;
            var (snapshot, difference) = await StoreAsync(source, format, batch, sha256, told, known, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new Stored(snapshot, difference, after);
        });
        if (stored is null)
        {
            return null;
        }

        await current.AddAsync(stored.Snapshot, stored.Difference.Rows, stored.After, CancellationToken.None);
        changed.Set();
        Log.PricesImported(logger, source, stored.Snapshot.Id, stored.Difference.Added, stored.Difference.Changed, stored.Difference.Gone, told.Quarantine.Count);
        return stored.Snapshot.ToReport([.. told.Quarantine.First.Take(QuarantinedInReport)]);
    }

    private async Task<(PriceSnapshot Snapshot, PriceDifference Difference)> StoreAsync(
        string source, PriceFormat? format, PriceBatch batch, string? sha256, CheckedPrices told, SourcePrices? known, CancellationToken cancellationToken)
    {
        var now = InMilliseconds(time.GetUtcNow());
        var difference = PriceDifference.Between(known?.Rows ?? new HashSet<OfferRow>(), told.Offers);
        var snapshot = new PriceSnapshot
        {
            Source = source,
            Sequence = (known?.Snapshot.Sequence ?? 0) + 1,
            Sha256 = sha256,
            Format = format,
            ImportedAt = now,
            AsOf = InMilliseconds(batch.AsOf),
            Rows = batch.Rows,
            Taken = told.Taken,
            WithoutGpu = batch.WithoutGpu,
            SpotOffers = told.Offers.Count(offer => offer.Capacity == Capacity.Spot),
            OnDemandOffers = told.Offers.Count(offer => offer.Capacity == Capacity.OnDemand),
            Added = difference.Added,
            Changed = difference.Changed,
            Gone = difference.Gone,
            QuarantinedByRule = told.Quarantine.ByRule.OrderBy(rule => rule.Key, StringComparer.Ordinal).ToDictionary(),
        };
        db.Snapshots.Add(snapshot);
        await db.SaveChangesAsync(cancellationToken);
        db.Quarantined.AddRange(told.Quarantine.First.Select(price => QuarantinedRow.Of(snapshot.Id, price)));
        db.Outbox.Add(Told(snapshot, told, now));
        await db.SaveChangesAsync(cancellationToken);
        await PriceWriter.WriteAsync(db, snapshot.Id, difference.Rows, cancellationToken);
        return (snapshot, difference);
    }

    private static OutboxMessage Told(PriceSnapshot snapshot, CheckedPrices told, DateTimeOffset now)
    {
        var updated = new PricesUpdated
        {
            EventId = Guid.CreateVersion7(now),
            OccurredAt = now,
            Source = snapshot.Source,
            Sequence = snapshot.Sequence,
            Snapshot = snapshot.Id,
            AsOf = snapshot.AsOf,
            Offers = told.Offers.Count,
            Changed = snapshot.Added + snapshot.Changed + snapshot.Gone,
            Quarantined = told.Quarantine.Count,
        };
        return new OutboxMessage
        {
            MessageId = updated.EventId,
            Type = nameof(PricesUpdated),
            Subject = snapshot.Source,
            Sequence = snapshot.Sequence,
            Body = JsonSerializer.Serialize(updated, TerradevJson.Options),
            OccurredAt = now,
            TraceParent = Activity.Current?.Id,
        };
    }

    private static DateTimeOffset InMilliseconds(DateTimeOffset at) => at.ToUniversalTime().AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));

    /// <param name="After">The newest import before it.</param>
    private sealed record Stored(PriceSnapshot Snapshot, PriceDifference Difference, long After);
}
