using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Terradev.SystemTests.Processes;

namespace Terradev.SystemTests.Machines;

/// <summary>The instance metadata service, version 2 only: without a token it answers 401.</summary>
internal sealed class MetadataService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private MetadataService(WebApplication app, string address) => (_app, Address) = (app, address);

    public string Address { get; }

    /// <summary>When the spot instance is taken away; null while it may stay.</summary>
    public DateTimeOffset? Interruption { get; set; }

    /// <summary>How often somebody has asked about that.</summary>
    public int Asked => _asked;

    public static async Task<MetadataService> StartAsync(string instance)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var address = $"http://127.0.0.1:{TestRun.FreePort()}";
        builder.WebHost.UseUrls(address);
        var app = builder.Build();
        var service = new MetadataService(app, address);
        app.MapPut("/latest/api/token", () => "token");
        app.MapGet("/latest/meta-data/instance-id", (HttpRequest request) => Answer(request, instance));
        app.MapGet("/latest/meta-data/spot/instance-action", (HttpRequest request) =>
        {
            Interlocked.Increment(ref service._asked);
            return service.Interruption is { } time
                ? Answer(request, $$"""{"action": "terminate", "time": "{{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}}"}""")
                : Results.NotFound();
        });
        await app.StartAsync();
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IResult Answer(HttpRequest request, string text) =>
        request.Headers["X-aws-ec2-metadata-token"] == "token" ? Results.Text(text) : Results.Unauthorized();
}
