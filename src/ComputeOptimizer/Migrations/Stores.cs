using Microsoft.EntityFrameworkCore;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Migrations;

/// <summary>The store on SQLite; owns the migrations in <c>Sqlite/</c>.</summary>
public sealed class SqliteComputeOptimizerDb(DbContextOptions<SqliteComputeOptimizerDb> options) : ComputeOptimizerDb(options);

/// <summary>The store on PostgreSQL; owns the migrations in <c>Postgres/</c>.</summary>
public sealed class PostgresComputeOptimizerDb(DbContextOptions<PostgresComputeOptimizerDb> options) : ComputeOptimizerDb(options);

internal sealed class SqliteFactory() : SqliteDesignTime<SqliteComputeOptimizerDb>(options => new(options));

internal sealed class PostgresFactory() : PostgresDesignTime<PostgresComputeOptimizerDb>(options => new(options));
