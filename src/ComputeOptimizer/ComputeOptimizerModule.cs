namespace Terradev.ComputeOptimizer;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class ComputeOptimizerModule
{
    public static IHostApplicationBuilder AddComputeOptimizer(this IHostApplicationBuilder builder)
    {
        return builder;
    }

    public static IEndpointRouteBuilder MapComputeOptimizer(this IEndpointRouteBuilder app)
    {
        return app;
    }
}
