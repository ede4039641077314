using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Terradev.ComputeOptimizer;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ServiceDefaults;

namespace Terradev.Bench;

/// <summary>The Compute Optimizer as a process of its own, with generated offers in its book.</summary>
internal sealed class OptimizerService : LocalServer
{
    private const string Verb = "serve";

    private OptimizerService(int port, ProcessStartInfo start)
        : base(port, start)
    {
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "bench");
    }

    public HttpClient Http { get; }

    protected override string HealthPath => "/health";

    /// <summary>Starts this program a second time, as the service.</summary>
    public static OptimizerService Start(string folder, int offers, int seed)
    {
        var port = FreePort();
        return new OptimizerService(port, new ProcessStartInfo(
            "dotnet",
            [typeof(OptimizerService).Assembly.Location, Verb, offers.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = folder,
            Environment =
            {
                ["ASPNETCORE_URLS"] = AddressOf(port).ToString(),
                ["TERRADEV_API_KEY"] = "bench",
                ["Terradev__DataDirectory"] = Path.Combine(folder, "data"),
                ["Logging__LogLevel__Default"] = "Warning",
            },
        });
    }

    /// <summary>Runs the service when the program was started for that; false otherwise.</summary>
    public static async Task<bool> ServeAsync(string[] args)
    {
        if (args is not [Verb, var offers, var seed])
        {
            return false;
        }

        var builder = WebApplication.CreateBuilder();
        builder.AddServiceDefaults("computeoptimizer");
        builder.AddComputeOptimizer();
        builder.AddBus();

        // Whoever fills the book from the store would put its own prices in the place of the generated ones.
        foreach (var own in builder.Services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(OfferBook).Assembly).ToList())
        {
            builder.Services.Remove(own);
        }

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapComputeOptimizer();
        app.Services.GetRequiredService<OfferBook>().Open(GeneratedOffers.Snapshot(int.Parse(offers, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)));
        await app.RunAsync();
        return true;
    }

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
