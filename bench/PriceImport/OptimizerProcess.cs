using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Bench;

/// <summary>The Compute Optimizer as a process of its own, used through its public API.</summary>
internal sealed class OptimizerProcess : LocalServer
{
    private readonly HttpClient _http;

    private OptimizerProcess(int port, ProcessStartInfo start)
        : base(port, start)
    {
        _http = new HttpClient { BaseAddress = Address };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", "bench");
    }

    protected override string HealthPath => "/health";

    /// <param name="postgres">Null for SQLite.</param>
    public static OptimizerProcess Start(string folder, Postgres? postgres)
    {
        var port = FreePort();
        var programs = Path.Combine(Repository, "artifacts", "bin", "ComputeOptimizer", "release");
        return new OptimizerProcess(port, new ProcessStartInfo("dotnet", [Path.Combine(programs, "Terradev.ComputeOptimizer.dll")])
        {
            WorkingDirectory = programs,
            Environment =
            {
                ["ASPNETCORE_URLS"] = AddressOf(port).ToString(),
                ["TERRADEV_API_KEY"] = "bench",
                ["Terradev__DataDirectory"] = Path.Combine(folder, "data"),
                ["ConnectionStrings__computeoptimizer"] = postgres?.ConnectionString ?? "",
                ["Logging__LogLevel__Default"] = "Warning",
            },
        });
    }

    /// <summary>Imports a list and waits until its cheapest offer is the cheapest of all; the seconds of both together.</summary>
    public async Task<(PriceImportReport Report, double Seconds)> ImportAsync(byte[] list, decimal marker, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(list) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        var clock = Stopwatch.StartNew();
        using var answer = await _http.PostAsync("/api/v1/offers/import?source=bench", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var report = await answer.Content.ReadFromJsonAsync<PriceImportReport>(TerradevJson.Options, cancellationToken);
        while ((await _http.GetFromJsonAsync<Page<Offer>>("/api/v1/offers?limit=1", TerradevJson.Options, cancellationToken))!.Items[0].PricePerHour != marker)
        {
            await Task.Delay(10, cancellationToken);
        }

        return (report!, clock.Elapsed.TotalSeconds);
    }

    /// <summary>MiB of main memory that the process holds at the moment: all of it, and without the pages of program files, which processes share.</summary>
    public (double All, double Own) MemoryMiB()
    {
        // VmRSS:     123456 kB
        var lines = File.ReadLines($"/proc/{ProcessId}/status").ToList();
        double Of(string name) => double.Parse(
            lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        return (Of("VmRSS:"), Of("VmRSS:") - Of("RssFile:"));
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }
}
