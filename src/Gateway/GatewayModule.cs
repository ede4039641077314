using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Health;

namespace Terradev.Gateway;

/// <summary>The one public door: every address of the API, passed on to the service that answers it.</summary>
public static class GatewayModule
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    public static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder)
    {
        var clusters = Clusters.From(builder.Configuration);
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy, FirstFailurePolicy>();
        builder.Services.AddReverseProxy()
            .LoadFromMemory(Routes.All, clusters)
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ConnectTimeout);
        foreach (var service in Routes.Services)
        {
            builder.Services.AddHealthChecks().Add(new(service, services => ActivatorUtilities.CreateInstance<ClusterHealth>(services, service), failureStatus: null, tags: null));
        }

        builder.Services.AddHttpClient<OpenApiDocuments>(client => client.Timeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton<MergedOpenApi>();
        return builder;
    }

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder app)
    {
        app.MapReverseProxy(proxy =>
        {
            proxy.UseProxyProblems();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        }).ConfigureEndpoints((endpoint, route) =>
        {
            if (route.MaxRequestBodySize is { } most)
            {
                endpoint.WithMetadata(new RequestSizeLimitAttribute(most));
            }
        });

        // A literal address wins over the pattern of MapServiceDefaults, which would describe this process alone.
        app.MapGet("/openapi/v1.json", MergedOpenApi.GetAsync).ExcludeFromDescription().AllowAnonymous();
        return app;
    }
}
