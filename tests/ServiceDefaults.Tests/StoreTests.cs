using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Terradev.ServiceDefaults.Tests;

public sealed class StoreTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("terradev-store-");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_process_that_was_killed_while_it_migrated_does_not_stop_the_next_one()
    {
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(_data.FullName, "test.db")}"))
        {
            await connection.OpenAsync();
            await using var lockRow = connection.CreateCommand();
            lockRow.CommandText = """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await lockRow.ExecuteNonQueryAsync();
        }

        await using var service = await StartAsync();

        await ReadyAsync(service);
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_one_file_all_become_ready()
    {
        var services = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync()));
        foreach (var service in services)
        {
            await ReadyAsync(service);
            await service.DisposeAsync();
        }
    }

    private static async Task ReadyAsync(TestService service)
    {
        await TestService.Until(() => Task.FromResult(service.Services.GetRequiredService<StoreReady<TestDb>>().IsReady), "the schema");
        await using var scope = service.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<TestDb>().Outbox.CountAsync()).ShouldBe(0);
    }

    private Task<TestService> StartAsync() => TestService.StartAsync(
        builder => builder.AddStore<TestDb, SqliteTestDb, PostgresTestDb>("test"), settings: new() { ["Terradev:DataDirectory"] = _data.FullName });
}
