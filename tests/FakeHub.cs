using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Terradev.Testing;

/// <summary>A hub on 127.0.0.1 that answers what a test tells it to, and remembers who asked.</summary>
public sealed class FakeHub : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RequestDelegate> _routes = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private FakeHub(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First() + "/");

    public ConcurrentQueue<(string Path, string Authorization)> Requests { get; } = new();

    /// <summary>The parts that were asked for, such as <c>bytes=0-99</c>.</summary>
    public ConcurrentQueue<(string Path, string Range)> Ranges { get; } = new();

    public static async Task<FakeHub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var hub = new FakeHub(app);
        app.Run(hub.AnswerAsync);
        await app.StartAsync();
        return hub;
    }

    public FakeHub Serve(string path, RequestDelegate answer)
    {
        _routes[path] = answer;
        return this;
    }

    public FakeHub Serve(string path, string body, int status = 200, params (string Name, string Value)[] headers) => Serve(path, async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body);
    });

    /// <summary>Serves a file as hubs do: whole, in parts, or its headers alone.</summary>
    public FakeHub ServeFile(string path, byte[] content) => Serve(path, context => Microsoft.AspNetCore.Http.Results.Bytes(
        content, "application/octet-stream", enableRangeProcessing: true, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue("\"file\"")).ExecuteAsync(context));

    public int Count(string path) => Requests.Count(request => request.Path == path);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue((context.Request.Path.Value!, context.Request.Headers.Authorization.ToString()));
        if (context.Request.Headers.Range is [{ } range, ..])
        {
            Ranges.Enqueue((context.Request.Path.Value!, range));
        }

        if (_routes.TryGetValue(context.Request.Path.Value!, out var answer))
        {
            return answer(context);
        }

        // As the hub answers anonymous callers about repositories that do not exist.
        context.Response.StatusCode = 401;
        context.Response.Headers["X-Error-Message"] = "Invalid username or password.";
        return context.Response.WriteAsync("""{"error":"Invalid username or password."}""");
    }
}
