using Microsoft.Extensions.Options;
using Terradev.ComputeOptimizer;
using Terradev.DatasetRegistry;
using Terradev.EnvironmentGenerator;
using Terradev.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.Standalone;

/// <summary>All modules in one process: the embedded default, also inside the CLI.</summary>
public static partial class StandaloneApp
{
    /// <summary>Where it listens when nothing says otherwise: this machine only.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Builds the application; the caller may add settings of its own before it is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // Settings come with the program, never from the folder it happens to be started in.
            ContentRootPath = AppContext.BaseDirectory,
        });
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

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
        app.Lifetime.ApplicationStarted.Register(() => SayWhere(app));
        return app;
    }

    private static void SayWhere(WebApplication app)
    {
        // Made here, so that the file is there when the log names it.
        _ = app.Services.GetRequiredService<ApiKeys>();
        var folder = app.Services.GetRequiredService<IOptions<TerradevOptions>>().Value.EnsureDataDirectory();
        LogData(app.Logger, folder);
        if (!string.IsNullOrWhiteSpace(app.Configuration[ApiKeys.EnvironmentVariable]))
        {
            LogConfiguredKey(app.Logger, ApiKeys.EnvironmentVariable);
        }
        else
        {
            LogKeyFile(app.Logger, Path.Combine(folder, ApiKeys.FileName));
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Data directory: {Folder}")]
    private static partial void LogData(ILogger logger, string folder);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "The admin key is in {File}")]
    private static partial void LogKeyFile(ILogger logger, string file);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "The admin key is the one in {Variable}")]
    private static partial void LogConfiguredKey(ILogger logger, string variable);
}
