namespace Terradev.EnvironmentGenerator;

/// <summary>The service as two methods; its own process and Standalone call the same ones.</summary>
public static class EnvironmentGeneratorModule
{
    public static IHostApplicationBuilder AddEnvironmentGenerator(this IHostApplicationBuilder builder)
    {
        return builder;
    }

    public static IEndpointRouteBuilder MapEnvironmentGenerator(this IEndpointRouteBuilder app)
    {
        return app;
    }
}
