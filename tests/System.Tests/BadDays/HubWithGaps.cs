using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.BadDays;

/// <summary>Standalone with a hub that says of some things that they do not exist, and is too busy to speak of the others.</summary>
public sealed class HubWithGaps : IAsyncLifetime
{
    private readonly WebApplication _hub;
    private readonly string _address = $"http://127.0.0.1:{TestRun.FreePort()}";

    public HubWithGaps()
    {
        _hub = WebApplication.CreateSlimBuilder().Build();
        _hub.Urls.Add(_address);
        _hub.MapFallback((HttpContext context) => context.Request.Path.Value!.Contains("no-such-", StringComparison.Ordinal)
            ? Results.NotFound(new { error = "Repository not found" })
            : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
    }

    internal Standalone Standalone { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _hub.StartAsync();
        Standalone = await Standalone.StartAsync(simulator: null, ("HF_ENDPOINT", _address));
    }

    public async ValueTask DisposeAsync()
    {
        await Standalone.DisposeAsync();
        await _hub.DisposeAsync();
    }
}
