using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Terradev.ComputeOptimizer.Prices;
using Terradev.Testing;

namespace Terradev.ComputeOptimizer.Tests.Prices;

/// <summary>The live sources as the service configures them, asking a server on 127.0.0.1 instead of the clouds, with little patience.</summary>
internal sealed class SourcesUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private SourcesUnderTest(IHost host, FakeHub server)
    {
        _host = host;
        Server = server;
    }

    public FakeHub Server { get; }

    public static async Task<SourcesUnderTest> StartAsync(params (string Name, string Value)[] settings)
    {
        var server = await FakeHub.StartAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(On(server.Address));
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddComputeOptimizer();
        builder.Services.AddSingleton(new PriceSourceLimits(256 * 1024, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20)));
        return new SourcesUnderTest(builder.Build(), server);
    }

    /// <summary>Every source on, with credentials, at <paramref name="address"/>.</summary>
    public static Dictionary<string, string?> On(Uri address) => new()
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE",
        ["AWS_SECRET_ACCESS_KEY"] = "secret-of-aws",
        ["AWS_SESSION_TOKEN"] = "token-of-aws",
        ["AWS_ENDPOINT_URL"] = $"{address}aws",
        ["GOOGLE_API_KEY"] = "key-of-google",
        ["ComputeOptimizer:Sources:AwsPriceList:Enabled"] = "true",
        ["ComputeOptimizer:Sources:AwsSpot:Enabled"] = "true",
        ["ComputeOptimizer:Sources:Azure:Enabled"] = "true",
        ["ComputeOptimizer:Sources:Azure:Endpoint"] = $"{address}azure",
        ["ComputeOptimizer:Sources:Gcp:Enabled"] = "true",
        ["ComputeOptimizer:Sources:Gcp:Endpoint"] = $"{address}gcp",
    };

    public IOfferSource Source(string name) => _host.Services.GetServices<IOfferSource>().Single(source => source.Name == name);

    public Task<PriceBatch> FetchAsync(string name) => Source(name).FetchAsync(TestContext.Current.CancellationToken);

    public async Task<PriceSourceException> RefusalAsync(string name) => await Should.ThrowAsync<PriceSourceException>(() => FetchAsync(name));

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return Server.DisposeAsync();
    }
}
