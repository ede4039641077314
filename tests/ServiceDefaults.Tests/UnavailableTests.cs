using System.Net.Sockets;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Terradev.ServiceDefaults.Tests;

public sealed class UnavailableTests
{
    public static TheoryData<string, Exception?, bool> Cases => new()
    {
        { "nothing", null, false },
        { "a bug", new InvalidOperationException("bug"), false },
        { "a broken text", new FormatException("bug"), false },
        { "a refused connection", new HttpRequestException("no", new SocketException((int)SocketError.ConnectionRefused)), true },
        { "PostgreSQL gone", new NpgsqlException("gone", new EndOfStreamException()), true },
        { "PostgreSQL starting", Postgres("57P03"), true },
        { "PostgreSQL stopped by its operator", Postgres("57P01"), true },
        { "a database that is not there yet", Postgres("3D000"), true },
        { "a unique violation", new DbUpdateException("twice", Postgres("23505")), false },
        { "a wrong password", Postgres("28P01"), false },
        { "SQLite locked", new SqliteException("locked", 5), true },
        { "SQLite disk full", new DbUpdateException("full", new SqliteException("full", 13)), true },
        { "a SQLite constraint", new DbUpdateException("twice", new SqliteException("constraint", 19)), false },
        { "SQLite not a database", new SqliteException("not a database", 26), false },
        { "retries used up", new InvalidOperationException("retries", new DbUpdateException("gone", new NpgsqlException("gone"))), true },
        { "nobody answered", new RequestTimeoutException("id"), true },
        { "the caller gave up", new OperationCanceledException(), false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tells_what_heals_from_what_does_not(string what, Exception? exception, bool heals) => Unavailable.Is(exception).ShouldBe(heals, what);

    private static PostgresException Postgres(string sqlState) => new("message", "ERROR", "ERROR", sqlState);
}
