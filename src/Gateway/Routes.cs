using Terradev.ServiceDefaults;
using Yarp.ReverseProxy.Configuration;

namespace Terradev.Gateway;

/// <summary>Which service answers which address.</summary>
internal static class Routes
{
    public const string ModelRegistry = "modelregistry";
    public const string DatasetRegistry = "datasetregistry";
    public const string ComputeOptimizer = "computeoptimizer";
    public const string EnvironmentGenerator = "environmentgenerator";

    /// <summary>EnvironmentGenerator again, for answers that stay open without end.</summary>
    public const string EventStreams = "environmentgenerator-events";

    public static IReadOnlyList<string> Services { get; } = [ModelRegistry, DatasetRegistry, ComputeOptimizer, EnvironmentGenerator];

    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        To(ModelRegistry, "/api/v1/models/{**rest}"),
        To(ModelRegistry, "/api/v1/requirements"),
        To(DatasetRegistry, "/api/v1/datasets/{**rest}"),
        To(ComputeOptimizer, "/api/v1/offers/{**rest}"),
        To(ComputeOptimizer, "/api/v1/offers/import", Service.MaxFileBytes),
        To(ComputeOptimizer, "/api/v1/gpus/{**rest}"),
        To(ComputeOptimizer, "/api/v1/recommendations/{**rest}"),
        To(ComputeOptimizer, "/api/v1/advice/{**rest}"),
        To(EnvironmentGenerator, "/api/v1/environments/{**rest}"),
        To(EnvironmentGenerator, "/api/v1/blueprints/{**rest}", 4 * Service.MaxBodyBytes),
        To(EventStreams, "/api/v1/environments/{id}/events"),
        To(EventStreams, "/api/v1/events"),
    ];

    private static RouteConfig To(string cluster, string path, long? maxBodyBytes = null) => new()
    {
        MaxRequestBodySize = maxBodyBytes,
        RouteId = path,
        ClusterId = cluster,
        Match = new() { Path = path },
        AuthorizationPolicy = "default",
    };
}
