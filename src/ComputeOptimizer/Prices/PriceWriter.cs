using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;
using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Writes many offers in the caller's transaction, each database in its own fast way.</summary>
internal static class PriceWriter
{
    // Enumerations are kept by their names, as EF Core keeps them.
    private static readonly Column[] Columns =
    [
        Column.Text(nameof(OfferRow.Cloud), row => row.Cloud.ToString()),
        Column.Text(nameof(OfferRow.Region), row => row.Region),
        Column.Text(nameof(OfferRow.Zone), row => row.Zone),
        Column.Text(nameof(OfferRow.InstanceType), row => row.InstanceType),
        Column.Text(nameof(OfferRow.Capacity), row => row.Capacity.ToString()),
        Column.Number(nameof(OfferRow.PricePerHour), row => row.PricePerHour),
        Column.Text(nameof(OfferRow.PriceBasis), row => row.PriceBasis.ToString()),
        Column.Text(nameof(OfferRow.PriceSource), row => row.PriceSource),
        Column.Time(nameof(OfferRow.PriceAsOf), row => row.PriceAsOf),
        Column.Text(nameof(OfferRow.InterruptionBand), row => row.InterruptionBand),
        Column.Text(nameof(OfferRow.GpuModel), row => row.GpuModel),
        Column.Text(nameof(OfferRow.GpuVendor), row => row.GpuVendor),
        Column.Number(nameof(OfferRow.GpuCount), row => row.GpuCount),
        Column.Whole(nameof(OfferRow.GpuMemoryMiB), row => row.GpuMemoryMiB),
        Column.Text(nameof(OfferRow.GpuMemorySource), row => row.GpuMemorySource),
        Column.Text(nameof(OfferRow.ComputeCapability), row => row.ComputeCapability),
        Column.Text(nameof(OfferRow.Interconnect), row => row.Interconnect.ToString()),
        Column.Number(nameof(OfferRow.Vcpus), row => row.Vcpus),
        Column.Number(nameof(OfferRow.MemoryGiB), row => row.MemoryGiB),
        Column.Whole(nameof(OfferRow.LocalDiskGB), row => row.LocalDiskGB),
        Column.Text(nameof(OfferRow.Architecture), row => row.Architecture.ToString()),
        Column.Flag(nameof(OfferRow.Withdrawn), row => row.Withdrawn),
        Column.Text(nameof(OfferRow.Note), row => row.Note),
        Column.Flag(nameof(OfferRow.Gone), row => row.Gone),
    ];

    private static string Names => string.Join(", ", Columns.Select(column => $"\"{column.Name}\""));

    public static async Task WriteAsync(ComputeOptimizerDb db, long snapshot, IReadOnlyList<OfferRow> rows, CancellationToken cancellationToken)
    {
        if (db.Database.GetDbConnection() is SqliteConnection sqlite)
        {
            Insert(sqlite, snapshot, rows, cancellationToken);
            return;
        }

        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var copy = await connection.BeginBinaryImportAsync($"""COPY offers ("SnapshotId", {Names}) FROM STDIN (FORMAT BINARY)""", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            copy.Write(snapshot, NpgsqlDbType.Bigint);
            foreach (var column in Columns)
            {
                column.Copy(copy, row);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // SQLite itself takes a microsecond for a value; SqliteCommand looks up each parameter by name for each row.
    private static void Insert(SqliteConnection connection, long snapshot, IReadOnlyList<OfferRow> rows, CancellationToken cancellationToken)
    {
        var sql = $"""INSERT INTO offers ("SnapshotId", {Names}) VALUES (?{string.Concat(Enumerable.Repeat(", ?", Columns.Length))})""";
        Check(connection, raw.sqlite3_prepare_v2(connection.Handle, sql, out var insert));
        using (insert)
        {
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                raw.sqlite3_bind_int64(insert, 1, snapshot);
                for (var i = 0; i < Columns.Length; i++)
                {
                    Columns[i].Bind(insert, i + 2, row);
                }

                Check(connection, raw.sqlite3_step(insert));
                raw.sqlite3_reset(insert);
            }
        }
    }

    private static void Check(SqliteConnection connection, int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE))
        {
            throw new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), result);
        }
    }

    private sealed record Column(string Name, Action<NpgsqlBinaryImporter, OfferRow> Copy, Action<sqlite3_stmt, int, OfferRow> Bind)
    {
        public static Column Text(string name, Func<OfferRow, string?> value) => new(
            name,
            (copy, row) => Write(copy, value(row), NpgsqlDbType.Text),
            (insert, place, row) => Set(insert, place, value(row)));

        // SQLite keeps a decimal as text, which is exact.
        public static Column Number(string name, Func<OfferRow, decimal?> value) => new(
            name,
            (copy, row) => Write(copy, value(row), NpgsqlDbType.Numeric),
            (insert, place, row) => Set(insert, place, value(row)?.ToString("0.0###########################", System.Globalization.CultureInfo.InvariantCulture)));

        public static Column Whole(string name, Func<OfferRow, int?> value) => new(
            name,
            (copy, row) => Write(copy, value(row), NpgsqlDbType.Integer),
            (insert, place, row) => Set(insert, place, (long?)value(row)));

        public static Column Time(string name, Func<OfferRow, DateTimeOffset?> value) => new(
            name,
            (copy, row) => Write(copy, value(row), NpgsqlDbType.TimestampTz),
            (insert, place, row) => Set(insert, place, value(row)?.UtcTicks));

        public static Column Flag(string name, Func<OfferRow, bool> value) => new(
            name,
            (copy, row) => copy.Write(value(row), NpgsqlDbType.Boolean),
            (insert, place, row) => Set(insert, place, value(row) ? 1L : 0L));

        private static void Write(NpgsqlBinaryImporter copy, string? value, NpgsqlDbType type)
        {
            if (value is null)
            {
                copy.WriteNull();
            }
            else
            {
                copy.Write(value, type);
            }
        }

        private static void Write<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type)
            where T : struct
        {
            if (value is { } some)
            {
                copy.Write(some, type);
            }
            else
            {
                copy.WriteNull();
            }
        }

        private static void Set(sqlite3_stmt insert, int place, string? value)
        {
            if (value is null)
            {
                raw.sqlite3_bind_null(insert, place);
            }
            else
            {
                raw.sqlite3_bind_text(insert, place, value);
            }
        }

        private static void Set(sqlite3_stmt insert, int place, long? value)
        {
            if (value is { } some)
            {
                raw.sqlite3_bind_int64(insert, place, some);
            }
            else
            {
                raw.sqlite3_bind_null(insert, place);
            }
        }
    }
}
