using Microsoft.EntityFrameworkCore;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Migrations;

/// <summary>The store on SQLite; owns the migrations in <c>Sqlite/</c>.</summary>
public sealed class SqliteEnvironmentGeneratorDb(DbContextOptions<SqliteEnvironmentGeneratorDb> options) : EnvironmentGeneratorDb(options);

/// <summary>The store on PostgreSQL; owns the migrations in <c>Postgres/</c>.</summary>
public sealed class PostgresEnvironmentGeneratorDb(DbContextOptions<PostgresEnvironmentGeneratorDb> options) : EnvironmentGeneratorDb(options);

internal sealed class SqliteFactory() : SqliteDesignTime<SqliteEnvironmentGeneratorDb>(options => new(options));

internal sealed class PostgresFactory() : PostgresDesignTime<PostgresEnvironmentGeneratorDb>(options => new(options));
