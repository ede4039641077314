using Microsoft.Extensions.Options;
using RestEase;
using Terradev.DatasetRegistry.Catalog;
using Terradev.DatasetRegistry.Hubs;
using Terradev.DatasetRegistry.Migrations;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class DatasetRegistryModule
{
    /// <summary>Store, cache, hubs and consumers. Settings: <see cref="HuggingFaceOptions"/>.</summary>
    public static IHostApplicationBuilder AddDatasetRegistry(this IHostApplicationBuilder builder)
    {
        builder.AddStore<DatasetRegistryDb, SqliteDatasetRegistryDb, PostgresDatasetRegistryDb>("datasetregistry");
        builder.AddCache();
        builder.AddHuggingFace();
        builder.Services.AddScoped<FindDataset>();
        builder.AddToBus(bus => bus.AddConsumer<OnResolveDataset>());
        return builder;
    }

    public static IEndpointRouteBuilder MapDatasetRegistry(this IEndpointRouteBuilder app)
    {
        app.MapDatasetsApi();
        return app;
    }

    private static void AddHuggingFace(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HuggingFaceOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Endpoint = configuration["HF_ENDPOINT"] is { Length: > 0 } endpoint ? endpoint : options.Endpoint;
                options.Token = configuration["HF_TOKEN"] is { Length: > 0 } token ? token : options.Token;
            })
            .BindConfiguration(HuggingFaceOptions.Section)
            .Validate(options => HubEndpoint.TryRead(options.Endpoint, out _),
                $"{HuggingFaceOptions.Section}:Endpoint (or HF_ENDPOINT) is not an http or https address: leave it out, or write it as {HuggingFaceOptions.PublicEndpoint}.")
            .Validate(options => options.EffectiveViewerEndpoint is not { } viewer || HubEndpoint.TryRead(viewer, out _),
                $"{HuggingFaceOptions.Section}:ViewerEndpoint is not an http or https address: leave it out, or write it as https://datasets-server.huggingface.co.")
            .ValidateOnStart();
        builder.Services.AddHubHttp(HuggingFaceHub.ApiClient, services => Options(services).ToEndpoint(), HubHttp.MetadataBytes);
        builder.Services.AddHubHttp(HuggingFaceHub.ViewerClient, services => Options(services).ToViewerEndpoint()!, HubHttp.MetadataBytes);
        builder.Services.AddSingleton<IDatasetHub>(services => new HuggingFaceHub(
            Client<IHuggingFaceApi>(services, HuggingFaceHub.ApiClient),
            Options(services).EffectiveViewerEndpoint is null ? null : Client<IDatasetViewer>(services, HuggingFaceHub.ViewerClient),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<HuggingFaceHub>>()));
    }

    private static HuggingFaceOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<HuggingFaceOptions>>().Value;

    private static TApi Client<TApi>(IServiceProvider services, string name)
        where TApi : class =>
        new RestClient(services.GetRequiredService<IHttpClientFactory>().CreateClient(name)) { ResponseDeserializer = new HubJson() }.For<TApi>();
}
