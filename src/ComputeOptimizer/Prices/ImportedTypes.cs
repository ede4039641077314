using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>What a price list says an instance type is.</summary>
/// <param name="MemoryMiB">Memory of one GPU; null where it is not told.</param>
internal sealed record ImportedType(
    Cloud Cloud, string InstanceType, string Gpu, decimal GpuCount, int? MemoryMiB, decimal? Vcpus, decimal? MemoryGiB, int? LocalDiskGB, CpuArchitecture? Architecture);

/// <summary>The shape of an imported type, or the rule that it breaks.</summary>
internal sealed record CheckedType(InstanceShape? Shape, string? Rule, string? Detail)
{
    public static CheckedType Is(InstanceShape shape) => new(shape, null, null);

    public static CheckedType Breaks(string rule, string detail) => new(null, rule, detail);
}

/// <summary>
/// Finds the shape of instance types that a list tells of. The shipped one is taken where there is one, since its memory is what the provider
/// reports; the list must agree with it on the GPUs. Otherwise the list is believed within what is possible.
/// </summary>
internal sealed class ImportedTypes
{
    public const decimal MostGpus = 32;
    private const int MostKnown = 10_000;
    private const decimal CountTolerance = 0.005m;

    // What clouds sell of a GPU.
    private static readonly decimal[] Slices = [1m / 8, 1m / 6, 1m / 4, 1m / 3, 1m / 2];

    // Azure sells the MI25 in slices, and SkyPilot's list says 1 of each.
    private static readonly Dictionary<string, decimal> SlicesOfType = new(StringComparer.Ordinal)
    {
        ["Standard_NV4as_v4"] = 1m / 8,
        ["Standard_NV8as_v4"] = 1m / 4,
        ["Standard_NV16as_v4"] = 1m / 2,
    };

    private readonly Dictionary<ImportedType, CheckedType> _known = [];

    public CheckedType Check(ImportedType type)
    {
        if (!_known.TryGetValue(type, out var result))
        {
            result = Find(type);
            if (_known.Count < MostKnown)
            {
                _known.Add(type, result);
            }
        }

        return result;
    }

    private static CheckedType Find(ImportedType type)
    {
        if (SlicesOfType.TryGetValue(type.InstanceType, out var slice) && type.GpuCount == 1)
        {
            type = type with { GpuCount = slice };
        }

        if (!IsPossible(type.GpuCount))
        {
            return CheckedType.Breaks(QuarantineRules.BadGpuCount, $"{type.GpuCount} is no number of GPUs that an instance has.");
        }

        if (GpuNames.Find(type.Gpu, type.GpuCount < 1 ? null : type.MemoryMiB, out var memoryFits) is not { } gpu)
        {
            return CheckedType.Breaks(QuarantineRules.UnknownGpu, $"'{PriceText.Short(type.Gpu)}' is no GPU that is known here.");
        }

        if (!memoryFits)
        {
            return CheckedType.Breaks(QuarantineRules.BadGpuInfo, $"{type.MemoryMiB} MiB is not the memory of a {gpu.Name}, which has {gpu.MemoryMiB} MiB.");
        }

        return InstanceShapes.Find(type.Cloud, type.InstanceType) is { } shipped ? Shipped(type, gpu, shipped) : Told(type, gpu);
    }

    private static CheckedType Shipped(ImportedType type, GpuModel gpu, InstanceShape shipped)
    {
        if (Math.Abs(type.GpuCount - shipped.Gpu.Count) > CountTolerance)
        {
            return CheckedType.Breaks(QuarantineRules.BadGpuCount, $"{type.InstanceType} has {shipped.Gpu.Count:0.###} GPUs, not {type.GpuCount:0.###}.");
        }

        // A list may leave out what kind of H100 or A100 it is.
        return gpu.Name == shipped.Gpu.Model || shipped.Gpu.Model.StartsWith(gpu.Name + "-", StringComparison.Ordinal)
            ? CheckedType.Is(shipped)
            : CheckedType.Breaks(QuarantineRules.BadGpuInfo, $"{type.InstanceType} has {shipped.Gpu.Model}, not {gpu.Name}.");
    }

    private static CheckedType Told(ImportedType type, GpuModel gpu)
    {
        if (type.Vcpus is not (> 0 and <= 2048) || type.MemoryGiB is not (> 0 and <= 100_000))
        {
            return CheckedType.Breaks(QuarantineRules.BadField, $"CPUs or memory of {type.InstanceType} are missing or impossible.");
        }

        var memory = type.GpuCount < 1 ? (int)(gpu.MemoryMiB * type.GpuCount) : gpu.MemoryMiB;
        return CheckedType.Is(new InstanceShape(
            type.Cloud,
            type.InstanceType,
            new OfferGpu(gpu.Name, Math.Round(type.GpuCount, 3), memory, gpu.Vendor, gpu.ComputeCapability, GpuNames.InterconnectOf(gpu, type.GpuCount)),
            gpu.MemorySource,
            type.Vcpus.Value,
            type.MemoryGiB.Value,
            type.LocalDiskGB,
            type.Architecture ?? GpuNames.HostOf(gpu),
            Withdrawn: false));
    }

    private static bool IsPossible(decimal count) =>
        count < 1
            ? Array.Exists(Slices, slice => Math.Abs(slice - count) <= CountTolerance)
            : count <= MostGpus && count == decimal.Truncate(count);
}
