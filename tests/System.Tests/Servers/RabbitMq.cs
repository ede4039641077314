using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Servers;

/// <summary>A RabbitMQ broker of this run: own node name, ports and folders, and an own port mapper, all on the loopback address.</summary>
internal sealed class RabbitMq : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private readonly int _port = TestRun.FreePort();
    private readonly string _folder = TestRun.NewFolder("rabbitmq");
    private readonly LocalProcess _portMapper;
    private readonly Dictionary<string, string> _environment;
    private LocalProcess? _server;

    private RabbitMq()
    {
        var mapperPort = $"{TestRun.FreePort()}";
        _portMapper = LocalProcess.Start("epmd", Requires.Tool("epmd"), ["-address", "127.0.0.1", "-port", mapperPort]);
        File.WriteAllText(Path.Combine(_folder, "enabled_plugins"), "[].");
        File.WriteAllText(Path.Combine(_folder, "rabbitmq.conf"), "disk_free_limit.absolute = 50MB\n");
        _environment = new()
        {
            ["HOME"] = _folder,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = mapperPort,
            ["RABBITMQ_NODENAME"] = $"terradev-{_port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{_port}",
            ["RABBITMQ_DIST_PORT"] = $"{TestRun.FreePort()}",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "pid"),
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),
        };
    }

    public Uri Address => new($"amqp://guest:guest@127.0.0.1:{_port}/");

    public static async Task<RabbitMq> StartAsync()
    {
        var broker = new RabbitMq();
        await broker.StartServerAsync();
        return broker;
    }

    /// <summary>Starts the broker on what it had stored.</summary>
    public async Task StartServerAsync()
    {
        // Not the wrapper in PATH: that one insists on /var/lib/rabbitmq.
        _server = LocalProcess.Start("rabbitmq", Requires.Tool("rabbitmq-server", "/usr/lib/rabbitmq/bin"), [], _environment);
        await _server.ReadyAsync(() => Task.FromResult(_server.LogContains("Server startup complete")), Deadline);
    }

    public Task StopServerAsync() => _server!.StopAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _portMapper.DisposeAsync();
    }
}
