using Microsoft.EntityFrameworkCore;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry.Migrations;

/// <summary>The store on SQLite; owns the migrations in <c>Sqlite/</c>.</summary>
public sealed class SqliteDatasetRegistryDb(DbContextOptions<SqliteDatasetRegistryDb> options) : DatasetRegistryDb(options);

/// <summary>The store on PostgreSQL; owns the migrations in <c>Postgres/</c>.</summary>
public sealed class PostgresDatasetRegistryDb(DbContextOptions<PostgresDatasetRegistryDb> options) : DatasetRegistryDb(options);

internal sealed class SqliteFactory() : SqliteDesignTime<SqliteDatasetRegistryDb>(options => new(options));

internal sealed class PostgresFactory() : PostgresDesignTime<PostgresDatasetRegistryDb>(options => new(options));
