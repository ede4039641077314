using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>Answers a list request from the database's own indexes.</summary>
internal sealed class SearchModels(ModelRegistryDb db, TimeProvider time)
{
    // Scores that the migrations make small indexes for: about one model in 200, in 30 and in 6 has them.
    private const long MostPopular = 65_000, VeryPopular = 50_000, Popular = 30_000;

    private const int MostFacetValues = 50;
    private const int AlternativesShown = 5;

    private readonly ModelMatches _matches = new(db);

    public async Task<ModelPage> RunAsync(ModelQuery query, CancellationToken cancellationToken)
    {
        var near = query.After?.Near == true;
        var rows = await PageAsync(query, near, cancellationToken);
        if (rows.Count == 0 && query is { After: null, Words.Count: > 0 } && !await _matches.AnyAsync(query.Words, cancellationToken))
        {
            // No model has these words; some may have them within their names.
            near = true;
            rows = await PageAsync(query, near, cancellationToken);
        }

        var items = rows.Take(query.Limit).ToArray();
        var next = rows.Count > query.Limit ? ModelQuery.Cursor(ModelOrder.PlaceOf(items[^1], query.Sort, near)) : null;
        return new ModelPage([.. items.Select(row => row.ToSummary())], next, query.Facets ? await FacetsAsync(_matches.Of(query, near, []), cancellationToken) : null);
    }

    /// <summary>Adds popular models for the same task: those of about the same size (half to double), and smaller ones.</summary>
    public async Task<ModelDetail> WithAlternativesAsync(ModelDetail detail, CancellationToken cancellationToken)
    {
        if (detail.Model is not { Task: { } task, Parameters: { } parameters } || SearchWords.Filter(SearchWords.Task, task) is not { } filter)
        {
            return detail;
        }

        var query = new ModelQuery([], [filter], null, null, null, ModelSort.Popularity, Facets: false, AlternativesShown, null);
        var similar = await PageAsync(query with { MinParameters = parameters / 2, MaxParameters = parameters * 2 }, near: false, cancellationToken);
        var smaller = await PageAsync(query with { MinParameters = 1, MaxParameters = (parameters / 2) - 1 }, near: false, cancellationToken);
        return detail with
        {
            Similar = [.. similar.Where(row => row.Source != detail.Model.Source || row.Key != ModelEntry.KeyOf(detail.Model.Id)).Take(AlternativesShown).Select(row => row.ToSummary())],
            Smaller = [.. smaller.Take(AlternativesShown).Select(row => row.ToSummary())],
        };
    }

    // A common word has a hundred thousand hits of which the first twenty are wanted: the top of the order is searched first, and what
    // is below it only where the top has too few.
    private async Task<List<ModelRow>> PageAsync(ModelQuery query, bool near, CancellationToken cancellationToken)
    {
        var tiered = query.Conditions > 1 && db.Database.IsNpgsql();
        List<ModelRow> rows = [];
        foreach (var tier in tiered ? Tiers(query, near) : [_matches.Of(query, near, [])])
        {
            rows = await ModelOrder.Apply(tier, query, few: tiered).Take(query.Limit + 1).Select(ModelRow.FromEntry).ToListAsync(cancellationToken);
            if (rows.Count > query.Limit)
            {
                break;
            }
        }

        return rows;
    }

    /// <summary>Ever larger parts of what matches, each with all that comes before its last row in the query's order; the last is everything.</summary>
    private IEnumerable<IQueryable<ModelEntry>> Tiers(ModelQuery query, bool near)
    {
        var everything = _matches.Of(query, near, []);
        if (query.Sort is ModelSort.Popularity)
        {
            // Constants in the query, or the planner could not tell that a partial index has all it asks for.
            yield return everything.Where(entry => entry.Popularity >= MostPopular);
            yield return everything.Where(entry => entry.Popularity >= VeryPopular);
            yield return everything.Where(entry => entry.Popularity >= Popular);
        }
        else if (query.Sort is ModelSort.Newest)
        {
            // Hubs whose clocks are ahead of ours count up to a day as now.
            var now = time.GetUtcNow() + ModelEntry.ClockSkew;
            yield return _matches.Of(query, near, [SearchWords.Month(now), SearchWords.Month(now.AddMonths(-1))]);
            yield return _matches.Of(query, near, [SearchWords.Year(now), SearchWords.Year(now.AddYears(-1))]);
        }

        yield return everything;
    }

    private static async Task<ModelFacets> FacetsAsync(IQueryable<ModelEntry> models, CancellationToken cancellationToken) => new(
        await CountAsync(models, entry => entry.Source, cancellationToken),
        await CountAsync(models, entry => entry.Task, cancellationToken),
        await CountAsync(models, entry => entry.Library, cancellationToken),
        await CountAsync(models, entry => entry.License, cancellationToken));

    private static async Task<IReadOnlyDictionary<string, int>> CountAsync(
        IQueryable<ModelEntry> models, Expression<Func<ModelEntry, string?>> value, CancellationToken cancellationToken) =>
        await models.Select(value).Where(text => text != null).GroupBy(text => text!)
            .Select(group => new { group.Key, Count = group.Count() })
            .OrderByDescending(counted => counted.Count).ThenBy(counted => counted.Key)
            .Take(MostFacetValues)
            .ToDictionaryAsync(counted => counted.Key, counted => counted.Count, cancellationToken);
}
