using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using Terradev.Bench;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.ReadyOverhead;

/// <summary>The product in one process, used through its public API.</summary>
internal sealed class Standalone : LocalServer
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient _http;

    private Standalone(int port, ProcessStartInfo start)
        : base(port, start)
    {
        _http = new HttpClient { BaseAddress = Address };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", "bench");
    }

    protected override string HealthPath => "/health";

    public static Standalone Start(string folder, Simulator simulator)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Repository, "artifacts", "bin", "Standalone", "release", "Terradev.Standalone.dll")])
        {
            WorkingDirectory = Path.Combine(Repository, "artifacts", "bin", "Standalone", "release"),
            Environment =
            {
                ["ASPNETCORE_URLS"] = AddressOf(port).ToString(),
                ["TERRADEV_API_KEY"] = "bench",
                ["Terradev__DataDirectory"] = Path.Combine(folder, "data"),
                // The snapshot answers at once: the hub's speed is not what is measured.
                ["HF_ENDPOINT"] = "http://127.0.0.1:1",
            },
        };
        simulator.Configure(start);
        return new Standalone(port, start);
    }

    /// <summary>Seconds from the request to Ready; what was made is destroyed afterwards.</summary>
    public async Task<double> TimeToReadyAsync(string name, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var environment = await CreateAsync(name, autoApprove: true, cancellationToken);
        await ReachesAsync(environment.Id, EnvironmentStatus.Ready, cancellationToken);
        var seconds = clock.Elapsed.TotalSeconds;
        await DeleteAsync(environment.Id, cancellationToken);
        return seconds;
    }

    /// <summary>Has the bundle of an environment made, keeps a copy in <paramref name="folder"/> and gives the environment up.</summary>
    public async Task<string> BundleAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var environment = await CreateAsync(name, autoApprove: false, cancellationToken);
        await ReachesAsync(environment.Id, EnvironmentStatus.AwaitingApproval, cancellationToken);
        await using (var zip = await _http.GetStreamAsync($"/api/v1/environments/{environment.Id}/bundle", cancellationToken))
        {
            await ZipFile.ExtractToDirectoryAsync(zip, folder, cancellationToken);
        }

        await DeleteAsync(environment.Id, cancellationToken);
        return folder;
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    private async Task<EnvironmentResponse> CreateAsync(string name, bool autoApprove, CancellationToken cancellationToken)
    {
        var request = new EnvironmentRequest
        {
            Name = name,
            Model = "huggingface:google-bert/bert-base-uncased",
            Dataset = "huggingface:stanfordnlp/imdb",
            Budget = new Budget { MaxHourly = 1.00m },
            AutoApprove = autoApprove,
        };
        using var answer = await _http.PostAsJsonAsync("/api/v1/environments", request, TerradevJson.Options, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<EnvironmentResponse>(TerradevJson.Options, cancellationToken))!;
    }

    private async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await _http.DeleteAsync($"/api/v1/environments/{id}", cancellationToken);
        answer.EnsureSuccessStatusCode();
        await ReachesAsync(id, EnvironmentStatus.Destroyed, cancellationToken);
    }

    private async Task ReachesAsync(string id, EnvironmentStatus status, CancellationToken cancellationToken)
    {
        while (true)
        {
            var environment = (await _http.GetFromJsonAsync<EnvironmentResponse>($"/api/v1/environments/{id}", TerradevJson.Options, cancellationToken))!;
            if (environment.Status == status)
            {
                return;
            }

            if (environment.Status == EnvironmentStatus.Failed)
            {
                throw new InvalidOperationException($"{environment.Name} failed: {environment.Reason?.Detail}");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
