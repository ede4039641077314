using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>Answers a list request from the database's own indexes.</summary>
internal sealed class SearchModels(ModelRegistryDb db, TimeProvider time)
{
    private const int MostFacetValues = 50;
    private const int AlternativesShown = 5;

    private readonly ModelMatches _matches = new(db);

    public async Task<ModelPage> RunAsync(ModelQuery query, CancellationToken cancellationToken)
    {
        var near = query.After?.Near == true;
        if (near)
        {
            query = await NearAsync(query, cancellationToken);
        }

        var rows = await PageAsync(query, cancellationToken);
        if (rows.Count == 0 && query is { After: null, Words.Count: > 0 } && await NearAsync(query, cancellationToken) is { NameParts.Count: > 0 } nearby)
        {
            (near, query) = (true, nearby);
            rows = await PageAsync(query, cancellationToken);
        }

        var items = rows.Take(query.Limit).ToArray();
        var next = rows.Count > query.Limit ? ModelQuery.Cursor(ModelOrder.PlaceOf(items[^1], query.Sort, near)) : null;
        return new ModelPage([.. items.Select(row => row.ToSummary())], next, query.Facets ? await FacetsAsync(_matches.Of(query, few: false, ModelMatches.Part.All), cancellationToken) : null);
    }

    // Words that no model has may be the beginnings of words, or stand within names.
    private async Task<ModelQuery> NearAsync(ModelQuery query, CancellationToken cancellationToken)
    {
        var unknown = await _matches.UnknownAsync(query.Words, cancellationToken);
        return unknown.All(word => word.Length <= 2 || word == SearchWords.Nothing)
            ? query
            : query with { Words = [.. query.Words.Except(unknown)], NameParts = unknown };
    }

    /// <summary>Adds popular models for the same task: those of about the same size (half to double), and smaller ones.</summary>
    public async Task<ModelDetail> WithAlternativesAsync(ModelDetail detail, CancellationToken cancellationToken)
    {
        if (detail.Model is not { Task: { } task, Parameters: { } parameters } || SearchWords.Filter(SearchWords.Task, task) is not { } filter)
        {
            return detail;
        }

        var query = new ModelQuery([], [filter], null, null, null, ModelSort.Popularity, Facets: false, AlternativesShown, null);
        var similar = await PageAsync(query with { MinParameters = parameters / 2, MaxParameters = parameters * 2 }, cancellationToken);
        var smaller = await PageAsync(query with { MinParameters = 1, MaxParameters = (parameters / 2) - 1 }, cancellationToken);
        return detail with
        {
            Similar = [.. similar.Where(row => row.Source != detail.Model.Source || row.Key != ModelEntry.KeyOf(detail.Model.Id)).Take(AlternativesShown).Select(row => row.ToSummary())],
            Smaller = [.. smaller.Take(AlternativesShown).Select(row => row.ToSummary())],
        };
    }

    // A common word has a hundred thousand hits of which the first twenty are wanted: the top of the order is searched first, and what
    // is below it only where the top has too few.
    private async Task<List<ModelRow>> PageAsync(ModelQuery query, CancellationToken cancellationToken)
    {
        var few = query.Conditions > 1 && query.Words.Count + query.Filters.Count > 0 && db.Database.IsNpgsql();
        List<ModelRow> rows = [];
        foreach (var part in few ? Tops(query.Sort).Append(ModelMatches.Part.All) : [ModelMatches.Part.All])
        {
            rows = await ModelOrder.Apply(_matches.Of(query, few, part), query, few).Take(query.Limit + 1).Select(ModelRow.FromEntry).ToListAsync(cancellationToken);
            if (rows.Count > query.Limit)
            {
                break;
            }
        }

        return rows;
    }

    private ModelMatches.Part[] Tops(ModelSort sort) => sort switch
    {
        ModelSort.Popularity => [ModelMatches.Part.MostPopular, ModelMatches.Part.Popular],

        // Hubs whose clocks are ahead of ours count as now.
        ModelSort.Newest when time.GetUtcNow() + ModelEntry.ClockSkew is var now => [ModelMatches.Part.Created(now, months: 2), ModelMatches.Part.Created(now, months: 8)],
        _ => [],
    };

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
