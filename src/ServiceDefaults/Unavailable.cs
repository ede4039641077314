using System.Data.Common;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Terradev.ServiceDefaults;

/// <summary>Tells broken infrastructure, which heals, from bugs, which do not.</summary>
public static class Unavailable
{
    /// <summary>True for lost connections and time-outs of the store and the broker.</summary>
    public static bool Is(Exception? exception) => exception switch
    {
        null => false,
        RequestTimeoutException or ConnectionException => true,
        Npgsql.PostgresException postgres => postgres.IsTransient || postgres.SqlState is "57P01" or "57P02" or "57P03" or "3D000",
        Npgsql.NpgsqlException => true,
        Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 5 or 6 or 10 or 13 } => true,
        DbException or DbUpdateException or InvalidOperationException => Is(exception.InnerException),
        TimeoutException => true,
        System.Net.Sockets.SocketException => true,
        RabbitMQ.Client.Exceptions.RabbitMQClientException => true,
        _ => Is(exception.InnerException),
    };
}
