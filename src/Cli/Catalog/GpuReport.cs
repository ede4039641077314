using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>What <c>terradev gpus</c> prints.</summary>
internal static class GpuReport
{
    private const int ShownRegions = 3;

    public static IReadOnlyList<IReadOnlyList<Span>> List(Page<GpuDetail> page, int width) => page.Items is []
        ? [[new Span("Nothing matches.")]]
        : Layout.Table(
            ["GPU", "MEMORY", "OFFERS", "ON-DEMAND", "SPOT", "PER GPU", "BY", "PRECISIONS"],
            [.. page.Items.Select(item => item.Gpu).Select(gpu => (IReadOnlyList<string>)
            [
                Printable.Line(gpu.Model),
                Format.GpuMemory(gpu.MemoryMiB),
                Format.Count(gpu.Offers),
                Price(gpu.CheapestOnDemand?.PricePerHour),
                Price(gpu.CheapestSpot?.PricePerHour),
                Price(Least(gpu.OnDemandPerGpu, gpu.SpotPerGpu)),
                Printable.Line(gpu.Vendor),
                Precisions(gpu),
            ])],
            width,
            1,
            2,
            3,
            4,
            5);

    public static IReadOnlyList<IReadOnlyList<Span>> Availability(GpuDetail found, int width)
    {
        var gpu = found.Gpu;
        string?[] facts =
        [
            gpu.ComputeCapability is { } capability ? $"compute capability {Printable.Line(capability)}" : null,
            gpu.BandwidthGBs is { } bandwidth ? $"{bandwidth:#,0} GB/s" : null,
            gpu.HalfTflops is { } tflops ? $"{tflops:#,0} TFLOPS in half precision" : null,
            gpu.Precisions is null ? null : $"computes {Precisions(gpu)}",
        ];
        var lines = new List<IReadOnlyList<Span>>(Layout.Fit(
            new Entry("gpu", $"{Printable.Line(gpu.Model)}, {Printable.Line(gpu.Vendor)}, {Format.GpuMemory(gpu.MemoryMiB)}", string.Join(", ", facts.Where(fact => fact is not null))), width));
        if (found.Instances is [])
        {
            return [.. lines, [new Span("No offer with it matches.")]];
        }

        lines.AddRange(Layout.Table(
            ["INSTANCE", "CLOUD", "GPUS", "VCPUS", "MEMORY", "ON-DEMAND", "SPOT", "PER GPU", "REGIONS"],
            [.. found.Instances.Select(instance => (IReadOnlyList<string>)
            [
                Printable.Line(instance.InstanceType),
                Wire.Name(instance.Cloud),
                $"{instance.Gpu.Count:0.###}",
                $"{instance.Vcpus:0.#}",
                $"{instance.MemoryGiB:#,0.#} GiB",
                Price(instance.OnDemandFrom),
                Price(instance.SpotFrom),
                Price(Least(instance.OnDemandPerGpu, instance.SpotPerGpu)),
                Regions(instance.Regions),
            ])],
            width,
            2,
            3,
            4,
            5,
            6,
            7));
        lines.Add([new Span("Prices are the lowest in USD per hour; regions are in the order of their prices.", Tone.Faint)]);
        return lines;
    }

    private static decimal? Least(decimal? a, decimal? b) => a is null || b < a ? b : a;

    private static string Price(decimal? usd) => usd is { } price ? $"{price:#,0.0000}" : "-";

    private static string Precisions(GpuSummary gpu) => gpu.Precisions is { Count: > 0 } known ? string.Join(' ', known.Select(Wire.Name)) : "-";

    private static string Regions(IReadOnlyList<GpuRegion> regions) =>
        string.Join(' ', regions.Take(ShownRegions).Select(region => Printable.Line(region.Region))) + (regions.Count > ShownRegions ? $" +{regions.Count - ShownRegions}" : "");
}
