using System.Runtime.Versioning;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;

// Process groups, signals, Debian's servers.
[assembly: SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(SystemServers))]
// Most of the time every test waits for Terraform's provider; each collection has processes of its own.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Terradev.SystemTests.Servers;

/// <summary>The servers that tests share, each started when the first test asks for it, and stopped at the end of the run.</summary>
public sealed class SystemServers : IAsyncDisposable
{
    private readonly Shared<Postgres> _postgres = new(Servers.Postgres.StartAsync);
    private readonly Shared<RabbitMq> _broker = new(RabbitMq.StartAsync);
    private readonly Shared<Redis> _redis = new(Servers.Redis.StartAsync);
    private readonly Shared<AwsSimulator> _simulator = new(AwsSimulator.StartAsync);
    private readonly Shared<AspireDashboard> _dashboard = new(AspireDashboard.StartAsync);
    private readonly Shared<Standalone> _standalone;
    private readonly Shared<Platform> _platform;

    public SystemServers()
    {
        _standalone = new(async () => await Services.Standalone.StartAsync(await Simulator));
        _platform = new(async () =>
        {
            var (postgres, broker, redis, simulator, dashboard) = (Postgres, Broker, Redis, Simulator, Dashboard);
            return await Services.Platform.StartAsync(await postgres, await broker, await redis, await simulator, await dashboard);
        });
    }

    internal Task<Postgres> Postgres => _postgres.Value;

    internal Task<RabbitMq> Broker => _broker.Value;

    internal Task<Redis> Redis => _redis.Value;

    internal Task<AwsSimulator> Simulator => _simulator.Value;

    internal Task<AspireDashboard> Dashboard => _dashboard.Value;

    internal Task<Standalone> Standalone => _standalone.Value;

    /// <summary>All processes, for tests that do them no harm.</summary>
    internal Task<Platform> Platform => _platform.Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var shared in new IAsyncDisposable[] { _platform, _standalone, _dashboard, _simulator, _redis, _broker, _postgres })
        {
            await shared.DisposeAsync();
        }

        Directory.Delete(TestRun.Folder, recursive: true);
    }

    private sealed class Shared<T>(Func<Task<T>> start) : IAsyncDisposable
        where T : IAsyncDisposable
    {
        private readonly Lazy<Task<T>> _value = new(start);

        public Task<T> Value => _value.Value;

        public async ValueTask DisposeAsync()
        {
            if (_value is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            {
                await (await _value.Value).DisposeAsync();
            }
        }
    }
}
