using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Terradev.Gateway;

/// <summary>The services behind the gateway, from the addresses that Aspire injects as <c>services__{name}__{scheme}__{n}</c>.</summary>
internal static class Clusters
{
    private static readonly string[] Schemes = ["https", "http"];
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(60);

    /// <summary>One cluster a service with every replica as a destination; throws with all missing or wrong addresses at once.</summary>
    public static IReadOnlyList<ClusterConfig> From(IConfiguration configuration)
    {
        var faults = new List<string>();
        var addresses = Routes.Services.ToDictionary(service => service, service => Addresses(configuration, service, faults));
        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"The gateway cannot start. {string.Join(' ', faults)}");
        }

        return
        [
            .. Routes.Services.Select(service => Cluster(service, addresses[service], ActivityTimeout)),
            Cluster(Routes.EventStreams, addresses[Routes.EnvironmentGenerator], Timeout.InfiniteTimeSpan),
        ];
    }

    private static List<Uri> Addresses(IConfiguration configuration, string service, List<string> faults)
    {
        var found = new List<Uri>();
        foreach (var setting in Schemes.SelectMany(scheme => configuration.GetSection($"services:{service}:{scheme}").GetChildren()))
        {
            if (Uri.TryCreate(setting.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                found.Add(address);
            }
            else
            {
                faults.Add($"{setting.Path.Replace(":", "__", StringComparison.Ordinal)} is '{setting.Value}': give an absolute http or https address.");
            }
        }

        if (found.Count == 0)
        {
            faults.Add($"services__{service}__http__0 is not set: give the address of {service}, such as http://127.0.0.1:5101.");
        }

        return found;
    }

    private static ClusterConfig Cluster(string id, List<Uri> addresses, TimeSpan activityTimeout) => new()
    {
        ClusterId = id,
        LoadBalancingPolicy = LoadBalancingPolicies.PowerOfTwoChoices,
        Destinations = addresses.Distinct().ToDictionary(address => address.Authority, address => new DestinationConfig { Address = address.ToString() }),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = activityTimeout, AllowResponseBuffering = false },
        HealthCheck = new HealthCheckConfig
        {
            // A replica that lost its broker is not healthy, yet answers reads: with no better one it is asked all the same.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Path = "/health",
                Interval = TimeSpan.FromSeconds(3),
                Timeout = TimeSpan.FromSeconds(3),
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
            },
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = FirstFailurePolicy.PolicyName, ReactivationPeriod = TimeSpan.FromSeconds(3) },
        },
    };
}
