using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.BadDays;

/// <summary>All processes on servers of their own, for tests that stop and kill them.</summary>
public sealed class FragilePlatform(SystemServers servers) : IAsyncLifetime
{
    internal Postgres Postgres { get; private set; } = null!;

    internal RabbitMq Broker { get; private set; } = null!;

    internal AwsSimulator Simulator { get; private set; } = null!;

    internal Platform Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var (postgres, broker, simulator) = (Servers.Postgres.StartAsync(), RabbitMq.StartAsync(), AwsSimulator.StartAsync());
        (Postgres, Broker, Simulator) = (await postgres, await broker, await simulator);
        Platform = await Services.Platform.StartAsync(Postgres, Broker, await servers.Redis, Simulator, dashboard: null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { Platform, Simulator, Broker, Postgres })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }
}
