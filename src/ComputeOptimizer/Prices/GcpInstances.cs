using System.Text.RegularExpressions;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Puts Google's instances together, which SkyPilot lists in two halves: the host (<c>a2-highgpu-4g</c>, no accelerator) and its GPUs
/// (no instance type, <c>A100</c>, 4), each by zone. The price of the instance is the sum. GPUs that no such host of the zone has are there
/// to be attached to N1 machines, which is no instance type of its own.
/// </summary>
internal sealed partial class GcpInstances(PriceRows rows, ImportedTypes types)
{
    private readonly List<Host> _hosts = [];
    private readonly Dictionary<(string Zone, string Gpu, decimal Count), Gpus> _gpus = [];
    private readonly HashSet<int> _used = [];

    /// <summary>True for the host half of an instance type that has GPUs.</summary>
    public static bool IsHost(string instanceType) => HostName().IsMatch(instanceType);

    public void AddHost(string instanceType, string region, string zone, decimal? vcpus, decimal? memoryGiB, HalfPrice price) =>
        _hosts.Add(new Host(instanceType, region, zone, vcpus, memoryGiB, price));

    public void AddGpus(string region, string zone, string gpu, decimal count, int? memoryMiB, HalfPrice price)
    {
        if (GpuNames.Find(gpu, memoryMiB, out var fits) is not { } model)
        {
            rows.Quarantine(price.Line, null, region, null, QuarantineRules.UnknownGpu, $"'{PriceText.Short(gpu)}' is no GPU that is known here.");
        }
        else if (!fits)
        {
            rows.Quarantine(price.Line, null, region, null, QuarantineRules.BadGpuInfo, $"{memoryMiB} MiB is not the memory of a {model.Name}.");
        }
        else if (!_gpus.TryAdd((zone, model.Name, count), new Gpus(region, model, count, memoryMiB, price)))
        {
            var known = _gpus[(zone, model.Name, count)];
            if (known.Price.SaysTheSameAs(price))
            {
                known.Again.Add(price.Line);
            }
            else
            {
                rows.Quarantine(price.Line, null, region, null, QuarantineRules.Duplicate, $"{count:0.###} x {model.Name} in {zone} is there before with another price.");
            }
        }
    }

    /// <summary>Makes the offers once all halves are there.</summary>
    public void Join()
    {
        foreach (var host in _hosts)
        {
            Join(host);
        }

        foreach (var ((zone, gpu, count), half) in _gpus)
        {
            foreach (var line in _used.Contains(half.Price.Line) ? [] : half.Again.Prepend(half.Price.Line))
            {
                rows.Quarantine(
                    line, null, half.Region, null, QuarantineRules.Incomplete,
                    $"No instance type of {zone} in this list has {count:0.###} x {gpu}; GPUs that are attached to other machines are no instance type.");
            }
        }
    }

    private void Join(Host host)
    {
        var (gpu, count) = Known(host);
        if (gpu is null)
        {
            rows.Quarantine(host.Price.Line, host.InstanceType, host.Region, null, QuarantineRules.Incomplete, "It is not known which GPUs this host has.");
            return;
        }

        var exact = _gpus.GetValueOrDefault((host.Zone, gpu, count));
        var half = exact ?? (count == decimal.Truncate(count) ? _gpus.GetValueOrDefault((host.Zone, gpu, 1)) : null);
        if (half is null)
        {
            rows.Quarantine(
                host.Price.Line, host.InstanceType, host.Region, null, QuarantineRules.Incomplete, $"The price is the host's alone; {count:0.###} x {gpu} in {host.Zone} is not in the list.");
            return;
        }

        var checkedType = types.Check(new ImportedType(Cloud.Gcp, host.InstanceType, gpu, count, half.MemoryMiB, host.Vcpus, host.MemoryGiB, null, null));
        if (checkedType.Shape is not { } shape)
        {
            rows.Quarantine(host.Price.Line, host.InstanceType, host.Region, null, checkedType.Rule!, checkedType.Detail!);
            return;
        }

        Offer(host, half, shape, Capacity.OnDemand, host.Price.OnDemand, half.Price.OnDemand, exact is null ? count : 1);
        Offer(host, half, shape, Capacity.Spot, host.Price.Spot, half.Price.Spot, exact is null ? count : 1);
    }

    private void Offer(Host host, Gpus half, InstanceShape shape, Capacity capacity, decimal? hostPrice, decimal? gpuPrice, decimal times)
    {
        if (hostPrice is null && gpuPrice is null)
        {
            return;
        }

        if (hostPrice is null || gpuPrice is null)
        {
            rows.Quarantine(
                host.Price.Line, host.InstanceType, host.Region, capacity, QuarantineRules.Incomplete,
                hostPrice is null ? "The GPUs have a price, the host has none." : "The host has a price, its GPUs have none.");
            return;
        }

        _used.Add(half.Price.Line);
        rows.Offer(shape, host.Region, host.Zone, capacity, hostPrice.Value + (gpuPrice.Value * times), new PriceLines(host.Price.Line, half.Price.Line));
    }

    private static (string? Gpu, decimal Count) Known(Host host)
    {
        if (InstanceShapes.Find(Cloud.Gcp, host.InstanceType) is { } shape)
        {
            return (shape.Gpu.Model, shape.Gpu.Count);
        }

        var name = HostName().Match(host.InstanceType);
        var gpu = name.Groups["family"].Value switch
        {
            "a2-highgpu" or "a2-megagpu" => "A100",
            "a2-ultragpu" => "A100-80GB",
            "a3-highgpu" or "a3-edgegpu" => "H100",
            "a3-megagpu" => "H100-MEGA",
            "a3-ultragpu" => "H200",
            "a4-highgpu" => "B200",
            "a4x-highgpu" => "GB200",
            _ => null,
        };
        return name.Groups["gpus"].Success ? (gpu, int.Parse(name.Groups["gpus"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)) : (null, 0);
    }

    // a3-highgpu-8g and a3-edgegpu-8g-nolssd have 8 GPUs; g2-standard-24 has 24 CPUs.
    [GeneratedRegex("^(?<family>(a2|a3|a4|a4x|g2|g4)-[a-z]+)-((?<gpus>[0-9]{1,2})g(-nolssd)?|[0-9]{1,4})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HostName();

    /// <summary>The prices of one half, as far as they are told.</summary>
    internal sealed record HalfPrice(int Line, decimal? OnDemand, decimal? Spot)
    {
        public bool SaysTheSameAs(HalfPrice other) => OnDemand == other.OnDemand && Spot == other.Spot;
    }

    private sealed record Host(string InstanceType, string Region, string Zone, decimal? Vcpus, decimal? MemoryGiB, HalfPrice Price);

    private sealed record Gpus(string Region, GpuModel Model, decimal Count, int? MemoryMiB, HalfPrice Price)
    {
        public List<int> Again { get; } = [];
    }
}
