using System.Globalization;
using System.Text;
using System.Xml;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Spot prices of one region of EC2 by zone, from <c>DescribeSpotPriceHistory</c> (EC2 API Reference, version 2016-11-15) from now on, which answers
/// with the price that holds. Each region is a source of its own, because what a source does not tell is gone: a region that does not answer keeps
/// its prices, and the others renew theirs.
/// </summary>
internal sealed class AwsSpot(string region, AwsSpotOptions options, AwsApi aws, TimeProvider time) : IOfferSource
{
    public const string Prefix = "aws-spot-";

    private const int MaxPages = 100;

    // EC2 takes up to 200 values in one filter.
    private const int TypesPerQuestion = 150;

    /// <summary>The regions that are switched on for every AWS account.</summary>
    public static readonly IReadOnlyList<string> Regions =
    [
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1",
        "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    ];

    private readonly string _host = $"ec2.{region}.amazonaws.com";

    public string Name { get; } = Prefix + region;

    public string? Missing => !options.Enabled ? $"Set {PriceSourcesOptions.Section}:AwsSpot:Enabled=true." : aws.HasCredentials ? null : AwsCredentials.Missing;

    public TimeSpan Every => options.Every;

    public async Task<PriceBatch> FetchAsync(CancellationToken cancellationToken)
    {
        var history = new AwsSpotHistory(Name, region, time.GetUtcNow());
        foreach (var types in InstanceShapes.Of(Cloud.Aws).Select(shape => shape.InstanceType).Chunk(TypesPerQuestion))
        {
            await ReadAsync(types, history, cancellationToken);
        }

        return history.ToBatch();
    }

    private async Task ReadAsync(string[] types, AwsSpotHistory history, CancellationToken cancellationToken)
    {
        string? token = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var body = await aws.PostAsync(
                options.Endpoint, _host, region, "ec2", "application/x-www-form-urlencoded; charset=utf-8", null, Question(types, token), "ec2:DescribeSpotPriceHistory", cancellationToken);
            var next = Read(body, history);
            if (next is null or "")
            {
                return;
            }

            if (next == token)
            {
                break;
            }

            token = next;
        }

        throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The pages of {_host} do not end."));
    }

    private string? Read(byte[] body, AwsSpotHistory history)
    {
        try
        {
            return history.ReadPage(body);
        }
        catch (XmlException exception)
        {
            throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The answer of {_host} is no XML that can be read."), exception);
        }
    }

    private byte[] Question(string[] types, string? token)
    {
        List<(string Name, string Value)> fields =
        [
            ("Action", "DescribeSpotPriceHistory"),
            ("Version", "2016-11-15"),
            ("StartTime", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            ("MaxResults", "1000"),
            ("Filter.1.Name", "product-description"),
            .. AwsSpotHistory.Linux.Select((product, place) => ($"Filter.1.Value.{place + 1}", product)),
            ("Filter.2.Name", "instance-type"),
            .. types.Select((type, place) => ($"Filter.2.Value.{place + 1}", type)),
            .. token is null ? [] : new[] { ("NextToken", token) },
        ];
        return Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}")));
    }
}

/// <summary>The newest price of each instance type and zone.</summary>
internal sealed class AwsSpotHistory(string source, string region, DateTimeOffset now)
{
    /// <summary>The same prices under their name of today and that of the days of EC2-Classic.</summary>
    public static readonly IReadOnlyList<string> Linux = ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"];

    private readonly PriceGathering _gathering = new();
    private readonly Dictionary<(string Type, string Zone), (DateTimeOffset At, decimal Price)> _newest = [];

    public PriceBatch ToBatch()
    {
        foreach (var ((type, zone), (_, price)) in _newest)
        {
            _gathering.Assembled(OfferRow.Of(InstanceShapes.Find(Cloud.Aws, type)!, region, zone, Capacity.Spot, price, PriceConfidence.Listed, source));
        }

        return _gathering.ToBatch(now);
    }

    /// <summary>Takes in one page: <c>spotPriceHistorySet/item</c> with text elements, and <c>nextToken</c>, which is returned.</summary>
    /// <exception cref="XmlException">It is no such page.</exception>
    public string? ReadPage(byte[] body)
    {
        using var reader = PriceSourceXml.Reader(body);
        if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "DescribeSpotPriceHistoryResponse")
        {
            throw new XmlException("It is no price history.");
        }

        string? next = null;
        Dictionary<string, string>? item = null;

        // The name of the open element at each depth: 1 is the set or the token, 2 an item, 3 its members.
        var path = new string[PriceSourceXml.MaxDepth + 1];
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Depth > PriceSourceXml.MaxDepth:
                    throw new XmlException("It is nested too deep.");
                case XmlNodeType.Element:
                    path[reader.Depth] = reader.LocalName;
                    item = reader is { Depth: 2, LocalName: "item", IsEmptyElement: false } && path[1] == "spotPriceHistorySet" ? new Dictionary<string, string>(StringComparer.Ordinal) : item;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when reader.Depth == 4 && item is not null:
                    item[path[3]] = reader.Value;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA when reader.Depth == 2 && path[1] == "nextToken":
                    next = reader.Value;
                    break;
                case XmlNodeType.EndElement when reader.Depth == 2 && item is not null:
                    Take(item);
                    item = null;
                    break;
            }
        }

        return next;
    }

    private void Take(Dictionary<string, string> item)
    {
        _gathering.Row();
        var (type, zone) = (item.GetValueOrDefault("instanceType", ""), item.GetValueOrDefault("availabilityZone", ""));
        if (InstanceShapes.Find(Cloud.Aws, type) is null)
        {
            _gathering.WithoutGpu();
        }
        else if (!Linux.Contains(item.GetValueOrDefault("productDescription", ""), StringComparer.Ordinal) || !PriceText.IsName(zone) || !zone.StartsWith(region, StringComparison.Ordinal)
            || !DateTimeOffset.TryParse(item.GetValueOrDefault("timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            _gathering.Quarantine(type, region, Capacity.Spot, QuarantineRules.BadField, "Product, zone or time cannot be read.");
        }
        else if (PriceNumbers.Price(item.GetValueOrDefault("spotPrice", ""), out var price) != NumberKind.Number)
        {
            _gathering.Quarantine(type, region, Capacity.Spot, QuarantineRules.BadPrice, PriceText.BadPrice(item.GetValueOrDefault("spotPrice", "")));
        }
        else
        {
            _gathering.Part();
            if (!_newest.TryGetValue((type, zone), out var known) || known.At < at)
            {
                _newest[(type, zone)] = (at, price);
            }
        }
    }
}
