using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests;

/// <summary>The service as its own Program starts it, on SQLite in a directory of its own and with a hub of the test's making.</summary>
public sealed class RegistryApp : WebApplicationFactory<ModelRegistryDb>
{
    public const string Token = "hf_secret";

    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-models-").FullName;
    private readonly Uri _hub;

    /// <param name="hub">Null for a hub that cannot be reached.</param>
    public RegistryApp(FakeHub? hub = null) => _hub = hub?.Address ?? new Uri("http://hub.invalid/");

    public HttpClient Client
    {
        get
        {
            var client = CreateClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "key");
            return client;
        }
    }

    public async Task<AsyncServiceScope> ScopeAsync()
    {
        await Services.GetRequiredService<StoreReady<ModelRegistryDb>>().WaitAsync(TestContext.Current.CancellationToken);
        return Services.CreateAsyncScope();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Terradev:DataDirectory", _directory);
        builder.UseSetting(ApiKeys.EnvironmentVariable, "key");
        builder.UseSetting("HF_ENDPOINT", _hub.ToString());
        builder.UseSetting("HF_TOKEN", Token);
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_directory))
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
