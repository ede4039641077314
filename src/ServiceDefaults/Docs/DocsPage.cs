using System.IO.Compression;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Terradev.ServiceDefaults.Docs;

/// <summary>The API reference page at <c>/docs</c>: anonymous, and without any other host.</summary>
internal static class DocsPage
{
    // Scalar writes its own style elements and compiles no code at run time.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapDocs(this IEndpointRouteBuilder app)
    {
        var docs = app.MapGroup("/docs").AllowAnonymous().ExcludeFromDescription();
        docs.MapGet("", Page);
        docs.MapGet("/start.js", Start);
        docs.MapGet("/scalar.js", Scalar);
    }

    private static FileStreamHttpResult Page(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Stream(Open("docs.html"), "text/html; charset=utf-8");
    }

    private static FileStreamHttpResult Start(HttpContext context) => Script(context, Open("start.js"));

    private static FileStreamHttpResult Scalar(HttpContext context)
    {
        var script = Open("scalar.js.gz");
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            return Script(context, new GZipStream(script, CompressionMode.Decompress));
        }

        context.Response.Headers.ContentEncoding = "gzip";
        return Script(context, script);
    }

    private static FileStreamHttpResult Script(HttpContext context, Stream script)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(script, "text/javascript; charset=utf-8");
    }

    private static Stream Open(string name) => typeof(DocsPage).Assembly.GetManifestResourceStream($"docs/{name}")
        ?? throw new InvalidOperationException($"The assembly was built without docs/{name}.");
}
