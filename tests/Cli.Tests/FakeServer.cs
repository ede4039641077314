using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Tests;

/// <summary>A real HTTP server whose answers a test writes.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeServer> StartAsync(Action<WebApplication> routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        routes(app);
        await app.StartAsync();
        return new FakeServer(app);
    }

    public static Task WriteProblemAsync(HttpContext context, int status, object problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(problem));
    }

    public static IResult Json<T>(T value) => Results.Json(value, TerradevJson.Options);

    /// <summary>Writes the events after Last-Event-ID as server-sent events.</summary>
    public static async Task WriteEventsAsync(HttpContext context, IEnumerable<EnvironmentEvent> events)
    {
        context.Response.ContentType = "text/event-stream";
        var after = long.Parse(context.Request.Headers["Last-Event-ID"].ToString());
        foreach (var item in events.Where(item => item.Sequence > after))
        {
            await context.Response.WriteAsync($"event: {item.GetType().Name}\nid: {item.Sequence}\ndata: {JsonSerializer.Serialize(item, item.GetType(), TerradevJson.Options)}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
