using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Terradev.Cli.Terminal;
using Terradev.ServiceDefaults;
using Terradev.Standalone;

namespace Terradev.Cli.Server;

/// <summary>Standalone inside this process, on a free port that only this machine reaches.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;

    private EmbeddedServer(WebApplication app)
    {
        _app = app;
        Key = app.Services.GetRequiredService<ApiKeys>().Admin;
    }

    public Uri Address => new(_app.Urls.First());

    public string Key { get; }

    /// <summary>Returns once the server is healthy.</summary>
    public static async Task<EmbeddedServer> StartAsync(Screen screen, bool verbose, CancellationToken cancellationToken)
    {
        var server = new EmbeddedServer(await StartAppAsync(screen, verbose));
        try
        {
            await server.WaitUntilHealthyAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    // Not cancellable: a start that is broken off half-way cannot be stopped in order, and it is short.
    private static async Task<WebApplication> StartAppAsync(Screen screen, bool verbose)
    {
        WebApplication? app = null;
        try
        {
            app = StandaloneApp.Create([], builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders().AddProvider(new ScreenLogs(screen));
                if (!verbose)
                {
                    builder.Logging.AddFilter<ScreenLogs>(null, LogLevel.Warning);
                }

                // This command asks for its health until it is ready; not being ready yet is no error.
                builder.Logging.AddFilter<ScreenLogs>("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
                // Ctrl+C is for the command, which ends the server once it has said where things stand.
                builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
                // Terraform finishes the step it is at before it stops.
                builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(5));
            });
            await app.StartAsync();
            return app;
        }
        catch (Exception exception)
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }

            throw new ServerUnreachableException(
                $"The embedded server does not start: {exception.Message}", "Check Terradev__DataDirectory and that its folder can be written; --verbose shows the server's log.", exception);
        }
    }

    private async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address };
        var client = new TerradevClient(http, TimeProvider.System);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartTimeout);
        try
        {
            while (!await client.IsHealthyAsync(deadline.Token))
            {
                await Task.Delay(20, deadline.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerUnreachableException(
                $"The embedded server was not ready within {StartTimeout.TotalSeconds:0} seconds.", "Run the command again with --verbose to see the server's log.", exception);
        }
    }

    private sealed class CommandLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>The embedded server's log, beside the command's own output.</summary>
internal sealed class ScreenLogs(Screen screen) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(screen, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(Screen screen, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var word = logLevel switch { LogLevel.Critical or LogLevel.Error => "error", LogLevel.Warning => "warning", _ => "info" };
            var cause = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
            screen.Aside(Printable.Line($"{word}: {category[(category.LastIndexOf('.') + 1)..]}: {formatter(state, exception)}{cause}"), logLevel >= LogLevel.Warning ? Tone.Warning : Tone.Faint);
        }
    }
}
