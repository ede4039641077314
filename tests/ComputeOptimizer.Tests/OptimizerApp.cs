using System.Net.Http.Headers;
using System.Net.Http.Json;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Tests;

/// <summary>The service as it runs, on a free port and a data directory of its own, with stand-ins for the two registries on its bus.</summary>
public sealed class OptimizerApp : IAsyncLifetime
{
    private const string Key = "test-key";
    private readonly bool _ownsDirectory;
    private readonly string _directory;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private WebApplication? _app;

    public OptimizerApp()
        : this(Directory.CreateTempSubdirectory("terradev-optimizer-").FullName, ownsDirectory: true)
    {
    }

    internal OptimizerApp(string directory, bool ownsDirectory, IReadOnlyDictionary<string, string?>? settings = null)
    {
        _settings = settings ?? new Dictionary<string, string?>();
        _directory = directory;
        _ownsDirectory = ownsDirectory;
    }

    public IServiceProvider Services => _app!.Services;

    public HttpClient Client { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Terradev:DataDirectory"] = _directory,
            [ApiKeys.EnvironmentVariable] = Key,
        });
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults("computeoptimizer");
        builder.AddComputeOptimizer();
        builder.AddToBus(bus =>
        {
            bus.AddConsumer<OnResolveModel>();
            bus.AddConsumer<OnResolveDataset>();
        });
        builder.AddBus();
        _app = builder.Build();
        _app.MapServiceDefaults();
        _app.MapComputeOptimizer();
        await _app.StartAsync();
        Client.BaseAddress = new Uri(_app.Urls.Single());
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public async Task<(int Status, T Body)> GetAsync<T>(string address)
    {
        using var response = await Client.GetAsync(new Uri(address, UriKind.Relative));
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<T>(TerradevJson.Options))!);
    }

    public async Task<(int Status, T Body)> PostAsync<T>(string address, string json)
    {
        using var content = new StringContent(json, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await Client.PostAsync(new Uri(address, UriKind.Relative), content);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<T>(TerradevJson.Options))!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_ownsDirectory)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(_directory, recursive: true);
        }
    }

    private sealed class OnResolveModel : IConsumer<ResolveModel>
    {
        public Task Consume(ConsumeContext<ResolveModel> context) => context.RespondAsync(Registries.Model(context.Message));
    }

    private sealed class OnResolveDataset : IConsumer<ResolveDataset>
    {
        public Task Consume(ConsumeContext<ResolveDataset> context) => context.RespondAsync(Registries.Dataset(context.Message));
    }
}

/// <summary>Knows BERT base and IMDB, as the registries answer for them, and nothing else.</summary>
internal static class Registries
{
    private static readonly Provenance Snapshot = new("snapshot", new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero));

    public static ModelResolved Model(ResolveModel question) => question.Model.EndsWith("google-bert/bert-base-uncased", StringComparison.Ordinal)
        ? new ModelResolved(
            new ModelSummary("huggingface", "google-bert/bert-base-uncased", "fill-mask", "transformers", "apache-2.0", false, 109_482_240, null, null, null, [], Snapshot),
            Workloads.Bert with { Assumptions = ["fp16 where the caller names no precision"] },
            null)
        : new ModelResolved(null, null, new Refusal(RefusalCodes.ModelNotFound, $"The hub has no model '{question.Model}'.", "Check the id on the hub."));

    public static DatasetResolved Dataset(ResolveDataset question) => question.Dataset.EndsWith("stanfordnlp/imdb", StringComparison.Ordinal)
        ? new DatasetResolved(
            new DatasetSummary("huggingface", "stanfordnlp/imdb", "text-classification", "text", null, false, 100_000, 83_446_840, 133_190_346, [], null, null, [], Snapshot),
            null)
        : new DatasetResolved(null, new Refusal(RefusalCodes.DatasetGated, $"The dataset '{question.Dataset}' is gated.", "Ask its owner for access."));
}

/// <summary>Problem details as a caller reads them.</summary>
public sealed record Problem(string Code, int Status, string Detail, string NextStep, Dictionary<string, string[]>? Errors);
