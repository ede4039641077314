using Microsoft.EntityFrameworkCore;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Migrations;

/// <summary>The store on SQLite; owns the migrations in <c>Sqlite/</c>.</summary>
public sealed class SqliteModelRegistryDb(DbContextOptions<SqliteModelRegistryDb> options) : ModelRegistryDb(options);

/// <summary>The store on PostgreSQL; owns the migrations in <c>Postgres/</c>.</summary>
public sealed class PostgresModelRegistryDb(DbContextOptions<PostgresModelRegistryDb> options) : ModelRegistryDb(options);

internal sealed class SqliteFactory() : SqliteDesignTime<SqliteModelRegistryDb>(options => new(options));

internal sealed class PostgresFactory() : PostgresDesignTime<PostgresModelRegistryDb>(options => new(options));
