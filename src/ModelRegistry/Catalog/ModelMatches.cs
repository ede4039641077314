using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>Which rows a query asks for, in the languages of the databases' text indexes.</summary>
internal sealed class ModelMatches(ModelRegistryDb db)
{
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

    /// <summary>A part of the catalogue that the database finds faster than the whole.</summary>
    /// <param name="AnyOf">Words of <see cref="SearchWords"/> of which a model of the part has one; empty for no such condition.</param>
    /// <param name="Least">A score of <see cref="PopularityScore"/> in thousandths that PostgreSQL has an index for; 0 for no such condition.</param>
    internal sealed record Part(IReadOnlyList<string> AnyOf, long Least)
    {
        public static readonly Part All = new([], 0);

        /// <summary>About one model in 200.</summary>
        public static readonly Part MostPopular = new([], 65_000);

        /// <summary>About one model in six.</summary>
        public static readonly Part Popular = new([], 30_000);

        /// <summary>Models created in the month of <paramref name="now"/> and those before it.</summary>
        public static Part Created(DateTimeOffset now, int months) => new([.. Enumerable.Range(0, months).Select(ago => SearchWords.Month(now.AddMonths(-ago)))], 0);
    }

    /// <param name="query">Words, parts of names, filters and ranges that all must hold.</param>
    /// <param name="few">True where few rows match, so that indexes over ranges, which find many, are no help.</param>
    /// <param name="part">Where to look.</param>
    public IQueryable<ModelEntry> Of(ModelQuery query, bool few, Part part)
    {
        var models = WithinNames(WithWords([.. query.Words, .. query.Filters], part), query.NameParts);
        var nothing = 0L;
        if (query.MainHubOnly)
        {
            models = models.Where(entry => entry.Source == SearchWords.MainHub);
        }

        if (query.MinParameters is { } least)
        {
            models = few ? models.Where(entry => entry.Parameters + nothing >= least) : models.Where(entry => entry.Parameters >= least);
        }

        if (query.MaxParameters is { } most)
        {
            models = few
                ? models.Where(entry => entry.Parameters + nothing >= 0 && entry.Parameters + nothing <= most)
                : models.Where(entry => entry.Parameters >= 0 && entry.Parameters <= most);
        }

        if (query.Fits is { } fits && Needs(fits.Mode, fits.Precision) is { } bytes)
        {
            long? usable = GpuMemory.UsableBytes((long)(fits.GiB * (1L << 30)), fits.Mode);
            models = models.Where(Expression.Lambda<Func<ModelEntry, bool>>(
                Expression.LessThanOrEqual(bytes.Body, ((Expression<Func<long?>>)(() => usable)).Body), bytes.Parameters));
        }

        return models.AsNoTracking();
    }

    /// <summary>The words that no model has.</summary>
    public async Task<string[]> UnknownAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        List<string> unknown = [];
        foreach (var word in words)
        {
            // A common word is found among few models, and one that is not has a short list.
            if (!await IsInAsync(word, Part.MostPopular, cancellationToken) && !await IsInAsync(word, Part.All, cancellationToken))
            {
                unknown.Add(word);
            }
        }

        return [.. unknown];
    }

    // In an order that no index has: without one the database may read the whole table for a row that it takes for a frequent one.
    private async Task<bool> IsInAsync(string word, Part part, CancellationToken cancellationToken)
    {
        var nothing = 0L;
        return await WithWords([word], part).OrderBy(entry => entry.Popularity + nothing).Select(entry => entry.Number).FirstOrDefaultAsync(cancellationToken) != 0;
    }

    // Words hold neither quotes nor backslashes, and both languages read what stands in quotes as it is.
    private IQueryable<ModelEntry> WithWords(IReadOnlyList<string> words, Part part)
    {
        if (words.Count == 0 && part.AnyOf.Count == 0)
        {
            return db.Models;
        }

        if (db.Database.IsSqlite())
        {
            return db.Models.FromSql($"""SELECT * FROM models WHERE "Number" IN (SELECT rowid FROM models_words WHERE models_words MATCH {AllOf(words)})""");
        }

        var lexemes = string.Join(" & ", words.Select(word => $"'{word}'").Concat(part.AnyOf.Count > 0 ? [$"({string.Join(" | ", part.AnyOf.Select(word => $"'{word}'"))})"] : []));

        // As the partial indexes say it, and in a way that the index over all scores does not answer to as well.
        return part.Least switch
        {
            65_000 => db.Models.FromSql($"""SELECT * FROM models WHERE "Search" @@ CAST({lexemes} AS tsquery) AND "Popularity" + 0 >= 65000"""),
            30_000 => db.Models.FromSql($"""SELECT * FROM models WHERE "Search" @@ CAST({lexemes} AS tsquery) AND "Popularity" + 0 >= 30000"""),
            _ => db.Models.FromSql($"""SELECT * FROM models WHERE "Search" @@ CAST({lexemes} AS tsquery)"""),
        };
    }

    // Trigrams answer for parts of three characters or more; shorter ones are checked on what else is found.
    private IQueryable<ModelEntry> WithinNames(IQueryable<ModelEntry> models, IReadOnlyList<string> parts)
    {
        var indexed = parts.Where(part => part.Length > 2).ToArray();
        if (indexed.Length > 0 && db.Database.IsSqlite())
        {
            var named = db.Models.FromSql($"""SELECT * FROM models WHERE "Number" IN (SELECT rowid FROM models_names WHERE models_names MATCH {AllOf(indexed)})""").Select(other => other.Number);
            models = models.Where(entry => named.Contains(entry.Number));
        }

        return parts.Aggregate(models, (found, part) => found.Where(entry => entry.Key.Contains(part)));
    }

    private static string AllOf(IEnumerable<string> words) => string.Join(" AND ", words.Select(word => $"\"{word}\""));
}
