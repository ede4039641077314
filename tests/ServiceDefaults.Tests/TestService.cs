using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Terradev.ServiceDefaults.Tests;

/// <summary>A process with the service defaults on Kestrel, with an API key and a data directory of its own.</summary>
public sealed class TestService : IAsyncDisposable
{
    public const string Key = "td_test";

    private readonly DirectoryInfo _data;
    private readonly WebApplication _app;

    private TestService(DirectoryInfo data, WebApplication app)
    {
        _data = data;
        _app = app;
        Anonymous = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Client = new HttpClient { BaseAddress = Anonymous.BaseAddress, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>Sends the key.</summary>
    public HttpClient Client { get; }

    public HttpClient Anonymous { get; }

    public static async Task<TestService> StartAsync(
        Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null, Dictionary<string, string?>? settings = null)
    {
        var data = Directory.CreateTempSubdirectory("terradev-test-");
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { [ApiKeys.EnvironmentVariable] = Key, ["Terradev:DataDirectory"] = data.FullName });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults("test");
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapServiceDefaults();
        map?.Invoke(app);
        await app.StartAsync();
        return new TestService(data, app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>Returns once <paramref name="condition"/> holds; fails after 20 seconds.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            (!deadline.IsCancellationRequested).ShouldBeTrue($"waited 20 s for: {what}");
            await tick.WaitForNextTickAsync();
        }
    }
}
