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
        builder.AddHuggingFace();
        builder.AddTensorFlowHub();
        builder.AddPyTorchHub();
        builder.AddReferenceModels();
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
}
