using System.Text.Json;
using System.Text.RegularExpressions;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// On-demand prices of EC2's GPU instances in all regions, from <c>GetProducts</c> of the AWS Price List Query API: Linux, shared tenancy, nothing
/// preinstalled. A page holds products as JSON in strings, each with its terms ("Finding services and products using the AWS Price List Query API").
/// </summary>
internal sealed class AwsPriceList(LiveSourceOptions options, AwsApi aws, TimeProvider time) : IOfferSource
{
    public const string SourceName = "aws-price-list";

    private const string Host = "api.pricing.us-east-1.amazonaws.com";
    private const int PageSize = 100;
    private const int MaxPages = 1000;

    private static readonly (string Field, string Value)[] Filters =
    [
        ("instanceFamily", "GPU instance"),
        ("operatingSystem", "Linux"),
        ("tenancy", "Shared"),
        ("preInstalledSw", "NA"),
        ("capacitystatus", "Used"),
        ("marketoption", "OnDemand"),
    ];

    public string Name => SourceName;

    public string? Missing => !options.Enabled ? $"Set {PriceSourcesOptions.Section}:AwsPriceList:Enabled=true." : aws.HasCredentials ? null : AwsCredentials.Missing;

    public TimeSpan Every => options.Every;

    public async Task<PriceBatch> FetchAsync(CancellationToken cancellationToken)
    {
        var products = new AwsProducts(Name, time.GetUtcNow());
        string? token = null;
        for (var page = 0; page < MaxPages; page++)
        {
            using var answer = PriceSourceJson.Parse(await AskAsync(token, cancellationToken), Host);
            if (answer.RootElement.Member("PriceList").ValueKind != JsonValueKind.Array)
            {
                throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The answer of {Host} has no PriceList."));
            }

            foreach (var product in answer.RootElement.Member("PriceList").Items())
            {
                products.Read(product);
            }

            var next = answer.RootElement.Text("NextToken");
            if (next is null or "")
            {
                return products.ToBatch();
            }

            if (next == token)
            {
                break;
            }

            token = next;
        }

        throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The pages of {Host} do not end."));
    }

    private Task<byte[]> AskAsync(string? token, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
        {
            ["ServiceCode"] = "AmazonEC2",
            ["FormatVersion"] = "aws_v1",
            ["Filters"] = Filters.Select(filter => new { Type = "TERM_MATCH", filter.Field, filter.Value }),
            ["MaxResults"] = PageSize,
            ["NextToken"] = token,
        }.Where(member => member.Value is not null).ToDictionary());
        return aws.PostAsync(
            options.Endpoint, Host, "us-east-1", "pricing", "application/x-amz-json-1.1", "AWSPriceListService.GetProducts", body, "pricing:GetProducts", cancellationToken);
    }
}

/// <summary>Makes offers of the products of the AWS price list.</summary>
internal sealed partial class AwsProducts(string source, DateTimeOffset now)
{
    private readonly ImportedTypes _types = new();
    private readonly PriceGathering _gathering = new();

    public PriceBatch ToBatch() => _gathering.ToBatch(now);

    /// <param name="entry">A product and its terms, as JSON in a string.</param>
    public void Read(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.String)
        {
            _gathering.Row();
            _gathering.Quarantine(null, null, Capacity.OnDemand, QuarantineRules.BadField, "The entry is no text.");
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(entry.GetString()!);
            ReadProduct(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            _gathering.Row();
            _gathering.Quarantine(null, null, Capacity.OnDemand, QuarantineRules.BadField, "The entry is no JSON that can be read.");
        }
    }

    private void ReadProduct(JsonElement entry)
    {
        var attributes = entry.Member("product").Member("attributes");
        var (type, region) = (attributes.Text("instanceType") ?? "", attributes.Text("regionCode") ?? "");

        // GovCloud is for accounts of its own.
        if (region.StartsWith("us-gov-", StringComparison.Ordinal))
        {
            return;
        }

        _gathering.Row();
        if (!PriceText.IsName(type) || !PriceText.IsName(region) || Place(attributes.Text("locationType"), region) is not var (parent, zone))
        {
            Quarantine(QuarantineRules.BadField, $"Instance type, region or location type '{PriceText.Short(attributes.Text("locationType") ?? "")}' cannot be read.");
        }
        else if (attributes.Number("gpu") is null or 0 && InstanceShapes.Find(Cloud.Aws, type) is null)
        {
            _gathering.WithoutGpu();
        }
        else if (Shape(type, attributes) is { Shape: null } unknown)
        {
            Quarantine(unknown.Rule!, unknown.Detail!);
        }
        else if (Price(entry.Member("terms").Member("OnDemand")) is not { } dimension)
        {
            Quarantine(QuarantineRules.NoPrice, "There is no hourly on-demand price that is in effect.");
        }
        else if (dimension.Member("pricePerUnit").Number("USD") is not { } price)
        {
            Quarantine(QuarantineRules.BadPrice, "The price is no amount in USD.");
        }
        else
        {
            _gathering.Offer(OfferRow.Of(Shape(type, attributes).Shape!, parent, zone, Capacity.OnDemand, price, PriceConfidence.Listed, source));
        }

        void Quarantine(string rule, string detail) => _gathering.Quarantine(type, region, Capacity.OnDemand, rule, detail);
    }

    // Zones away from a region are regions of their own in the price list, named after their group: us-west-2-lax-1.
    private static (string Region, string? Zone)? Place(string? locationType, string region) => locationType switch
    {
        "AWS Region" => (region, null),
        "AWS Local Zone" or "AWS Wavelength Zone" when ZoneGroup().Match(region) is { Success: true } group => (group.Groups["region"].Value, region),
        _ => null,
    };

    // The term that took effect last. Prices of the future are listed before they hold.
    private JsonElement? Price(JsonElement terms) => terms.Values()
        .Where(term => term.Time("effectiveDate") is not { } from || from <= now)
        .OrderByDescending(term => term.Time("effectiveDate") ?? DateTimeOffset.MinValue)
        .SelectMany(term => term.Member("priceDimensions").Values())
        .Where(dimension => dimension.Text("unit") == "Hrs")
        .Select(dimension => (JsonElement?)dimension).FirstOrDefault();

    // The list counts GPUs and does not name them; the GPUs of a family are those of its types that ship.
    private CheckedType Shape(string type, JsonElement attributes)
    {
        if (InstanceShapes.Find(Cloud.Aws, type) is { } shipped)
        {
            return CheckedType.Is(shipped);
        }

        var family = type[..(type.IndexOf('.', StringComparison.Ordinal) + 1)];
        var relatives = InstanceShapes.Of(Cloud.Aws).Where(shape => family.Length > 0 && shape.InstanceType.StartsWith(family, StringComparison.Ordinal)).DistinctBy(shape => shape.Gpu.Model).ToList();
        return relatives is not [var relative]
            ? CheckedType.Breaks(QuarantineRules.UnknownGpu, $"It is not known which GPU '{PriceText.Short(type)}' has.")
            : _types.Check(new ImportedType(
                Cloud.Aws, type, relative.Gpu.Model, attributes.Number("gpu") ?? 0, null, attributes.Number("vcpu"), Memory(attributes.Text("memory")), null, relative.Architecture));
    }

    private static decimal? Memory(string? text) =>
        text is not null && text.EndsWith(" GiB", StringComparison.Ordinal) && PriceNumbers.Number(text[..^4], out var memory) == NumberKind.Number ? memory : null;

    [GeneratedRegex("^(?<region>[a-z]{2}(-[a-z]+)+-[0-9])-[a-z0-9-]+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ZoneGroup();
}
