using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Sync;

internal static class SyncApi
{
    private const string Address = "/api/v1/models/sync";

    public static void MapSyncApi(this IEndpointRouteBuilder app)
    {
        var sync = app.MapGroup(Address).WithTags("Models").WaitForStore<ModelRegistryDb>();
        sync.MapPost("", RequestSync).WithName("SyncModels").WithSummary("Take over the hubs' catalogues in the background: what changed, or everything");
        sync.MapGet("", GetSync).WithName("GetModelSync").WithSummary("How far the catalogue of each hub has been taken over");
    }

    private static async Task<Results<Accepted<Page<SyncState>>, ProblemHttpResult>> RequestSync(
        SyncRequest? request, IEnumerable<IModelHub> hubs, ModelRegistryDb db, SyncSignal signal, TimeProvider time, CancellationToken cancellationToken)
    {
        string[] known = [.. hubs.Select(hub => hub.Source)];
        var sources = request?.Sources is { Count: > 0 } asked ? asked.Distinct(StringComparer.Ordinal).ToArray() : known;
        if (sources.Except(known, StringComparer.Ordinal).ToArray() is { Length: > 0 } strange)
        {
            return new Refusal(RefusalCodes.UnknownSource, $"'{Text.Clean(strange[0], 60)}' is not a model hub that is known here.", $"Use one of: {string.Join(", ", known)}.").ToProblem();
        }

        // Two requests at once may both want to add a hub's row; the one that comes second finds it.
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var now = time.GetUtcNow();
            foreach (var source in sources.Order(StringComparer.Ordinal))
            {
                await db.Database.ExecuteSqlAsync(
                    $"""INSERT INTO catalog_syncs ("Source", "Status", "Pages", "Seen", "Added", "Updated", "Skipped", "SkippedReasons", "Failures", "UpdatedAt", "Sequence") SELECT {source}, 'Idle', 0, 0, 0, 0, 0, '', 0, {Stamp(db, now)}, 0 WHERE true ON CONFLICT DO NOTHING""",
                    cancellationToken);
                (await db.Syncs.SingleAsync(sync => sync.Source == source, cancellationToken)).Ask(request?.Full == true, now);
            }

            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });
        signal.Set();
        return TypedResults.Accepted(Address, await StatesAsync(known, db, time, cancellationToken));
    }

    private static async Task<Ok<Page<SyncState>>> GetSync(IEnumerable<IModelHub> hubs, ModelRegistryDb db, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(await StatesAsync([.. hubs.Select(hub => hub.Source)], db, time, cancellationToken));

    private static async Task<Page<SyncState>> StatesAsync(string[] sources, ModelRegistryDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        var rows = await db.Syncs.AsNoTracking().Where(sync => sources.Contains(sync.Source)).ToDictionaryAsync(sync => sync.Source, cancellationToken);
        return new Page<SyncState>(
            [.. sources.Select(source => (rows.GetValueOrDefault(source) ?? new CatalogSync { Source = source, UpdatedAt = time.GetUtcNow() }).ToState())], null);
    }

    // As the column keeps times: ticks in SQLite.
    private static object Stamp(ModelRegistryDb db, DateTimeOffset now) => db.Database.IsSqlite() ? now.UtcTicks : now;
}
