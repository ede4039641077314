namespace Terradev.ModelRegistry;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class ModelRegistryModule
{
    public static IHostApplicationBuilder AddModelRegistry(this IHostApplicationBuilder builder)
    {
        return builder;
    }

    public static IEndpointRouteBuilder MapModelRegistry(this IEndpointRouteBuilder app)
    {
        return app;
    }
}
