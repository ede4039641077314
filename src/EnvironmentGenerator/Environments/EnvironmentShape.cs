using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>What an environment makes that costs money, as its blueprint and the options of the request decide. Pure.</summary>
public sealed record EnvironmentShape
{
    private const long GiB = 1L << 30;
    private const int MaxVolumeGiB = 16_384;

    /// <summary>Machines at the start.</summary>
    public int Machines { get; init; } = 1;

    /// <summary>The most machines that may run at once.</summary>
    public int MostMachines { get; init; } = 1;

    public int RootVolumeGiB { get; init; }

    /// <summary>The volume for data that each machine has; 0 for none.</summary>
    public int DataVolumeGiB { get; init; }

    /// <summary>Whether the data volumes are copied to snapshots.</summary>
    public bool Snapshots { get; init; }

    /// <summary>Whether each machine has a public address.</summary>
    public bool PublicAddresses { get; init; } = true;

    public bool NatGateway { get; init; }

    /// <summary>Interface endpoints, counted once per zone.</summary>
    public int InterfaceEndpoints { get; init; }

    public bool FlowLogs { get; init; } = true;

    public bool LoadBalancer { get; init; }

    public int Zones { get; init; } = 2;

    public bool FileSystem { get; init; }

    public bool ImageRegistry { get; init; }

    public int Secrets { get; init; }

    public bool Alarms { get; init; } = true;

    /// <summary>What the buckets hold once the job is done: the dataset and what the model leaves on disk.</summary>
    public int StoredGiB { get; init; }

    public static EnvironmentShape Of(EnvironmentRequest request, Offer offer, ModelRequirements requirements, DatasetSummary? dataset)
    {
        var options = request.Variables;
        var own = !options.Has("existing_network");
        var isPrivate = options.Switch("private_subnets", false);
        var nat = own && options.Switch("nat_gateway", false);
        var zones = OneZone(offer) ? 1 : 2;
        var shape = new EnvironmentShape
        {
            RootVolumeGiB = EnvironmentPrice.RootVolumeGiB(requirements, dataset),
            DataVolumeGiB = options.Number("data_volume_gib", request.Blueprint == "workstation" ? 100 : 0, MaxVolumeGiB),
            PublicAddresses = !isPrivate,
            NatGateway = nat,
            // ssm, ssmmessages and ec2messages, without which nobody gets a shell on a machine that cannot reach the internet.
            InterfaceEndpoints = own && isPrivate && !nat ? 3 * zones : 0,
            FlowLogs = own && options.Switch("flow_logs", true),
            Zones = zones,
            FileSystem = options.Switch("file_system", false),
            ImageRegistry = options.Switch("container_registry", false),
            Secrets = options.Switch("hub_token", false) ? 1 : 0,
            Alarms = options.Switch("alarms", true),
            StoredGiB = (int)Math.Min(int.MaxValue, Math.Ceiling(((decimal)requirements.DiskBytes + (dataset?.DownloadBytes ?? dataset?.SizeBytes ?? 0)) / GiB)),
        };
        return request.Blueprint switch
        {
            "fleet" => Fleet(shape, options.Number("desired_size", 1, 1000), options.Number("max_size", 4, 1000)),
            "workstation" => shape with { Snapshots = options.Switch("snapshots", true) },
            _ => shape,
        };
    }

    /// <summary>Whether the price is that of one zone: the environment then has no other.</summary>
    public static bool OneZone(Offer offer) =>
        offer.Zone is { } zone && zone.Length == offer.Region.Length + 1 && zone.StartsWith(offer.Region, StringComparison.Ordinal);

    // An Application Load Balancer spans two zones at least.
    private static EnvironmentShape Fleet(EnvironmentShape shape, int desired, int most) =>
        shape with { Machines = desired, MostMachines = Math.Max(desired, most), LoadBalancer = true, FileSystem = true, Zones = 2 };
}
