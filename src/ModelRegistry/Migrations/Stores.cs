using Microsoft.EntityFrameworkCore;
using Terradev.ModelRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Migrations;

/// <summary>The store on SQLite; owns the migrations in <c>Sqlite/</c>.</summary>
public sealed class SqliteModelRegistryDb(DbContextOptions<SqliteModelRegistryDb> options) : ModelRegistryDb(options);

/// <summary>The store on PostgreSQL; owns the migrations in <c>Postgres/</c>.</summary>
public sealed class PostgresModelRegistryDb(DbContextOptions<PostgresModelRegistryDb> options) : ModelRegistryDb(options)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasPostgresExtension("pg_trgm");

        // Keys are compared byte by byte, whatever the database's own collation is; the index then also gives the order.
        modelBuilder.Entity<ModelEntry>().Property(entry => entry.Key).UseCollation("C");
    }
}

internal sealed class SqliteFactory() : SqliteDesignTime<SqliteModelRegistryDb>(options => new(options));

internal sealed class PostgresFactory() : PostgresDesignTime<PostgresModelRegistryDb>(options => new(options));
