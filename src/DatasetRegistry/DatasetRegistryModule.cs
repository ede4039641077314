namespace Terradev.DatasetRegistry;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class DatasetRegistryModule
{
    public static IHostApplicationBuilder AddDatasetRegistry(this IHostApplicationBuilder builder)
    {
        return builder;
    }

    public static IEndpointRouteBuilder MapDatasetRegistry(this IEndpointRouteBuilder app)
    {
        return app;
    }
}
