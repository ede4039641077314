using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// One item of dstack's gpuhunt, each field as the text it is written in: an instance type in a location, bought in one way, with its price in USD per hour.
/// Memory is in GB, of the instance and of each GPU.
/// </summary>
internal sealed record GpuhuntItem(
    string Provider, string InstanceName, string Location, string Price, string Cpu, string Memory, string GpuCount, string GpuName, string GpuMemory, string Spot, string CpuArch);

/// <summary>Takes items in, whatever they were written as.</summary>
/// <param name="cloud">The cloud of items without a provider; null where every item has one.</param>
internal sealed class GpuhuntItems(Cloud? cloud, PriceRows rows)
{
    public static readonly string[] Required = ["instance_name", "location", "price", "cpu", "memory", "gpu_count", "gpu_name", "gpu_memory", "spot"];

    private readonly ImportedTypes _types = new();

    public static GpuhuntItem Of(PriceColumns columns, IReadOnlyList<string> row)
    {
        string Field(string name) => columns.Of(row, name);
        return new GpuhuntItem(
            Field("provider"), Field("instance_name"), Field("location"), Field("price"), Field("cpu"), Field("memory"), Field("gpu_count"), Field("gpu_name"),
            Field("gpu_memory"), Field("spot"), Field("cpu_arch"));
    }

    /// <summary>Whose item it is; null where that is not clear.</summary>
    public static Cloud? CloudOf(GpuhuntItem item) =>
        Wire.TryParse<Cloud>(item.Provider, out var provider) ? provider
        : item.Provider.Length > 0 ? null
        : item.InstanceName.StartsWith("Standard_", StringComparison.Ordinal) || item.InstanceName.StartsWith("Basic_", StringComparison.Ordinal) ? Cloud.Azure
        : item.InstanceName.Contains('.', StringComparison.Ordinal) ? Cloud.Aws
        : IsGoogleZone(item.Location) ? Cloud.Gcp
        : null;

    public void Read(int line, GpuhuntItem item)
    {
        rows.Row();
        if (item.GpuCount is "" or "0" or "0.0" || item.GpuName.Length == 0 || GpuNames.IsOtherAccelerator(item.GpuName))
        {
            rows.WithoutGpu();
            return;
        }

        Capacity? capacity = item.Spot.ToUpperInvariant() switch { "TRUE" => Capacity.Spot, "FALSE" => Capacity.OnDemand, _ => null };
        if (Fault(item, capacity, out var offered) is var (rule, detail))
        {
            rows.Quarantine(line, item.InstanceName, item.Location, capacity, rule, detail);
        }
        else
        {
            rows.Offer(offered!.Shape, offered.Region, offered.Zone, capacity!.Value, offered.Price, new PriceLines(line));
        }
    }

    private (string Rule, string Detail)? Fault(GpuhuntItem item, Capacity? capacity, out Offered? offered)
    {
        offered = null;
        if ((item.Provider.Length > 0 ? CloudOf(item) : cloud) is not { } by)
        {
            return (QuarantineRules.BadField, $"'{PriceText.Short(item.Provider)}' is no provider that is known here: {string.Join(", ", Wire.Names<Cloud>())}.");
        }

        // Google's prices are by zone, and the location is the zone.
        var zone = by == Cloud.Gcp && IsGoogleZone(item.Location) ? item.Location : null;
        var region = zone?[..^2] ?? item.Location;
        if (item.InstanceName.Length == 0 || PriceText.Fault(item.InstanceName, region, zone ?? "", by) is not null || capacity is null)
        {
            return (QuarantineRules.BadField, "instance_name or location is no name, or spot is neither True nor False.");
        }

        if (PriceNumbers.Price(item.Price, out var price) is not NumberKind.Number and var kind)
        {
            return kind == NumberKind.Blank ? (QuarantineRules.NoPrice, "The item has no price.") : (QuarantineRules.BadPrice, PriceText.BadPrice(item.Price));
        }

        if (PriceNumbers.Number(item.GpuCount, out var count) != NumberKind.Number || count <= 0)
        {
            return (QuarantineRules.BadGpuCount, "gpu_count is no number above 0.");
        }

        var memory = PriceNumbers.Number(item.GpuMemory, out var gpuGB);
        if (memory == NumberKind.Wrong || gpuGB is < 0 or > 10_000)
        {
            return (QuarantineRules.BadGpuInfo, "gpu_memory is no number of GB.");
        }

        var type = _types.Check(new ImportedType(
            by, item.InstanceName, item.GpuName, count, gpuGB == 0 ? null : (int)(gpuGB * 1024), Number(item.Cpu), Number(item.Memory), null,
            item.CpuArch switch { "" => null, "arm" or "arm64" => CpuArchitecture.Arm64, _ => CpuArchitecture.X64 }));
        offered = type.Shape is { } shape ? new Offered(shape, region, zone, price) : null;
        return type.Shape is null ? (type.Rule!, type.Detail!) : null;
    }

    private static decimal? Number(string text) => PriceNumbers.Number(text, out var number) == NumberKind.Number ? number : null;

    private static bool IsGoogleZone(string location) =>
        location.Length > 4 && location[^2] == '-' && char.IsAsciiLetterLower(location[^1]) && char.IsAsciiDigit(location[^3]);

    private sealed record Offered(InstanceShape Shape, string Region, string? Zone, decimal Price);
}
