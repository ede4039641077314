using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using Terradev.ServiceDefaults;

namespace Terradev.Gateway.Tests;

/// <summary>The gateway on Kestrel with the addresses it is given.</summary>
public sealed class GatewayApp : WebApplicationFactory<Program>
{
    public const string Key = "td_gateway";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("terradev-test-");
    private readonly Dictionary<string, string> _settings = [];

    public GatewayApp(params (string Service, Uri Address)[] services)
    {
        foreach (var (service, addresses) in services.GroupBy(service => service.Service, service => service.Address).Select(group => (group.Key, group.ToArray())))
        {
            for (var n = 0; n < addresses.Length; n++)
            {
                _settings[$"services:{service}:http:{n}"] = addresses[n].ToString();
            }
        }

        UseKestrel(0);
    }

    /// <summary>All four services at one address, so that a test names only those it cares for.</summary>
    public static GatewayApp Over(Uri everything, params (string Service, Uri Address)[] services) => new(
    [
        .. services,
        .. new[] { "modelregistry", "datasetregistry", "computeoptimizer", "environmentgenerator" }
            .Except(services.Select(service => service.Service)).Select(service => (service, everything)),
    ]);

    public HttpClient Start(string? key = Key)
    {
        StartServer();
        var client = CreateClient();
        client.Timeout = TimeSpan.FromSeconds(30);
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Returns once <c>/health</c> answers with <paramref name="healthy"/>; fails after 20 seconds.</summary>
    public static async Task UntilHealthIs(bool healthy, HttpClient client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await client.GetAsync("/health", deadline.Token)).IsSuccessStatusCode != healthy)
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.UseSetting(ApiKeys.EnvironmentVariable, Key);
        builder.UseSetting("Terradev:DataDirectory", _data.FullName);
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _data.Delete(recursive: true);
    }
}

/// <summary>A server on a free port of this machine, in place of a service.</summary>
public sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Upstream(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Answers <c>/health</c>, and everything else with <paramref name="answer"/>.</summary>
    public static async Task<Upstream> StartAsync(RequestDelegate answer, int port = 0)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapGet("/health", () => TypedResults.Ok());
        app.MapFallback("{**path}", answer);
        await app.StartAsync();
        return new Upstream(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
