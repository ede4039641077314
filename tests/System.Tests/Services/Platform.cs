using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;

namespace Terradev.SystemTests.Services;

/// <summary>The product as processes of its own: four services, the gateway, and a second replica of EnvironmentGenerator.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private readonly List<ServiceProcess> _processes;
    private readonly Func<string, string?, Task<ServiceProcess>> _startGenerator;

    private Platform(List<ServiceProcess> processes, List<ServiceProcess> generators, ServiceProcess gateway, Func<string, string?, Task<ServiceProcess>> startGenerator)
    {
        (_processes, Generators, _startGenerator) = (processes, generators, startGenerator);
        Api = new TerradevApi(gateway.Address);
    }

    /// <summary>Through the gateway.</summary>
    public TerradevApi Api { get; }

    public List<ServiceProcess> Generators { get; }

    public IEnumerable<LocalProcess> Processes => _processes.Select(process => process.Process);

    /// <summary>Both replicas of EnvironmentGenerator share a data directory, as on a developer's machine.</summary>
    public static async Task<Platform> StartAsync(Postgres postgres, RabbitMq broker, Redis redis, AwsSimulator simulator, AspireDashboard? dashboard)
    {
        var shared = new Dictionary<string, string>(simulator.Environment)
        {
            ["ConnectionStrings__rabbitmq"] = broker.Address.ToString(),
            ["ConnectionStrings__redis"] = redis.ConnectionString,
        };
        foreach (var (key, value) in dashboard?.ServiceEnvironment ?? new Dictionary<string, string>())
        {
            shared[key] = value;
        }

        async Task<Dictionary<string, string>> WithDatabaseAsync(string name) =>
            new(shared) { [$"ConnectionStrings__{name}"] = await postgres.CreateDatabaseAsync(name) };

        var generatorSettings = await WithDatabaseAsync("environmentgenerator");
        generatorSettings["Terradev__DataDirectory"] = TestRun.NewFolder("EnvironmentGenerator");
        Task<ServiceProcess> StartGenerator(string name, string? address = null) => ServiceProcess.StartAsync("EnvironmentGenerator", generatorSettings, name, address);

        var starting = new[]
        {
            ServiceProcess.StartAsync("ModelRegistry", await WithDatabaseAsync("modelregistry")),
            ServiceProcess.StartAsync("DatasetRegistry", await WithDatabaseAsync("datasetregistry")),
            ServiceProcess.StartAsync("ComputeOptimizer", await WithDatabaseAsync("computeoptimizer")),
            StartGenerator("EnvironmentGenerator-1"),
            StartGenerator("EnvironmentGenerator-2"),
        };
        var services = await Task.WhenAll(starting);
        var gateway = await ServiceProcess.StartAsync("Gateway", new Dictionary<string, string>(shared)
        {
            ["services__modelregistry__http__0"] = services[0].Address,
            ["services__datasetregistry__http__0"] = services[1].Address,
            ["services__computeoptimizer__http__0"] = services[2].Address,
            ["services__environmentgenerator__http__0"] = services[3].Address,
            ["services__environmentgenerator__http__1"] = services[4].Address,
        });
        return new Platform([.. services, gateway], [services[3], services[4]], gateway, StartGenerator);
    }

    /// <summary>The replica that holds the lease on a run.</summary>
    public ServiceProcess HolderOf(RunResponse run)
    {
        // machine/process id/random
        var id = int.Parse(run.Holder.ShouldNotBeNull().Split('/')[1]);
        return Generators.Single(replica => replica.Process.Id == id);
    }

    /// <summary>Starts a replica in the place of a dead one, at the address that the gateway knows.</summary>
    public async Task ReplaceAsync(ServiceProcess dead)
    {
        await dead.DisposeAsync();
        var replica = await _startGenerator("EnvironmentGenerator", dead.Address);
        _processes[_processes.IndexOf(dead)] = replica;
        Generators[Generators.IndexOf(dead)] = replica;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
    }
}
