using Microsoft.Extensions.Options;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Artifacts;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Migrations;
using Terradev.ModelRegistry.Registrations;
using Terradev.ModelRegistry.Requirements;
using Terradev.ModelRegistry.Sync;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class ModelRegistryModule
{
    /// <summary>Store, cache, hubs and consumers. Settings: <see cref="HuggingFaceOptions"/>, <see cref="TensorFlowHubOptions"/>, <see cref="PyTorchHubOptions"/>.</summary>
    public static IHostApplicationBuilder AddModelRegistry(this IHostApplicationBuilder builder)
    {
        builder.AddStore<ModelRegistryDb, SqliteModelRegistryDb, PostgresModelRegistryDb>("modelregistry");
        builder.AddCache();
        builder.AddReferenceModels();
        builder.AddPyTorchHub();
        builder.AddTensorFlowHub();
        builder.AddHuggingFace();
        builder.AddOutbox<ModelRegistryDb>([typeof(ModelCatalogUpdated)]);
        builder.Services.AddScoped<CatalogWriter>();
        builder.Services.AddScoped<SearchModels>();
        builder.Services.AddScoped<FindModel>();
        builder.Services.AddScoped<SizeWorkload>();
        builder.Services.AddScoped<VerifyCopy>();
        builder.Services.AddScoped<KeepRegistration>();
        builder.AddToBus(bus => bus.AddConsumer<OnResolveModel>(), typeof(ModelCatalogUpdated));
        builder.Services.AddSingleton<SyncSignal>();
        builder.Services.AddSingleton<SyncPass>();
        builder.Services.AddHostedService<SyncWorker>();
        return builder;
    }

    public static IEndpointRouteBuilder MapModelRegistry(this IEndpointRouteBuilder app)
    {
        app.MapSyncApi();
        app.MapArtifactsApi();
        app.MapRegistrationsApi();
        app.MapModelsApi();
        app.MapRequirementsApi();
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
                $"{HuggingFaceOptions.Section}:Endpoint (or HF_ENDPOINT) is not an http or https address: leave it out, or write it as https://huggingface.co.")
            .ValidateOnStart();
        AddClient<IHuggingFaceApi>(builder, HuggingFaceHub.ApiClient, HubHttp.MetadataBytes);
        AddClient<IHuggingFaceFiles>(builder, HuggingFaceHub.FilesClient, HubHttp.ConfigBytes);
        builder.Services.AddHubHttp(HuggingFaceContent.HubClient, Hub, HubHttp.ConfigBytes, System.Net.DecompressionMethods.None);
        builder.Services.AddContentHttp(HuggingFaceContent.ElsewhereClient, Hub);
        builder.Services.AddSingleton<HuggingFaceContent>();
        builder.Services.AddSingleton<ReadSafetensors>();
        builder.Services.AddSingleton<IModelHub, HuggingFaceHub>();
    }

    private static void AddClient<TApi>(IHostApplicationBuilder builder, string name, int maxBodyBytes)
        where TApi : class => builder.AddHubClient<TApi>(name, Hub, maxBodyBytes);

    private static HubEndpoint Hub(IServiceProvider services) => services.GetRequiredService<IOptions<HuggingFaceOptions>>().Value.ToEndpoint();
}
