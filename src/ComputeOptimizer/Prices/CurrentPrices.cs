using Microsoft.EntityFrameworkCore;
using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What one source tells now.</summary>
/// <param name="Snapshot">Its newest import.</param>
/// <param name="Rows">Its offers, each key once (<see cref="OfferKey.Comparer"/>).</param>
internal sealed record SourcePrices(PriceSnapshot Snapshot, IReadOnlySet<OfferRow> Rows);

/// <summary>
/// What every source tells now: the last row of each key, without those that are gone. Kept in memory, because an import of a price that
/// changed must not read all that did not; the store is asked for what was imported since.
/// </summary>
internal sealed class CurrentPrices : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile IReadOnlyDictionary<string, SourcePrices> _bySource = new Dictionary<string, SourcePrices>(StringComparer.Ordinal);
    private long _newest;

    /// <summary>The newest import that was taken over.</summary>
    public long Newest => Interlocked.Read(ref _newest);

    /// <summary>Takes over what was imported since the last call, by whichever process.</summary>
    public async Task<IReadOnlyDictionary<string, SourcePrices>> RefreshAsync(ComputeOptimizerDb db, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Imports commit in the order of their ids (ImportPrices takes the lock for it), so that nothing below a known id appears later.
            var imports = await db.Snapshots.AsNoTracking().Where(snapshot => snapshot.Id > _newest).OrderBy(snapshot => snapshot.Id).ToListAsync(cancellationToken);
            if (imports.Count > 0)
            {
                var rows = _newest == 0 ? await LastRowsAsync(db, imports, cancellationToken) : await RowsSinceAsync(db, imports, cancellationToken);
                // Each row was read with its own copies of the same few thousand texts.
                var texts = new Dictionary<string, string>(StringComparer.Ordinal);
                string Shared(string text) => texts.TryAdd(text, text) ? text : texts[text];
                var bySnapshot = imports.ToDictionary(snapshot => snapshot.Id, snapshot => snapshot.Source);
                _bySource = Apply(imports, rows, row => bySnapshot[row.SnapshotId], row => row.Shared(Shared));
                _newest = imports[^1].Id;
            }

            return _bySource;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes over what this process has just stored, without reading it again.</summary>
    /// <param name="after">The newest import when it was compared; where there was another since, nothing is done and the next look at the store finds both.</param>
    public async Task AddAsync(PriceSnapshot stored, IReadOnlyList<OfferRow> rows, long after, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_newest == after)
            {
                _bySource = Apply([stored], rows, _ => stored.Source, row => row);
                _newest = stored.Id;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static Task<List<OfferRow>> RowsSinceAsync(ComputeOptimizerDb db, List<PriceSnapshot> imports, CancellationToken cancellationToken)
    {
        var (first, last) = (imports[0].Id, imports[^1].Id);
        return db.Offers.AsNoTracking().Where(row => row.SnapshotId >= first && row.SnapshotId <= last).OrderBy(row => row.Id).ToListAsync(cancellationToken);
    }

    // The history has every price there ever was; the database picks the last ones, so that only those are read.
    private static Task<List<OfferRow>> LastRowsAsync(ComputeOptimizerDb db, List<PriceSnapshot> imports, CancellationToken cancellationToken)
    {
        var last = imports[^1].Id;
        return db.Offers.FromSql(
            $"""
             SELECT * FROM offers WHERE "Id" IN (
                 SELECT MAX(o."Id") FROM offers o JOIN price_snapshots s ON s."Id" = o."SnapshotId" WHERE o."SnapshotId" <= {last}
                 GROUP BY s."Source", o."Cloud", o."Region", o."Zone", o."InstanceType", o."Capacity") AND NOT "Gone"
             """).AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancellationToken);
    }

    private Dictionary<string, SourcePrices> Apply(
        IReadOnlyList<PriceSnapshot> imports, IReadOnlyList<OfferRow> rows, Func<OfferRow, string> sourceOf, Func<OfferRow, OfferRow> kept)
    {
        var result = new Dictionary<string, SourcePrices>(_bySource, StringComparer.Ordinal);
        var changed = rows.ToLookup(sourceOf, StringComparer.Ordinal);
        foreach (var source in imports.GroupBy(snapshot => snapshot.Source, StringComparer.Ordinal))
        {
            var now = new HashSet<OfferRow>(result.GetValueOrDefault(source.Key)?.Rows ?? (IEnumerable<OfferRow>)[], OfferKey.Comparer);
            foreach (var row in changed[source.Key])
            {
                now.Remove(row);
                if (!row.Gone)
                {
                    now.Add(kept(row));
                }
            }

            now.TrimExcess();

            result[source.Key] = new SourcePrices(source.Last(), now);
        }

        return result;
    }
}
