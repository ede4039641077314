using System.Globalization;
using System.Security.Cryptography;
using CsvHelper;
using CsvHelper.Configuration;
using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>
/// The prices and shapes that ship with the product, file <c>Offers/catalog.csv</c>: one row per instance type, region and
/// capacity, with an empty price where no source tells one.
/// <list type="bullet">
/// <item><c>price_basis</c>: <c>listed</c>, <c>estimate</c> (the source column says of what) or <c>unknown</c>.</item>
/// <item><c>gpu_memory_source</c>: <c>aws-api</c>, what the EC2 API reports; <c>aws-api-same-gpu</c>, its figure for the same GPU (times
/// the fraction for a slice) where the cloud publishes none; <c>aws-api-a10g</c>, its A10G figure for the A10, the same 24 GB;
/// <c>nominal</c>, the name's gigabytes as GiB; <c>nominal-decimal</c>, the name's gigabytes as 10^9 bytes, the smaller reading,
/// where nothing better is known.</item>
/// <item><c>offered</c>: <c>current</c>, or <c>withdrawn</c> for types that are priced but no longer listed.</item>
/// </list>
/// </summary>
public sealed record BuiltInCatalog(string Sha256, IReadOnlyList<OfferRow> Rows)
{
    public const string Source = "built-in";

    /// <summary>Reads the embedded file.</summary>
    public static BuiltInCatalog Load()
    {
        using var resource = typeof(BuiltInCatalog).Assembly.GetManifestResourceStream("catalog.csv")
            ?? throw new InvalidOperationException("catalog.csv is not embedded in the assembly.");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        content.Position = 0;
        return new BuiltInCatalog(Convert.ToHexStringLower(SHA256.HashData(content.ToArray())), Read(content));
    }

    /// <summary>The catalogue as an import; each of its prices has its own day.</summary>
    public PriceBatch ToBatch() => new(Rows.Max(row => row.PriceAsOf)!.Value, Rows, Rows.Count, Rows.Count, 0, []);

    private static List<OfferRow> Read(Stream content)
    {
        using var reader = new StreamReader(content);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        var rows = new List<OfferRow>();
        while (csv.Read())
        {
            rows.Add(ReadRow(csv));
        }

        return rows;
    }

    private static OfferRow ReadRow(CsvReader csv) => new()
    {
        Cloud = Word<Cloud>(csv, "cloud"),
        Region = csv.GetField<string>("region")!,
        InstanceType = csv.GetField<string>("instance_type")!,
        Capacity = Word<Capacity>(csv, "capacity"),
        PricePerHour = csv.GetField<decimal?>("price_per_hour"),
        PriceBasis = Word<PriceConfidence>(csv, "price_basis"),
        PriceSource = csv.GetField<string>("price_source")!,
        PriceAsOf = DateTimeOffset.ParseExact(csv.GetField<string>("price_as_of")!, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        InterruptionBand = Text(csv, "interruption_band"),
        GpuModel = csv.GetField<string>("gpu_model")!,
        GpuVendor = csv.GetField<string>("gpu_vendor")!,
        GpuCount = csv.GetField<decimal>("gpu_count"),
        GpuMemoryMiB = csv.GetField<int>("gpu_memory_mib"),
        GpuMemorySource = csv.GetField<string>("gpu_memory_source")!,
        ComputeCapability = Text(csv, "compute_capability"),
        Interconnect = csv.GetField<bool>("nvlink") ? Interconnect.Nvlink : Interconnect.Pcie,
        Vcpus = csv.GetField<decimal>("vcpus"),
        MemoryGiB = csv.GetField<decimal>("memory_gib"),
        LocalDiskGB = csv.GetField<int?>("local_disk_gb"),
        Architecture = csv.GetField<string>("architecture") switch
        {
            "x86_64" => CpuArchitecture.X64,
            "arm64" => CpuArchitecture.Arm64,
            var other => throw Unreadable(csv, "architecture", other),
        },
        Withdrawn = csv.GetField<string>("offered") switch
        {
            "current" => false,
            "withdrawn" => true,
            var other => throw Unreadable(csv, "offered", other),
        },
        Note = Text(csv, "note"),
    };

    private static T Word<T>(CsvReader csv, string column)
        where T : struct, Enum =>
        Wire.TryParse<T>(csv.GetField<string>(column), out var value) ? value : throw Unreadable(csv, column, csv.GetField<string>(column));

    private static string? Text(CsvReader csv, string column) => csv.GetField<string>(column) is { Length: > 0 } text ? text : null;

    private static InvalidDataException Unreadable(CsvReader csv, string column, string? value) =>
        new($"catalog.csv, line {csv.Parser.RawRow}: '{value}' is not a value of {column}.");
}
