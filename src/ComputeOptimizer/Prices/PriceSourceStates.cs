using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>The lease on a source: only under it is the source asked and its state changed.</summary>
/// <param name="Failures">Failed attempts before this one.</param>
internal sealed record PriceSourceLease(string Source, string Owner, int Failures);

/// <summary>The rows of <see cref="PriceSourceState"/>; each change is one statement that holds for whoever has the lease.</summary>
internal sealed class PriceSourceStates(ComputeOptimizerDb db, TimeProvider time)
{
    private DbSet<PriceSourceState> Rows => db.Set<PriceSourceState>();

    public async Task<IReadOnlyDictionary<string, PriceSourceState>> AllAsync(CancellationToken cancellationToken) =>
        await Rows.AsNoTracking().ToDictionaryAsync(state => state.Source, StringComparer.Ordinal, cancellationToken);

    /// <summary>Takes a source that is due and that nobody asks at the moment; null where it is not.</summary>
    public async Task<PriceSourceLease?> TakeAsync(string source, TimeSpan length, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var free = Rows.Where(state => state.Source == source
            && (state.NextAttemptAt == null || state.NextAttemptAt <= now)
            && (state.LeaseUntil == null || state.LeaseUntil < now));

        // Asked first without a lock: mostly it is not due.
        if (!await free.AnyAsync(cancellationToken))
        {
            if (await Rows.AnyAsync(state => state.Source == source, cancellationToken))
            {
                return null;
            }

            await EnsureAsync(source, cancellationToken);
        }

        var owner = $"{Guid.NewGuid():N}";
        var taken = await free.ExecuteUpdateAsync(
            state => state.SetProperty(s => s.LeaseOwner, owner).SetProperty(s => s.LeaseUntil, now + length).SetProperty(s => s.LastAttemptAt, now), cancellationToken);
        return taken == 0 ? null : new PriceSourceLease(source, owner, await Held(source, owner).Select(state => state.Failures).SingleAsync(cancellationToken));
    }

    public Task SucceedAsync(PriceSourceLease lease, TimeSpan every, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Held(lease.Source, lease.Owner).ExecuteUpdateAsync(
            state => state
                .SetProperty(s => s.LastSuccessAt, now)
                .SetProperty(s => s.LastError, (Refusal?)null)
                .SetProperty(s => s.Failures, 0)
                .SetProperty(s => s.NextAttemptAt, now + every)
                .SetProperty(s => s.NotBefore, (DateTimeOffset?)null)
                .SetProperty(s => s.LeaseOwner, (string?)null)
                .SetProperty(s => s.LeaseUntil, (DateTimeOffset?)null),
            cancellationToken);
    }

    /// <param name="retryAfter">How long the source asked to be left alone.</param>
    public Task FailAsync(PriceSourceLease lease, Refusal refusal, TimeSpan wait, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? notBefore = retryAfter is null ? null : now + retryAfter;
        return Held(lease.Source, lease.Owner).ExecuteUpdateAsync(
            state => state
                .SetProperty(s => s.LastError, refusal)
                .SetProperty(s => s.Failures, lease.Failures + 1)
                .SetProperty(s => s.NextAttemptAt, now + wait)
                .SetProperty(s => s.NotBefore, notBefore)
                .SetProperty(s => s.LeaseOwner, (string?)null)
                .SetProperty(s => s.LeaseUntil, (DateTimeOffset?)null),
            cancellationToken);
    }

    /// <summary>Gives a source back that was not asked to the end; it stays due.</summary>
    public Task ReleaseAsync(PriceSourceLease lease, CancellationToken cancellationToken) => Held(lease.Source, lease.Owner).ExecuteUpdateAsync(
        state => state.SetProperty(s => s.LeaseOwner, (string?)null).SetProperty(s => s.LeaseUntil, (DateTimeOffset?)null), cancellationToken);

    /// <summary>Makes a source due at once, or as soon as it said that it may be asked again.</summary>
    public async Task WakeAsync(string source, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await EnsureAsync(source, cancellationToken);
        await Rows.Where(state => state.Source == source).ExecuteUpdateAsync(
            state => state.SetProperty(s => s.NextAttemptAt, s => s.NotBefore != null && s.NotBefore > now ? s.NotBefore : now), cancellationToken);
    }

    private IQueryable<PriceSourceState> Held(string source, string owner) => Rows.Where(state => state.Source == source && state.LeaseOwner == owner);

    // Both databases know this; replicas that start together add one row.
    private Task<int> EnsureAsync(string source, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"""INSERT INTO price_sources ("Source", "Failures") VALUES ({source}, 0) ON CONFLICT DO NOTHING""", cancellationToken);
}
