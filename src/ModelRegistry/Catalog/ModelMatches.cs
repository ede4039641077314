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

    /// <param name="query">Words, filters and ranges that all must hold.</param>
    /// <param name="near">True to find the words within names instead of among the words of a model.</param>
    /// <param name="anyOf">Words of <see cref="SearchWords"/> of which one must be there as well.</param>
    public IQueryable<ModelEntry> Of(ModelQuery query, bool near, IReadOnlyList<string> anyOf)
    {
        var models = near ? WithinNames(query.Words, query.Filters, anyOf) : WithWords([.. query.Words, .. query.Filters], anyOf);
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

        return models.AsNoTracking();
    }

    /// <summary>Whether any model at all has these words.</summary>
    public Task<bool> AnyAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) => WithWords(words, []).AnyAsync(cancellationToken);

    // Words hold neither quotes nor backslashes, and both languages read what stands in quotes as it is.
    private IQueryable<ModelEntry> WithWords(IReadOnlyList<string> words, IReadOnlyList<string> anyOf)
    {
        if (words.Count == 0 && anyOf.Count == 0)
        {
            return db.Models;
        }

        if (db.Database.IsSqlite())
        {
            var match = Both(string.Join(" AND ", words.Select(word => $"\"{word}\"")), " AND ", string.Join(" OR ", anyOf.Select(word => $"\"{word}\"")));
            return db.Models.FromSql($"""SELECT * FROM models WHERE "Number" IN (SELECT rowid FROM models_words WHERE models_words MATCH {match})""");
        }

        var lexemes = Both(string.Join(" & ", words.Select(word => $"'{word}'")), " & ", string.Join(" | ", anyOf.Select(word => $"'{word}'")));
        return db.Models.FromSql($"""SELECT * FROM models WHERE "Search" @@ CAST({lexemes} AS tsquery)""");
    }

    // Trigrams answer for parts of three characters or more; shorter ones are checked on what the longer ones find.
    private IQueryable<ModelEntry> WithinNames(IReadOnlyList<string> parts, IReadOnlyList<string> filters, IReadOnlyList<string> anyOf)
    {
        var indexed = parts.Where(part => part.Length > 2).ToArray();
        if (indexed.Length == 0)
        {
            return db.Models.Where(_ => false);
        }

        var models = WithWords(filters, anyOf);
        if (db.Database.IsSqlite())
        {
            var match = string.Join(" AND ", indexed.Select(part => $"\"{part}\""));
            var named = db.Models.FromSql($"""SELECT * FROM models WHERE "Number" IN (SELECT rowid FROM models_names WHERE models_names MATCH {match})""");
            models = filters.Count + anyOf.Count == 0 ? named : models.Where(entry => named.Select(other => other.Number).Contains(entry.Number));
        }

        return parts.Aggregate(models, (found, part) => found.Where(entry => entry.Key.Contains(part)));
    }

    private static string Both(string all, string and, string any) => (all, any) switch
    {
        (_, "") => all,
        ("", _) => any,
        _ => $"{all}{and}({any})",
    };
}
