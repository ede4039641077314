using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests;

/// <summary>The built-in catalogue as the service holds it, and single offers made to measure.</summary>
internal static class Catalog
{
    public static IReadOnlyList<OfferRow> Rows { get; } = BuiltInCatalog.Load().Rows;

    public static OfferSnapshot Snapshot { get; } = Open(Rows);

    public static GpuOffer Offer(
        string instanceType, decimal? price, string gpu = "T4", decimal count = 1, int memoryMiB = 16384, string? capability = "7.5", bool nvLink = false,
        Capacity capacity = Capacity.OnDemand, decimal vcpus = 64, decimal memoryGiB = 512, string region = "us-east-1", Cloud cloud = Cloud.Aws, string vendor = "nvidia", string? zone = null) => new(
        new Offer(
            cloud, region, zone, instanceType, capacity, new OfferGpu(gpu, count, memoryMiB, vendor, capability, nvLink ? Interconnect.Nvlink : Interconnect.Pcie), vcpus, memoryGiB, null,
            price, "test", new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero), price is null ? PriceConfidence.Unknown : PriceConfidence.Listed));

    /// <summary>A snapshot of these offers alone.</summary>
    public static OfferSnapshot Of(params IEnumerable<GpuOffer> offers) => new(1, new DateTimeOffset(2026, 7, 20, 0, 0, 0, TimeSpan.Zero), offers);

    private static OfferSnapshot Open(IReadOnlyList<OfferRow> rows)
    {
        var newest = rows.Max(row => row.PriceAsOf)!.Value;
        return new OfferSnapshot(1, newest, rows.Select(row => row.ToOffer(newest)));
    }
}
