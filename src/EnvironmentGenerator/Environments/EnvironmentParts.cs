using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>What an environment bills beside its machines, as lines of a quote. What depends on use is assumed, and the line says so. Pure.</summary>
public static class EnvironmentParts
{
    private const decimal HoursPerMonth = 730;
    private const int MetricsPerMachine = 17;
    private const int FileSystemGiB = 10;
    private const int ImagesGiB = 10;
    private const int AlarmsOfAMachine = 8;

    /// <summary>What each of <paramref name="machines"/> brings along: volumes, address and metrics.</summary>
    public static IEnumerable<QuoteLine> OfMachines(EnvironmentShape shape, int machines)
    {
        if (machines == 0)
        {
            yield break;
        }

        var times = machines == 1 ? "" : $"{machines} x ";
        yield return Monthly($"{times}{shape.RootVolumeGiB} GiB gp3 root volume", machines * shape.RootVolumeGiB, AwsRates.Gp3);
        if (shape.DataVolumeGiB > 0)
        {
            yield return Monthly($"{times}{shape.DataVolumeGiB} GiB gp3 data volume", machines * shape.DataVolumeGiB, AwsRates.Gp3);
            if (shape.Snapshots)
            {
                yield return Monthly($"{times}{shape.DataVolumeGiB} GiB of snapshots, one full copy assumed", machines * shape.DataVolumeGiB, AwsRates.Snapshot);
            }
        }

        if (shape.PublicAddresses)
        {
            yield return Hourly($"{times}public IPv4 address", machines, AwsRates.PublicIpv4);
        }

        // Ten that the machine sends of GPU, memory, disk and heartbeat, and seven of detailed monitoring.
        yield return Monthly($"{times}{MetricsPerMachine} metrics", machines * MetricsPerMachine, AwsRates.Metric);
        yield return Monthly($"{times}1 GB of logs a month, assumed", machines, AwsRates.Logs);
        if (shape.Alarms)
        {
            yield return Monthly($"{times}{AlarmsOfAMachine} alarms", machines * AlarmsOfAMachine, AwsRates.Alarm);
        }
    }

    /// <summary>What the environment has once, with or without a machine.</summary>
    public static IEnumerable<QuoteLine> OfEnvironment(EnvironmentShape shape) => Parts(shape).OfType<QuoteLine>();

    /// <summary>USD for a month at a price per hour.</summary>
    public static decimal Month(decimal perHour) => Math.Round(perHour * HoursPerMonth, 2);

    private static IEnumerable<QuoteLine?> Parts(EnvironmentShape shape) =>
    [
        shape.NatGateway ? Hourly("NAT gateway", 1, AwsRates.NatGateway) : null,
        shape.NatGateway ? Hourly("public IPv4 address of the NAT gateway", 1, AwsRates.PublicIpv4) : null,
        shape.NatGateway ? Free("traffic through the NAT gateway, none counted", AwsRates.NatTraffic) : null,
        shape.InterfaceEndpoints > 0 ? Hourly($"{shape.InterfaceEndpoints} interface endpoints of Systems Manager", shape.InterfaceEndpoints, AwsRates.InterfaceEndpoint) : null,
        shape.LoadBalancer ? Hourly("load balancer", 1, AwsRates.LoadBalancer) : null,
        shape.LoadBalancer ? Hourly("1 LCU of the load balancer, assumed", 1, AwsRates.LoadBalancerUnit) : null,
        shape.LoadBalancer ? Hourly($"{shape.Zones} public IPv4 addresses of the load balancer", shape.Zones, AwsRates.PublicIpv4) : null,
        shape.FileSystem ? Monthly($"{FileSystemGiB} GB on the file system, assumed", FileSystemGiB, AwsRates.FileSystem) : null,
        shape.ImageRegistry ? Monthly($"{ImagesGiB} GB of container images, assumed", ImagesGiB, AwsRates.Images) : null,
        shape.Secrets > 0 ? Monthly($"{shape.Secrets} secret", shape.Secrets, AwsRates.Secret) : null,
        shape.FlowLogs ? Monthly("1 GB of flow logs a month, assumed", 1, AwsRates.Logs) : null,
        Monthly("dashboard", 1, AwsRates.Dashboard),
        Monthly("encryption key of the notifications", 1, AwsRates.Key),
        shape.StoredGiB > 0 ? Monthly($"{shape.StoredGiB} GB in the buckets: dataset and model files", shape.StoredGiB, AwsRates.Bucket) : null,
        Free("traffic to the internet, none counted", AwsRates.TrafficOut),
    ];

    private static QuoteLine Hourly(string item, decimal count, Rate rate) => Line(item, count * rate.Usd, count * rate.Usd * HoursPerMonth, rate);

    private static QuoteLine Monthly(string item, decimal count, Rate rate) => Line(item, count * rate.Usd / HoursPerMonth, count * rate.Usd, rate);

    // Told with its rate, because it may come on top.
    private static QuoteLine Free(string item, Rate rate) => Line(item, 0, 0, rate);

    private static QuoteLine Line(string item, decimal perHour, decimal perMonth, Rate rate) =>
        new(item, Math.Round(perHour, 4), rate.Source, AwsRates.AsOf) { PerMonth = Math.Round(perMonth, 2) };
}
