using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Tests;

/// <summary>The service over HTTP on a free port, with SQLite in a folder of its own and the bus in memory.</summary>
internal sealed class EnvironmentGeneratorApp : IAsyncDisposable
{
    public const string Key = "a-key-for-tests";
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private EnvironmentGeneratorApp(WebApplication app, string folder, bool ownsFolder)
    {
        _app = app;
        _ownsFolder = ownsFolder;
        Folder = folder;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public string Folder { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public FakePrices Prices => Services.GetRequiredService<FakePrices>();

    public static async Task<EnvironmentGeneratorApp> StartAsync(Dictionary<string, string?>? settings = null, bool otherServices = true, string? folder = null)
    {
        var ownsFolder = folder is null;
        folder ??= Directory.CreateTempSubdirectory("terradev-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Terradev:DataDirectory"] = folder,
            [ApiKeys.EnvironmentVariable] = Key,
            ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(folder, "none"),
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("environmentgenerator");
        builder.AddEnvironmentGenerator();
        if (otherServices)
        {
            builder.Services.AddSingleton<FakePrices>();
            builder.AddToBus(bus => bus.AddConsumer<FakeServices>());
        }

        builder.AddBus();
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapEnvironmentGenerator();
        await app.StartAsync();
        await app.Services.GetRequiredService<StoreReady<EnvironmentGeneratorDb>>().WaitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        return new EnvironmentGeneratorApp(app, folder, ownsFolder);
    }

    public static EnvironmentRequest Bert => new() { Model = "google-bert/bert-base-uncased", Dataset = "stanfordnlp/imdb" };

    public async Task<EnvironmentResponse> RequestAsync(EnvironmentRequest request)
    {
        using var response = await Client.PostAsJsonAsync("/api/v1/environments", request, TerradevJson.Options);
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, body);
        return JsonSerializer.Deserialize<EnvironmentResponse>(body, TerradevJson.Options)!;
    }

    public async Task<EnvironmentResponse> GetAsync(string id) =>
        (await Client.GetFromJsonAsync<EnvironmentResponse>($"/api/v1/environments/{id}", TerradevJson.Options))!;

    public async Task<T> GetAsync<T>(string path) => (await Client.GetFromJsonAsync<T>(path, TerradevJson.Options))!;

    /// <summary>Waits until the condition holds and returns the environment; fails after a minute with what it saw last.</summary>
    public async Task<EnvironmentResponse> UntilAsync(string id, Func<EnvironmentResponse, bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        EnvironmentResponse? seen = null;
        while (!deadline.IsCancellationRequested)
        {
            seen = await GetAsync(id);
            if (condition(seen))
            {
                return seen;
            }

            await Task.Delay(50, CancellationToken.None);
        }

        throw new TimeoutException($"Environment {id} stays {seen?.Status}: {seen?.Reason?.Detail}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
