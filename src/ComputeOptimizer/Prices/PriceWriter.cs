using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;
using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Writes many offers in the caller's transaction, each database in its own fast way.</summary>
internal static class PriceWriter
{
    private static readonly Column[] Columns =
    [
        new(nameof(OfferRow.Cloud), NpgsqlDbType.Text, row => row.Cloud.ToString()),
        new(nameof(OfferRow.Region), NpgsqlDbType.Text, row => row.Region),
        new(nameof(OfferRow.Zone), NpgsqlDbType.Text, row => row.Zone),
        new(nameof(OfferRow.InstanceType), NpgsqlDbType.Text, row => row.InstanceType),
        new(nameof(OfferRow.Capacity), NpgsqlDbType.Text, row => row.Capacity.ToString()),
        new(nameof(OfferRow.PricePerHour), NpgsqlDbType.Numeric, row => row.PricePerHour),
        new(nameof(OfferRow.PriceBasis), NpgsqlDbType.Text, row => row.PriceBasis.ToString()),
        new(nameof(OfferRow.PriceSource), NpgsqlDbType.Text, row => row.PriceSource),
        new(nameof(OfferRow.PriceAsOf), NpgsqlDbType.TimestampTz, row => row.PriceAsOf),
        new(nameof(OfferRow.InterruptionBand), NpgsqlDbType.Text, row => row.InterruptionBand),
        new(nameof(OfferRow.GpuModel), NpgsqlDbType.Text, row => row.GpuModel),
        new(nameof(OfferRow.GpuVendor), NpgsqlDbType.Text, row => row.GpuVendor),
        new(nameof(OfferRow.GpuCount), NpgsqlDbType.Numeric, row => row.GpuCount),
        new(nameof(OfferRow.GpuMemoryMiB), NpgsqlDbType.Integer, row => row.GpuMemoryMiB),
        new(nameof(OfferRow.GpuMemorySource), NpgsqlDbType.Text, row => row.GpuMemorySource),
        new(nameof(OfferRow.ComputeCapability), NpgsqlDbType.Text, row => row.ComputeCapability),
        new(nameof(OfferRow.Interconnect), NpgsqlDbType.Text, row => row.Interconnect.ToString()),
        new(nameof(OfferRow.Vcpus), NpgsqlDbType.Numeric, row => row.Vcpus),
        new(nameof(OfferRow.MemoryGiB), NpgsqlDbType.Numeric, row => row.MemoryGiB),
        new(nameof(OfferRow.LocalDiskGB), NpgsqlDbType.Integer, row => row.LocalDiskGB),
        new(nameof(OfferRow.Architecture), NpgsqlDbType.Text, row => row.Architecture.ToString()),
        new(nameof(OfferRow.Withdrawn), NpgsqlDbType.Boolean, row => row.Withdrawn),
        new(nameof(OfferRow.Note), NpgsqlDbType.Text, row => row.Note),
        new(nameof(OfferRow.Gone), NpgsqlDbType.Boolean, row => row.Gone),
    ];

    public static Task WriteAsync(ComputeOptimizerDb db, long snapshot, IReadOnlyList<OfferRow> rows, CancellationToken cancellationToken) =>
        db.Database.IsSqlite() ? InsertAsync(db, snapshot, rows, cancellationToken) : CopyAsync(db, snapshot, rows, cancellationToken);

    private static async Task CopyAsync(ComputeOptimizerDb db, long snapshot, IReadOnlyList<OfferRow> rows, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var copy = await connection.BeginBinaryImportAsync($"""COPY offers ("SnapshotId", {Names}) FROM STDIN (FORMAT BINARY)""", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(snapshot, NpgsqlDbType.Bigint, cancellationToken);
            foreach (var column in Columns)
            {
                if (column.Value(row) is { } value)
                {
                    await copy.WriteAsync(value, column.Type, cancellationToken);
                }
                else
                {
                    await copy.WriteNullAsync(cancellationToken);
                }
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // One prepared statement for all rows: most of the time of an insert is the reading of its SQL.
    private static async Task InsertAsync(ComputeOptimizerDb db, long snapshot, IReadOnlyList<OfferRow> rows, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        await using var insert = connection.CreateCommand();
        insert.Transaction = (SqliteTransaction)db.Database.CurrentTransaction!.GetDbTransaction();
        insert.CommandText = $"""INSERT INTO offers ("SnapshotId", {Names}) VALUES ($snapshot, {string.Join(", ", Columns.Select(column => "$" + column.Name))})""";
        insert.Parameters.AddWithValue("$snapshot", snapshot);
        var parameters = Columns.Select(column => insert.Parameters.Add(new SqliteParameter { ParameterName = "$" + column.Name })).ToArray();
        insert.Prepare();
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < Columns.Length; i++)
            {
                parameters[i].Value = Columns[i].Value(row) switch
                {
                    null => DBNull.Value,
                    DateTimeOffset time => time.UtcTicks,
                    var value => value,
                };
            }

            insert.ExecuteNonQuery();
        }
    }

    private static string Names => string.Join(", ", Columns.Select(column => $"\"{column.Name}\""));

    private sealed record Column(string Name, NpgsqlDbType Type, Func<OfferRow, object?> Value);
}
