using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;

namespace Terradev.SystemTests.Services;

/// <summary>The product in one process, as <c>dotnet run --project src/Standalone</c> starts it.</summary>
internal sealed class Standalone : IAsyncDisposable
{
    private readonly ServiceProcess _process;

    private Standalone(ServiceProcess process)
    {
        _process = process;
        Api = new TerradevApi(process.Address);
    }

    public TerradevApi Api { get; }

    public string Address => _process.Address;

    public LocalProcess Process => _process.Process;

    /// <summary>With a simulator it may create things there; without one there are no credentials and every environment is a rehearsal.</summary>
    public static async Task<Standalone> StartAsync(AwsSimulator? simulator, params (string Key, string Value)[] settings)
    {
        var environment = simulator is null ? new Dictionary<string, string>() : new Dictionary<string, string>(simulator.Environment);
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        return new Standalone(await ServiceProcess.StartAsync("Standalone", environment));
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _process.DisposeAsync();
    }
}
