using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Puts the prices of Google's machines together, which are sold in parts: vCPUs x core + GiB x RAM + GPUs x GPU, and the local SSD that some types
/// always have. Parts are known by the descriptions of their SKUs, such as <c>Nvidia L4 GPU running in Iowa</c> or
/// <c>Spot Preemptible G2 Instance Core running in Iowa</c>.
/// </summary>
internal sealed partial class GcpSkus(string source, DateTimeOffset now)
{
    private const decimal HoursPerMonth = 730;
    private const string LocalSsd = "local SSD";

    private static readonly FrozenDictionary<string, string> Gpus = new Dictionary<string, string>
    {
        ["L4"] = "L4",
        ["TESLA A100"] = "A100",
        ["TESLA A100 80GB"] = "A100-80GB",
        ["A100 80GB"] = "A100-80GB",
        ["H100 80GB"] = "H100",
        ["H100 80GB MEGA"] = "H100-MEGA",
        ["H100 80GB PLUS"] = "H100-MEGA",
        ["H200 141GB"] = "H200",
        ["B200"] = "B200",
        ["RTX PRO 6000"] = "RTXPRO6000",
        ["RTX 6000 96GB"] = "RTXPRO6000",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly PriceGathering _gathering = new();
    private readonly Dictionary<(string Part, string Region, Capacity Capacity), decimal> _parts = [];

    public void Read(JsonElement sku)
    {
        var category = sku.Member("category");
        Capacity? bought = category.Text("usageType") switch { "OnDemand" => Capacity.OnDemand, "Preemptible" => Capacity.Spot, _ => null };
        _gathering.Row();
        if (bought is not { } capacity || Part(sku.Text("description") ?? "") is not var (part, unit))
        {
            _gathering.WithoutGpu();
        }
        else if (Price(sku, unit) is not { } price)
        {
            _gathering.Quarantine(null, null, capacity, QuarantineRules.BadPrice, $"The price of '{PriceText.Short(sku.Text("description")!)}' is no amount in USD by {unit}, or below 0.");
        }
        else
        {
            _gathering.Part();
            foreach (var region in sku.Member("serviceRegions").Items().Where(region => region.ValueKind == JsonValueKind.String).Select(region => region.GetString()!).Where(PriceText.IsName))
            {
                // Sold by the month, and paid by the hour.
                _parts.TryAdd((part, region, capacity), part == LocalSsd ? price / HoursPerMonth : price);
            }
        }
    }

    /// <summary>Each shipped type in each region that sells its GPU.</summary>
    public PriceBatch ToBatch()
    {
        var sold = _parts.Keys.Select(key => (key.Region, key.Capacity)).Distinct().OrderBy(place => place.Region, StringComparer.Ordinal).ThenBy(place => place.Capacity).ToList();
        foreach (var shape in InstanceShapes.Of(Cloud.Gcp))
        {
            foreach (var (region, capacity) in sold.Where(place => _parts.ContainsKey((shape.Gpu.Model, place.Region, place.Capacity))))
            {
                Assemble(shape, region, capacity);
            }

            if (!_parts.Keys.Any(key => key.Part == shape.Gpu.Model))
            {
                _gathering.Quarantine(shape.InstanceType, null, null, QuarantineRules.Incomplete, $"No SKU is known for the {shape.Gpu.Model}.");
            }
        }

        return _gathering.ToBatch(now);
    }

    private void Assemble(InstanceShape shape, string region, Capacity capacity)
    {
        var family = Family(shape.InstanceType);
        var (ssd, ssdKnown) = LocalSsdGiB(shape);
        List<(string Part, decimal Amount)> parts = [(shape.Gpu.Model, shape.Gpu.Count), ($"{family} core", shape.Vcpus), ($"{family} RAM", shape.MemoryGiB)];
        if (ssd > 0)
        {
            parts.Add((LocalSsd, ssd));
        }

        if (parts.Where(part => !_parts.ContainsKey((part.Part, region, capacity))).Select(part => part.Part).ToList() is [_, ..] missing)
        {
            _gathering.Quarantine(shape.InstanceType, region, capacity, QuarantineRules.Incomplete, $"The list does not tell the price of {string.Join(", ", missing)} there.");
            return;
        }

        try
        {
            var price = parts.Sum(part => part.Amount * _parts[(part.Part, region, capacity)]);
            _gathering.Assembled(OfferRow.Of(shape, region, null, capacity, price, ssdKnown ? PriceConfidence.Listed : PriceConfidence.Estimate, ssdKnown ? source : $"{source}, without local SSD"));
        }
        catch (OverflowException)
        {
            _gathering.Quarantine(shape.InstanceType, region, capacity, QuarantineRules.BadPrice, "The sum of the parts is no price.");
        }
    }

    // As Cloud Billing names it in the SKUs.
    private static string Family(string type) => type switch
    {
        _ when type.StartsWith("a3-mega", StringComparison.Ordinal) => "A3PLUS",
        _ when type.StartsWith("a3-ultra", StringComparison.Ordinal) => "A3ULTRA",
        _ => type[..type.IndexOf('-', StringComparison.Ordinal)].ToUpperInvariant(),
    };

    // "Machine types that automatically attach Local SSD disks" in the documentation of Compute Engine: 375 GiB each. The newer families have
    // Titanium SSD, whose price is not among these SKUs.
    private static (decimal GiB, bool Known) LocalSsdGiB(InstanceShape shape) => shape.InstanceType switch
    {
        _ when shape.InstanceType.StartsWith("a2-ultragpu-", StringComparison.Ordinal) => (375 * shape.Gpu.Count, true),
        _ when shape.InstanceType.StartsWith("a3-highgpu-", StringComparison.Ordinal) || shape.InstanceType.StartsWith("a3-megagpu-", StringComparison.Ordinal) => (750 * shape.Gpu.Count, true),
        _ when shape.InstanceType.StartsWith("a2-", StringComparison.Ordinal) || shape.InstanceType.StartsWith("g2-", StringComparison.Ordinal) => (0, true),
        _ => (0, false),
    };

    private static (string Part, string Unit)? Part(string description)
    {
        if (description.Length > 200)
        {
            return null;
        }

        if (GpuDescription().Match(description) is { Success: true } gpu && Gpus.TryGetValue(gpu.Groups["gpu"].Value, out var model))
        {
            return (model, "h");
        }

        if (HostDescription().Match(description) is { Success: true } host)
        {
            var family = host.Groups["family"].Value.ToUpperInvariant();
            return host.Groups["part"].Value == "Core" ? ($"{family} core", "h") : ($"{family} RAM", "GiBy.h");
        }

        return SsdDescription().IsMatch(description) ? (LocalSsd, "GiBy.mo") : null;
    }

    // The newest price list of the SKU, and its first tier: these parts have no others.
    private static decimal? Price(JsonElement sku, string unit)
    {
        var expression = sku.Member("pricingInfo").Items().OrderByDescending(info => info.Time("effectiveTime") ?? DateTimeOffset.MinValue).FirstOrDefault().Member("pricingExpression");
        var price = expression.Member("tieredRates").Items().FirstOrDefault().Member("unitPrice");
        var (units, nanos) = (price.Member("units").ValueKind == JsonValueKind.Undefined ? 0 : price.Number("units"), price.Member("nanos").ValueKind == JsonValueKind.Undefined ? 0 : price.Number("nanos"));
        return expression.Text("usageUnit") == unit && price.Text("currencyCode") == "USD" && units is >= 0 and <= 100_000 && nanos is >= 0 and < 1_000_000_000 && units + nanos > 0
            ? units + (nanos / 1_000_000_000m)
            : null;
    }

    [GeneratedRegex("^(Spot Preemptible )?Nvidia (?<gpu>[A-Za-z0-9 ]+) GPU( attached to Spot Preemptible VMs)? running in ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex GpuDescription();

    [GeneratedRegex("^(Spot Preemptible )?(?<family>A2|A3|A3Plus|A3Ultra|A4|G2|G4) Instance (?<part>Core|Ram) running in ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HostDescription();

    [GeneratedRegex("^SSD backed Local Storage( attached to Spot Preemptible VMs)?( in .*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SsdDescription();
}
