using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Bench;

/// <summary>The Model Registry as a process of its own, used through its public API.</summary>
internal sealed class Registry : LocalServer
{
    private Registry(int port, ProcessStartInfo start)
        : base(port, start)
    {
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "bench");
    }

    public HttpClient Http { get; }

    protected override string HealthPath => "/health";

    public static Registry Start(string folder, Postgres postgres, CatalogueHub hub)
    {
        var port = FreePort();
        var programs = Path.Combine(Repository, "artifacts", "bin", "ModelRegistry", "release");
        return new Registry(port, new ProcessStartInfo("dotnet", [Path.Combine(programs, "Terradev.ModelRegistry.dll")])
        {
            WorkingDirectory = programs,
            Environment =
            {
                ["ASPNETCORE_URLS"] = AddressOf(port).ToString(),
                ["TERRADEV_API_KEY"] = "bench",
                ["Terradev__DataDirectory"] = Path.Combine(folder, "data"),
                ["ConnectionStrings__modelregistry"] = postgres.ConnectionString,
                ["HF_ENDPOINT"] = hub.Address.ToString(),
                ["Logging__LogLevel__Default"] = "Warning",
            },
        });
    }

    public async Task<SyncState> SyncStateAsync(CancellationToken cancellationToken) =>
        (await Http.GetFromJsonAsync<Page<SyncState>>("/api/v1/models/sync", TerradevJson.Options, cancellationToken))!.Items.Single(state => state.Source == "huggingface");

    /// <summary>MiB of main memory that the process holds at the moment.</summary>
    // VmRSS:     123456 kB
    public double MemoryMiB() => double.Parse(
        File.ReadLines($"/proc/{ProcessId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    public override void Dispose()
    {
        Http.Dispose();
        base.Dispose();
    }
}
