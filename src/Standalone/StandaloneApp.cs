using Terradev.ComputeOptimizer;
using Terradev.DatasetRegistry;
using Terradev.EnvironmentGenerator;
using Terradev.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.Standalone;

/// <summary>All modules in one process: the embedded default, also inside the CLI.</summary>
public static class StandaloneApp
{
    /// <summary>Builds the application; the caller may add settings of its own before it is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        builder.AddServiceDefaults("terradev");
        builder.AddModelRegistry();
        builder.AddDatasetRegistry();
        builder.AddComputeOptimizer();
        builder.AddEnvironmentGenerator();
        builder.AddBus();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapModelRegistry();
        app.MapDatasetRegistry();
        app.MapComputeOptimizer();
        app.MapEnvironmentGenerator();
        return app;
    }
}
