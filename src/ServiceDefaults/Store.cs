using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;
using Terradev.Contracts;

namespace Terradev.ServiceDefaults;

/// <summary>Base of every service's store: the same model on PostgreSQL and on SQLite.</summary>
public abstract class StoreDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>Fills in what ships with the product; runs at every start once the schema is up to date, at several replicas at once.</summary>
    public virtual Task SeedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
        if (Database.IsSqlite())
        {
            // SQLite has no time type; ticks keep the order that queries rely on.
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        }
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}

/// <summary>Registers a service's store and brings its schema up to date at start.</summary>
public static class Store
{
    /// <summary>
    /// PostgreSQL when the connection string <paramref name="name"/> is configured, otherwise <c>{name}.db</c> in the data
    /// directory. <typeparamref name="TSqlite"/> and <typeparamref name="TPostgres"/> own the migrations of their database.
    /// </summary>
    public static void AddStore<TDb, TSqlite, TPostgres>(this IHostApplicationBuilder builder, string name)
        where TDb : StoreDb
        where TSqlite : TDb
        where TPostgres : TDb
    {
        var connectionString = builder.Configuration.GetConnectionString(name);
        if (string.IsNullOrEmpty(connectionString))
        {
            builder.Services.AddDbContext<TDb, TSqlite>((services, db) => UseSqliteFile(db, Path.Combine(
                services.GetRequiredService<IOptions<TerradevOptions>>().Value.EnsureDataDirectory(), $"{name}.db")).UseStoreDefaults(services));
        }
        else
        {
            // Nothing here leaves settings or locks behind in a connection, so that none has to be taken back before its next use.
            connectionString = new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true }.ToString();
            builder.Services.AddDbContext<TDb, TPostgres>((services, db) => db
                .UseNpgsql(connectionString, postgres => postgres.EnableRetryOnFailure(maxRetryCount: 4, maxRetryDelay: TimeSpan.FromSeconds(2), errorCodesToAdd: null))
                .UseStoreDefaults(services));
        }

        builder.Services.AddSingleton<StoreReady<TDb>>();
        builder.Services.AddHostedService<StoreMigration<TDb>>();
        builder.Services.AddHealthChecks().AddCheck<StoreHealth<TDb>>($"store-{name}");
    }

    /// <summary>Has requests of the first moments wait for the schema; after five seconds they are refused with <c>service-unavailable</c>.</summary>
    public static RouteGroupBuilder WaitForStore<TDb>(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            await context.HttpContext.RequestServices.GetRequiredService<StoreReady<TDb>>().WaitForRequestAsync(context.HttpContext.RequestAborted);
            return await next(context);
        });
        return group;
    }

    /// <summary>SQLite as every store here uses it: one writer, readers beside it, and writers that wait for their turn.</summary>
    public static DbContextOptionsBuilder UseSqliteFile(DbContextOptionsBuilder builder, string path) =>
        builder.UseSqlite(new SqliteConnectionStringBuilder { DataSource = path, Cache = SqliteCacheMode.Private, DefaultTimeout = 30, Pooling = true }.ToString());

    /// <summary>Keeps a value as JSON text in the dialect of the API.</summary>
    public static PropertyBuilder<T> HasJsonConversion<T>(this PropertyBuilder<T> property) =>
        property.HasConversion(
            value => JsonSerializer.Serialize(value, TerradevJson.Options),
            text => JsonSerializer.Deserialize<T>(text, TerradevJson.Options)!,
            new Microsoft.EntityFrameworkCore.ChangeTracking.ValueComparer<T>(
                (a, b) => JsonSerializer.Serialize(a, TerradevJson.Options) == JsonSerializer.Serialize(b, TerradevJson.Options),
                value => value == null ? 0 : JsonSerializer.Serialize(value, TerradevJson.Options).GetHashCode(StringComparison.Ordinal),
                value => value));

    private static void UseStoreDefaults(this DbContextOptionsBuilder builder, IServiceProvider services) => builder
        .AddInterceptors(services.GetServices<IInterceptor>())
        .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.MultipleCollectionIncludeWarning));
}

/// <summary>Completes when the schema is up to date; workers wait for it before their first query.</summary>
public sealed class StoreReady<TDb>
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>For requests, whose callers wait as well: after five seconds a <see cref="TimeoutException"/>, which is answered with 503.</summary>
    public Task WaitForRequestAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(TimeSpan.FromSeconds(5), cancellationToken);

    internal void Set() => _ready.TrySetResult();
}

internal sealed partial class StoreMigration<TDb>(IServiceScopeFactory scopes, StoreReady<TDb> ready, ILogger<StoreMigration<TDb>> logger, TimeProvider time)
    : BackgroundService
    where TDb : StoreDb
{
    private static readonly TimeSpan LongestMigration = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var delay = TimeSpan.FromMilliseconds(250);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MigrateAsync(stoppingToken);
                ready.Set();
                return;
            }
            catch (Exception exception) when (Unavailable.Is(exception))
            {
                LogWaiting(exception, typeof(TDb).Name, delay);
                await Task.Delay(delay, time, stoppingToken);
                delay = delay * 2 < TimeSpan.FromSeconds(5) ? delay * 2 : TimeSpan.FromSeconds(5);
            }
        }
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (db.Database.IsSqlite())
        {
            await MigrateSqliteAsync(db.Database, cancellationToken);
        }
        else
        {
            await MigratePostgresAsync(db.Database, cancellationToken);
        }

        await db.SeedAsync(cancellationToken);
    }

    // Several replicas may start at once. EF Core's lock ends with the transaction of each migration, and whoever waited for it goes on with
    // a list that was true before; so the whole is done in turn. The lock ends with its connection, also with that of a killed process.
    private static async Task MigratePostgresAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        var creator = database.GetService<IRelationalDatabaseCreator>();
        if (!await creator.ExistsAsync(cancellationToken))
        {
            try
            {
                await creator.CreateAsync(cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                // Another replica was faster.
            }
        }

        await using var turn = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.GetConnectionString()) { Pooling = false }.ToString());
        await turn.OpenAsync(cancellationToken);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(hashtext('terradev migrations'))", turn) { CommandTimeout = (int)LongestMigration.TotalSeconds };
        await take.ExecuteNonQueryAsync(cancellationToken);
        await database.MigrateAsync(cancellationToken);
    }

    // EF Core's lock in SQLite is a row. It outlives a process that is killed while it migrates, and every later one would
    // wait for ever. The lock on a file ends with its process, so whoever has that one may clear the row.
    private async Task MigrateSqliteAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        await database.OpenConnectionAsync(cancellationToken);
        await database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        if (!(await database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            return;
        }

        await using var turn = await TakeTurnAsync(database.GetDbConnection().DataSource + ".migrating", cancellationToken);
        await database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await database.MigrateAsync(cancellationToken);
    }

    private async Task<FileStream> TakeTurnAsync(string path, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(since) < LongestMigration)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Warning, Message = "{Store} cannot be reached; next try in {Delay}")]
    private partial void LogWaiting(Exception exception, string store, TimeSpan delay);
}

internal sealed class StoreHealth<TDb>(TDb db, StoreReady<TDb> ready) : IHealthCheck
    where TDb : StoreDb
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!ready.IsReady)
        {
            return HealthCheckResult.Unhealthy("The schema is not up to date yet.");
        }

        return await db.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The store does not answer.");
    }
}

/// <summary>Lets <c>dotnet ef</c> make the SQLite migrations of a store without running its service.</summary>
public abstract class SqliteDesignTime<TDb>(Func<DbContextOptions<TDb>, TDb> create) : IDesignTimeDbContextFactory<TDb>
    where TDb : StoreDb
{
    /// <inheritdoc/>
    public TDb CreateDbContext(string[] args) => create(new DbContextOptionsBuilder<TDb>().UseSqlite("Data Source=design-time.db").Options);
}

/// <summary>Lets <c>dotnet ef</c> make the PostgreSQL migrations of a store without running its service.</summary>
public abstract class PostgresDesignTime<TDb>(Func<DbContextOptions<TDb>, TDb> create) : IDesignTimeDbContextFactory<TDb>
    where TDb : StoreDb
{
    /// <inheritdoc/>
    public TDb CreateDbContext(string[] args) => create(new DbContextOptionsBuilder<TDb>().UseNpgsql("Host=design-time").Options);
}
