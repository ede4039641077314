using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Terradev.Contracts;
using Terradev.ServiceDefaults.Docs;

namespace Terradev.ServiceDefaults;

/// <summary>What every process has, whatever modules run in it.</summary>
public static class Service
{
    /// <summary>Largest request body, in bytes, of an address that does not say otherwise.</summary>
    public const long MaxBodyBytes = 1024 * 1024;

    /// <summary>Largest request body, in bytes, of an address that takes files.</summary>
    public const long MaxFileBytes = 64 * MaxBodyBytes;

    private const long MaxDrainedBytes = 16 * MaxBodyBytes;

    /// <summary>Telemetry, health, problem details, JSON dialect, API keys and the clock. <paramref name="name"/> is the resource name, such as <c>modelregistry</c>.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string name)
    {
        builder.Services.AddOptions<TerradevOptions>().BindConfiguration(TerradevOptions.Section)
            .Validate(options => !string.IsNullOrWhiteSpace(options.DataDirectory), "Terradev:DataDirectory is empty: name a folder this process may write to.")
            .ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddAuthentication(ApiKeyAuthenticationHandler.SchemeName)
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(ApiKeyAuthenticationHandler.SchemeName, null);
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.ConfigureHttpJsonOptions(json => TerradevJson.Configure(json.SerializerOptions));
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Instance ??= context.HttpContext.Request.Path;
            context.ProblemDetails.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
        // A body that cannot be bound reaches the exception handler, which explains it.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddHealthChecks();
        builder.Services.AddTerradevOpenApi();
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.AddServerHeader = false;
        });
        // Our own lines tell what happens; the frameworks' are for their makers. Logging__LogLevel__... brings them back.
        foreach (var framework in (string[])["Microsoft", "MassTransit", "System.Net.Http", "Polly", "Quartz"])
        {
            builder.Logging.AddFilter(framework, LogLevel.Warning);
        }

        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.AddTelemetry(name);
        return builder;
    }

    /// <summary>The middleware and the addresses that every process has: <c>/health</c>, <c>/alive</c>, <c>/openapi/v1.json</c>, <c>/docs</c>.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseRouteNamesInTraces();
        app.UseExceptionHandler();
        app.UseStatusCodePages(async context =>
        {
            var details = Problems.Details(Problems.ForStatus(context.HttpContext.Response.StatusCode));
            details.Status = context.HttpContext.Response.StatusCode;
            await context.HttpContext.RequestServices.GetRequiredService<IProblemDetailsService>()
                .TryWriteAsync(new ProblemDetailsContext { HttpContext = context.HttpContext, ProblemDetails = details });
        });
        app.UseRouting();
        app.UseDrainOfTooLargeBodies();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteHealth }).AllowAnonymous();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapOpenApi().AllowAnonymous();
        app.MapDocs();
        return app;
    }

    // A client that is still sending when the connection closes sees a broken pipe instead of the answer, so the rest is read and dropped.
    // One that asks first has sent nothing.
    private static void UseDrainOfTooLargeBodies(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var most = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxBodyBytes;
        if (context.Request.ContentLength - most is > 0 and <= MaxDrainedBytes && context.Request.Headers.Expect.Count == 0 && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = most + MaxDrainedBytes;
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        await next(context);
    });

    private static Task WriteHealth(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString().ToLowerInvariant(),
        checks = report.Entries.ToDictionary(entry => entry.Key, entry => new { status = entry.Value.Status.ToString().ToLowerInvariant(), entry.Value.Description }),
    });
}
