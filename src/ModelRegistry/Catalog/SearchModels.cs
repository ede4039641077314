using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>Answers a list request from the database's own indexes.</summary>
internal sealed class SearchModels(ModelRegistryDb db)
{
    // A common word has a hundred thousand hits of which the fifty most popular are wanted: small indexes over the popular models are asked
    // first, and the whole one only where they have too few. The migrations make one index for each of these scores.
    public const long VeryPopular = 50_000, Popular = 30_000;

    private const int MostFacetValues = 50;
    private const int AlternativesShown = 5;

    private static readonly Dictionary<ModelSort, Expression<Func<ModelEntry, long>>> Figures = new()
    {
        [ModelSort.Popularity] = entry => entry.Popularity,
        [ModelSort.Trending] = entry => entry.Trending,
        [ModelSort.Newest] = entry => entry.Created,
        [ModelSort.Size] = entry => entry.SizeBytes,
        [ModelSort.Parameters] = entry => entry.Parameters,
        [ModelSort.Downloads] = entry => entry.Downloads,
        [ModelSort.Likes] = entry => entry.Likes,
    };

    private static readonly Dictionary<(WorkloadMode, Precision), Expression<Func<ModelEntry, long?>>> NeedColumns = new()
    {
        [(WorkloadMode.Inference, Precision.Fp32)] = entry => entry.InferenceBytes32,
        [(WorkloadMode.Inference, Precision.Fp16)] = entry => entry.InferenceBytes16,
        [(WorkloadMode.Inference, Precision.Bf16)] = entry => entry.InferenceBytes16,
        [(WorkloadMode.Inference, Precision.Int8)] = entry => entry.InferenceBytes8,
        [(WorkloadMode.Inference, Precision.Int4)] = entry => entry.InferenceBytes4,
        [(WorkloadMode.Full, Precision.Fp32)] = entry => entry.FullBytes32,
        [(WorkloadMode.Full, Precision.Fp16)] = entry => entry.FullBytes16,
        [(WorkloadMode.Full, Precision.Bf16)] = entry => entry.FullBytes16,
        [(WorkloadMode.Lora, Precision.Fp16)] = entry => entry.LoraBytes16,
        [(WorkloadMode.Lora, Precision.Bf16)] = entry => entry.LoraBytes16,
        [(WorkloadMode.Lora, Precision.Int8)] = entry => entry.LoraBytes8,
        [(WorkloadMode.Qlora, Precision.Int4)] = entry => entry.QloraBytes4,
    };

    /// <summary>The column with the GPU bytes of a mode and precision; null where lists do not know them.</summary>
    public static Expression<Func<ModelEntry, long?>>? Needs(WorkloadMode mode, Precision precision) => NeedColumns.GetValueOrDefault((mode, precision));

    public static string PrecisionsOf(WorkloadMode mode) => string.Join(", ", NeedColumns.Keys.Where(pair => pair.Item1 == mode).Select(pair => Wire.Name(pair.Item2)));

    public async Task<ModelPage> RunAsync(ModelQuery query, CancellationToken cancellationToken)
    {
        var near = query.After?.Near == true;
        var rows = await PageAsync(query, near, cancellationToken);
        if (rows.Count == 0 && !near && query.After is null && query.Words.Count > 0)
        {
            // No model has these words; some may have them within their names.
            near = true;
            rows = await PageAsync(query, near, cancellationToken);
        }

        var items = rows.Take(query.Limit).ToArray();
        var next = rows.Count > query.Limit ? ModelQuery.Cursor(PlaceOf(items[^1], query.Sort, near)) : null;
        return new ModelPage([.. items.Select(row => row.ToSummary())], next, query.Facets ? await FacetsAsync(Filtered(query, near), cancellationToken) : null);
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

    private async Task<IReadOnlyList<ModelRow>> PageAsync(ModelQuery query, bool near, CancellationToken cancellationToken)
    {
        var filtered = Filtered(query, near);
        if (query.Sort is ModelSort.Popularity && (query.Words.Count > 0 || query.Filters.Count > 0) && db.Database.IsNpgsql())
        {
            // The scores are constants in the query, or the planner could not tell that a partial index has all it asks for.
            foreach (var tier in new[] { filtered.Where(entry => entry.Popularity >= VeryPopular), filtered.Where(entry => entry.Popularity >= Popular) })
            {
                if (await TakeAsync(tier, query, cancellationToken) is { } rows && rows.Count > query.Limit)
                {
                    return rows;
                }
            }
        }

        return await TakeAsync(filtered, query, cancellationToken);
    }

    private static async Task<IReadOnlyList<ModelRow>> TakeAsync(IQueryable<ModelEntry> models, ModelQuery query, CancellationToken cancellationToken) =>
        await Ordered(models, query).Take(query.Limit + 1).Select(ModelRow.FromEntry).ToListAsync(cancellationToken);

    private IQueryable<ModelEntry> Filtered(ModelQuery query, bool near)
    {
        var models = (near ? WithinNames(query.Words) : WithWords([.. query.Words, .. query.Filters])).AsNoTracking();
        if (near && query.Filters.Count > 0)
        {
            var numbers = WithWords(query.Filters).Select(entry => entry.Number);
            models = models.Where(entry => numbers.Contains(entry.Number));
        }

        if (query.MinParameters is { } least)
        {
            models = models.Where(entry => entry.Parameters >= least);
        }

        if (query.MaxParameters is { } most)
        {
            models = models.Where(entry => entry.Parameters >= 0 && entry.Parameters <= most);
        }

        if (query.Fits is { } fits && Needs(fits.Mode, fits.Precision) is { } bytes)
        {
            long? usable = GpuMemory.UsableBytes((long)(fits.GiB * (1L << 30)), fits.Mode);
            models = models.Where(Expression.Lambda<Func<ModelEntry, bool>>(
                Expression.LessThanOrEqual(bytes.Body, ((Expression<Func<long?>>)(() => usable)).Body), bytes.Parameters));
        }

        return models;
    }

    private IQueryable<ModelEntry> WithWords(IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return db.Models;
        }

        // Words hold neither quotes nor backslashes, and both languages read what stands in quotes as it is.
        return db.Database.IsSqlite()
            ? db.Models.FromSql($"""SELECT * FROM models WHERE "Number" IN (SELECT rowid FROM models_words WHERE models_words MATCH {string.Join(" AND ", words.Select(word => $"\"{word}\""))})""")
            : db.Models.FromSql($"""SELECT * FROM models WHERE "Search" @@ CAST({string.Join(" & ", words.Select(word => $"'{word}'"))} AS tsquery)""");
    }

    // Trigrams answer for parts of three characters or more; shorter ones are checked on what the longer ones find.
    private IQueryable<ModelEntry> WithinNames(IReadOnlyList<string> parts)
    {
        var indexed = parts.Where(part => part.Length > 2).ToArray();
        if (indexed.Length == 0)
        {
            return db.Models.Where(_ => false);
        }

        var models = db.Database.IsSqlite()
            ? db.Models.FromSql($"""SELECT * FROM models WHERE "Number" IN (SELECT rowid FROM models_names WHERE models_names MATCH {string.Join(" AND ", indexed.Select(part => $"\"{part}\""))})""")
            : db.Models;
        return parts.Aggregate(models, (found, part) => found.Where(entry => entry.Key.Contains(part)));
    }

    private static IQueryable<ModelEntry> Ordered(IQueryable<ModelEntry> models, ModelQuery query)
    {
        if (query.Sort is ModelSort.Id)
        {
            if (query.After is { Key: var key, Number: var number })
            {
                models = models.Where(entry => entry.Key.CompareTo(key) > 0 || (entry.Key == key && entry.Number > number));
            }

            return models.OrderBy(entry => entry.Key).ThenBy(entry => entry.Number);
        }

        var figure = Figures[query.Sort];
        if (query.After is { } after)
        {
            models = models.Where(Behind(figure, after.Value, after.Number));
        }

        return models.OrderByDescending(figure).ThenBy(entry => entry.Number);
    }

    // figure <= value and (figure < value or number > last): the first half alone tells the index where to begin.
    private static Expression<Func<ModelEntry, bool>> Behind(Expression<Func<ModelEntry, long>> figure, long value, long last)
    {
        var (entry, column) = (figure.Parameters[0], figure.Body);
        Expression<Func<long>> valueOf = () => value;
        Expression<Func<long>> lastOf = () => last;
        return Expression.Lambda<Func<ModelEntry, bool>>(
            Expression.AndAlso(
                Expression.LessThanOrEqual(column, valueOf.Body),
                Expression.OrElse(
                    Expression.LessThan(column, valueOf.Body),
                    Expression.GreaterThan(Expression.Property(entry, nameof(ModelEntry.Number)), lastOf.Body))),
            entry);
    }

    private static ModelQuery.Place PlaceOf(ModelRow row, ModelSort sort, bool near) => new(sort, sort switch
    {
        ModelSort.Popularity => row.Popularity,
        ModelSort.Trending => row.Trending,
        ModelSort.Newest => row.Created,
        ModelSort.Size => row.SizeBytes,
        ModelSort.Parameters => row.Parameters,
        ModelSort.Downloads => row.Downloads,
        ModelSort.Likes => row.Likes,
        _ => 0,
    }, row.Key, row.Number, near);

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
