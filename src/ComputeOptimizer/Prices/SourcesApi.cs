using Microsoft.AspNetCore.Http.HttpResults;
using Quartz;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

internal static class SourcesApi
{
    private const string Address = "/api/v1/offers/sources";

    public static void MapSourcesApi(this IEndpointRouteBuilder app)
    {
        var sources = app.MapGroup(Address).WithTags("offers").WaitForStore<ComputeOptimizerDb>();
        sources.MapGet("/", ListSources).WithName("ListPriceSources").WithSummary("Where prices come from, how each source is doing and what to set for those that are not asked");
        sources.MapPost("/{name}/refresh", RefreshSource)
            .WithName("RefreshPriceSource")
            .WithSummary("Ask a source now, or as soon as it allows it")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<IReadOnlyList<PriceSource>>> ListSources(
        IEnumerable<IOfferSource> sources, PriceSourceStates states, CurrentPrices current, OfferBook book, ComputeOptimizerDb db, CancellationToken cancellationToken)
    {
        // What ships with the product is there before the first answer.
        await book.CurrentAsync(cancellationToken);
        return TypedResults.Ok(await AllAsync(sources, states, current, db, cancellationToken));
    }

    private static async Task<Results<Accepted<PriceSource>, ProblemHttpResult>> RefreshSource(
        string name, IEnumerable<IOfferSource> sources, PriceSourceStates states, CurrentPrices current, ComputeOptimizerDb db, ISchedulerFactory schedulers, CancellationToken cancellationToken)
    {
        if (sources.FirstOrDefault(source => source.Name == name) is not { } source)
        {
            return Problems.Problem(RefusalCodes.NotFound, $"There is no source '{PriceText.Short(name)}' that can be asked.", $"Look at GET {Address}.");
        }

        if (source.Missing is { } missing)
        {
            return Problems.Problem(RefusalCodes.InvalidState, $"The source {source.Name} is not configured.", missing);
        }

        await states.WakeAsync(source.Name, cancellationToken);
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.TriggerJob(new JobKey(source.Name), cancellationToken: cancellationToken);
        return TypedResults.Accepted(Address, (await AllAsync(sources, states, current, db, cancellationToken)).Single(told => told.Name == source.Name));
    }

    private static async Task<IReadOnlyList<PriceSource>> AllAsync(
        IEnumerable<IOfferSource> sources, PriceSourceStates states, CurrentPrices current, ComputeOptimizerDb db, CancellationToken cancellationToken)
    {
        var known = await states.AllAsync(cancellationToken);
        var told = await current.RefreshAsync(db, cancellationToken);
        var live = sources.Select(source => ToResponse(source.Name, source.Missing is null, source.Missing, source.Every, known.GetValueOrDefault(source.Name), told)).ToList();
        var others = told.Keys.Except(live.Select(source => source.Name), StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => ToResponse(name, false, name == BuiltInCatalog.Source ? "It ships with the product." : "It is imported by hand: POST /api/v1/offers/import.", null, known.GetValueOrDefault(name), told));
        return [.. live, .. others];
    }

    private static PriceSource ToResponse(string name, bool configured, string? note, TimeSpan? every, PriceSourceState? state, IReadOnlyDictionary<string, SourcePrices> told)
    {
        var prices = told.GetValueOrDefault(name);
        return new PriceSource(
            name,
            configured,
            note,
            every,
            state?.LastAttemptAt,
            state?.LastSuccessAt ?? (every is null ? prices?.Snapshot.ImportedAt : null),
            state?.LastError,
            configured ? state?.NextAttemptAt : null,
            prices?.Snapshot.Id,
            prices?.Snapshot.AsOf,
            prices?.Rows.Count ?? 0,
            prices?.Snapshot.QuarantinedByRule ?? new Dictionary<string, int>());
    }
}
