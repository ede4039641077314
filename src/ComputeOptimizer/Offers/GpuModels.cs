using System.Collections.Frozen;
using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>What is known of a GPU beside its price, from file <c>Offers/gpus.csv</c>.</summary>
/// <param name="Name">As NVIDIA and the clouds write it, the size behind it where there are two: <c>A100</c>, <c>A100-80GB</c>.</param>
/// <param name="MemoryMiB">As the EC2 API reports it where it has that GPU, otherwise the name's gigabytes; <paramref name="MemorySource"/> says which.</param>
/// <param name="BandwidthGBs">10^9 bytes per second between GPU and its memory, from the maker's datasheet; null where none is known.</param>
/// <param name="HalfTflops">Dense half-precision tensor peak in 10^12 FLOPS, from the datasheets (half of figures "with sparsity"); null where none is known.</param>
public sealed record GpuModel(
    string Name, string Vendor, int MemoryMiB, string MemorySource, string? ComputeCapability, double? BandwidthGBs, double? HalfTflops);

/// <summary>The GPUs that are known, by name.</summary>
public static class GpuModels
{
    private static readonly FrozenDictionary<string, GpuModel> ByName = Read();

    public static IReadOnlyList<GpuModel> All => ByName.Values;

    /// <summary>The GPU of that name, in any case; null for one that is not known.</summary>
    public static GpuModel? Find(string name) => ByName.GetValueOrDefault(name);

    private static FrozenDictionary<string, GpuModel> Read()
    {
        using var resource = typeof(GpuModels).Assembly.GetManifestResourceStream("gpus.csv")
            ?? throw new InvalidOperationException("gpus.csv is not embedded in the assembly.");
        using var reader = new StreamReader(resource);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        var models = new List<GpuModel>();
        while (csv.Read())
        {
            models.Add(new GpuModel(
                csv.GetField<string>("name")!,
                csv.GetField<string>("vendor")!,
                csv.GetField<int>("memory_mib"),
                csv.GetField<string>("memory_source")!,
                csv.GetField<string>("compute_capability") is { Length: > 0 } capability ? capability : null,
                csv.GetField<double?>("bandwidth_gb_s"),
                csv.GetField<double?>("half_tflops")));
        }

        return models.ToFrozenDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
    }
}
