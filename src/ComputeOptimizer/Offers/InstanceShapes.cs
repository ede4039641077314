using System.Collections.Frozen;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What an instance type is, wherever and however it is bought.</summary>
/// <param name="GpuMemorySource">Where the memory figure comes from; the words are explained at <see cref="BuiltInCatalog"/>.</param>
/// <param name="Withdrawn">True where the provider still prices the type but no longer lists it among its types.</param>
public sealed record InstanceShape(
    Cloud Cloud,
    string InstanceType,
    OfferGpu Gpu,
    string GpuMemorySource,
    decimal Vcpus,
    decimal MemoryGiB,
    int? LocalDiskGB,
    CpuArchitecture Architecture,
    bool Withdrawn);

/// <summary>The instance types that ship with the product, for sources that tell prices without saying what an instance type is.</summary>
public static class InstanceShapes
{
    private static readonly FrozenDictionary<(Cloud, string), InstanceShape> ByType = BuiltInCatalog.Load().Rows
        .DistinctBy(row => (row.Cloud, row.InstanceType))
        .ToFrozenDictionary(row => (row.Cloud, row.InstanceType), row => row.Shape());

    public static IEnumerable<InstanceShape> Of(Cloud cloud) => ByType.Values.Where(shape => shape.Cloud == cloud).OrderBy(shape => shape.InstanceType, StringComparer.Ordinal);

    /// <summary>The shape of an instance type as the cloud spells it; null for one that is not known.</summary>
    public static InstanceShape? Find(Cloud cloud, string instanceType) => ByType.GetValueOrDefault((cloud, instanceType));
}
