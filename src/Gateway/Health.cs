using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Terradev.Gateway;

/// <summary>Healthy while at least one destination of the cluster is.</summary>
internal sealed class ClusterHealth(IProxyStateLookup proxy, string cluster) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var destinations = proxy.TryGetCluster(cluster, out var state) ? state.Destinations.Values.ToArray() : [];
        var healthy = destinations.Count(IsHealthy);
        var description = $"{healthy} of {destinations.Length} destinations healthy: {string.Join(", ", destinations.Select(Describe))}";
        return Task.FromResult(healthy > 0 ? HealthCheckResult.Healthy(description) : HealthCheckResult.Unhealthy(description));
    }

    private static bool IsHealthy(DestinationState destination) =>
        destination.Health is { Active: DestinationHealth.Healthy, Passive: not DestinationHealth.Unhealthy };

    private static string Describe(DestinationState destination) =>
        $"{destination.DestinationId} {(IsHealthy(destination) ? "healthy" : destination.Health.Active is DestinationHealth.Unknown ? "not asked yet" : "unhealthy")}";
}

/// <summary>
/// Takes a destination out after one connection that failed, until the cluster's reactivation period is over. YARP's own policy
/// waits for ten requests, which would let a lost replica answer 503 for seconds while another one is well.
/// </summary>
internal sealed class FirstFailurePolicy(IDestinationHealthUpdater updater) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "FirstFailure";

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (!context.RequestAborted.IsCancellationRequested
            && context.GetForwarderErrorFeature()?.Error is ForwarderError.Request or ForwarderError.RequestBodyDestination)
        {
            var period = cluster.Model.Config.HealthCheck?.Passive?.ReactivationPeriod ?? TimeSpan.FromSeconds(3);
            updater.SetPassive(cluster, destination, DestinationHealth.Unhealthy, period);
        }
    }
}
