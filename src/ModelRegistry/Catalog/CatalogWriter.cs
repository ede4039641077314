using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>What a write did.</summary>
internal sealed record Written(int Added, int Updated);

/// <summary>
/// Writes many entries in one statement, whoever else writes the same ones. Older figures never replace newer ones, the snapshot never
/// replaces what was learned, and a list never replaces the files and the config that a lookup told of.
/// </summary>
internal sealed class CatalogWriter(ModelRegistryDb db)
{
    // What follows from files and config, and so stays with them.
    private static readonly HashSet<string> Sizing = [.. typeof(ModelEntry).GetProperties().Select(property => property.Name)
        .Where(name => name.EndsWith("Bytes32", StringComparison.Ordinal) || name.EndsWith("Bytes16", StringComparison.Ordinal)
            || name.EndsWith("Bytes8", StringComparison.Ordinal) || name.EndsWith("Bytes4", StringComparison.Ordinal)
            || name is nameof(ModelEntry.Parameters) or nameof(ModelEntry.SizeBytes) or nameof(ModelEntry.Document) or nameof(ModelEntry.Listed))];

    private static readonly JsonSerializerOptions Rows = new() { DefaultIgnoreCondition = JsonIgnoreCondition.Never };
    private static readonly JsonSerializerOptions RowsWithTicks = new() { DefaultIgnoreCondition = JsonIgnoreCondition.Never, Converters = { new TicksConverter() } };

    /// <summary>Runs in the caller's transaction where there is one.</summary>
    public async Task<Written> WriteAsync(IEnumerable<ModelEntry> entries, CancellationToken cancellationToken)
    {
        // One statement must not meet a row twice, and writers who meet in the same order do not lock each other out.
        var batch = entries.GroupBy(entry => (entry.Source, entry.Key)).Select(same => same.Last())
            .OrderBy(entry => entry.Source, StringComparer.Ordinal).ThenBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        if (batch.Length == 0)
        {
            return new Written(0, 0);
        }

        var known = await KnownAsync(batch, cancellationToken);
        await InsertAsync(batch, columns => $"DO UPDATE SET {Assignments(columns)} {Newer}", cancellationToken);
        return new Written(batch.Length - known, known);
    }

    /// <summary>Writes an entry where none of its source and id is; false where one is, which then stays as it is.</summary>
    public async Task<bool> AddAsync(ModelEntry entry, CancellationToken cancellationToken) =>
        await InsertAsync([entry], _ => "DO NOTHING", cancellationToken) > 0;

    /// <summary>Writes an entry over whatever is there; only when it was created stays.</summary>
    public Task ReplaceAsync(ModelEntry entry, CancellationToken cancellationToken) => InsertAsync(
        [entry],
        columns => $"DO UPDATE SET {string.Join(", ", columns.Where(column => column != nameof(ModelEntry.Created)).Select(column => $"\"{column}\" = excluded.\"{column}\""))}",
        cancellationToken);

    /// <summary>Has PostgreSQL's text indexes take in what they keep waiting, which every search reads one by one.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (db.Database.IsNpgsql())
        {
            await db.Database.ExecuteSqlAsync(
                $"""SELECT gin_clean_pending_list(indexrelid) FROM pg_index WHERE indrelid = 'models'::regclass AND (indexrelid::regclass::text LIKE '"IX_models_Search%' OR indexrelid::regclass::text = '"IX_models_Key_Trigrams"')""", cancellationToken);
        }
    }

    private Task<int> InsertAsync(ModelEntry[] batch, Func<string[], string> onConflict, CancellationToken cancellationToken)
    {
        var sqlite = db.Database.IsSqlite();
        var table = db.Model.FindEntityType(typeof(ModelEntry))!;
        var columns = table.GetProperties().Where(property => property.Name != nameof(ModelEntry.Number)).Select(property => property.GetColumnName()).ToArray();
        var rows = sqlite ? JsonSerializer.Serialize(batch, RowsWithTicks) : JsonSerializer.Serialize(batch, Rows);
        var insert = $"""{(sqlite ? Sqlite(columns) : Postgres(columns))} ON CONFLICT ("Source", "Key") {onConflict(columns)}""";
        return db.Database.ExecuteSqlRawAsync(insert, [rows], cancellationToken);
    }

    private async Task<int> KnownAsync(ModelEntry[] batch, CancellationToken cancellationToken)
    {
        var known = 0;
        foreach (var source in batch.GroupBy(entry => entry.Source))
        {
            var keys = source.Select(entry => entry.Key).ToArray();
            known += await db.Models.CountAsync(entry => entry.Source == source.Key && keys.Contains(entry.Key), cancellationToken);
        }

        return known;
    }

    private static string Postgres(string[] columns) =>
        $"""
        INSERT INTO models ({Names(columns)}) SELECT {Names(columns)} FROM json_populate_recordset(NULL::models, CAST(@p0 AS json))
        """;

    // SQLite needs a WHERE to tell ON CONFLICT from a join's ON.
    private static string Sqlite(string[] columns) =>
        $"""
        INSERT INTO models ({Names(columns)}) SELECT {string.Join(", ", columns.Select(column => $"value ->> '{column}'"))} FROM json_each(@p0) WHERE true
        """;

    private const string Newer =
        $"""WHERE excluded."AsOf" >= models."AsOf" AND (excluded."Origin" <> '{Snapshot.Origin}' OR models."Origin" = '{Snapshot.Origin}')""";

    private static string Names(string[] columns) => string.Join(", ", columns.Select(column => $"\"{column}\""));

    private static string Assignments(string[] columns) => string.Join(", ", columns.Select(column => Sizing.Contains(column)
        ? $"""
           "{column}" = CASE WHEN excluded."Listed" AND NOT models."Listed" THEN models."{column}" ELSE excluded."{column}" END
           """
        : $"""
           "{column}" = excluded."{column}"
           """));

    private sealed class TicksConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteNumberValue(value.UtcTicks);
    }
}
