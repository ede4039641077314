using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests;

/// <summary>The service as its own Program starts it, on a store of its own and with a hub of the test's making.</summary>
public sealed class RegistryApp : WebApplicationFactory<ModelRegistryDb>
{
    public const string Token = "hf_secret";

    private readonly string _directory;
    private readonly bool _keeps;
    private readonly Uri _hub;
    private readonly string? _postgres;
    private readonly IReadOnlyDictionary<string, string> _settings;

    /// <param name="hub">Null for a hub that cannot be reached.</param>
    /// <param name="store"><c>sqlite</c>, or <c>postgres</c> for a new database on the server that <c>./test.sh</c> starts.</param>
    /// <param name="directory">A data directory that outlives the service; null for one of its own.</param>
    /// <param name="settings">Settings beside those of the Hugging Face hub; no other hub can be reached without one.</param>
    public RegistryApp(FakeHub? hub = null, string store = "sqlite", string? directory = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        _directory = directory ?? Directory.CreateTempSubdirectory("terradev-models-").FullName;
        _settings = settings ?? new Dictionary<string, string>();
        _keeps = directory is not null;
        _hub = hub?.Address ?? new Uri("http://hub.invalid/");
        // Each test has a database and so a pool of its own; idle connections would use up the server.
        _postgres = store == "postgres" ? $"{Requires.Setting("TERRADEV_TEST_POSTGRES")};Database=models_{Guid.NewGuid():N};Connection Idle Lifetime=2;Connection Pruning Interval=1" : null;
    }

    public HttpClient Client
    {
        get
        {
            var client = CreateClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "key");
            return client;
        }
    }

    internal IModelHub Hub(string source = "huggingface") => Services.GetServices<IModelHub>().Single(hub => hub.Source == source);

    public async Task<AsyncServiceScope> ScopeAsync()
    {
        await Services.GetRequiredService<StoreReady<ModelRegistryDb>>().WaitAsync(TestContext.Current.CancellationToken);
        return Services.CreateAsyncScope();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Terradev:DataDirectory", _directory);
        builder.UseSetting(ApiKeys.EnvironmentVariable, "key");
        builder.UseSetting("ConnectionStrings:modelregistry", _postgres);
        builder.UseSetting("HF_ENDPOINT", _hub.ToString());
        builder.UseSetting("HF_TOKEN", Token);
        foreach (var setting in new[] { "TensorFlowHub:Endpoint", "PyTorchHub:Endpoint", "PyTorchHub:RawEndpoint" })
        {
            builder.UseSetting($"ModelRegistry:{setting}", "http://hub.invalid/");
        }

        foreach (var (setting, value) in _settings)
        {
            builder.UseSetting(setting, value);
        }

        builder.UseSetting("Logging:LogLevel:Default", "Warning");
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && !_keeps && Directory.Exists(_directory))
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
