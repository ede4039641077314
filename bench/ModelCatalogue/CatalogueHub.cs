using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Terradev.Bench;

/// <summary>A hub on 127.0.0.1 with the list pages of a generated catalogue.</summary>
internal sealed class CatalogueHub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CatalogueHub(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public static async Task<CatalogueHub> StartAsync(GeneratedCatalogue catalogue)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/api/models", async (HttpContext context, int? cursor, int? limit) =>
        {
            var (from, length) = (cursor ?? 0, Math.Clamp(limit ?? 1000, 1, 1000));
            context.Response.ContentType = "application/json; charset=utf-8";
            if (from + length < catalogue.Count)
            {
                context.Response.Headers.Link = string.Create(CultureInfo.InvariantCulture, $"<http://hub.invalid/api/models?limit={length}&cursor={from + length}>; rel=\"next\"");
            }

            catalogue.WritePage(context.Response.BodyWriter, from, length);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        });
        await app.StartAsync();
        return new CatalogueHub(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
