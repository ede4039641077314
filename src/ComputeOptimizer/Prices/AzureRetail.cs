using System.Text.Json;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// On-demand and spot prices of Azure's GPU machines with Linux in all regions, from the Azure Retail Prices API (version 2023-01-01-preview), which
/// asks for no key. What the filter lets through is checked again, row by row.
/// </summary>
internal sealed class AzureRetail(LiveSourceOptions options, PriceSourceClient client, TimeProvider time) : IOfferSource
{
    public const string SourceName = "azure-retail";

    private const string DefaultEndpoint = "https://prices.azure.com/api/retail/prices";
    private const int MaxPages = 1000;

    private const string Filter =
        "serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and (contains(armSkuName, 'Standard_NC') or contains(armSkuName, 'Standard_ND') or contains(armSkuName, 'Standard_NV'))";

    public string Name => SourceName;

    public string? Missing => options.Enabled ? null : $"Set {PriceSourcesOptions.Section}:Azure:Enabled=true.";

    public TimeSpan Every => options.Every;

    public async Task<PriceBatch> FetchAsync(CancellationToken cancellationToken)
    {
        var items = new AzureItems(Name, time.GetUtcNow());
        var start = new Uri($"{options.Endpoint ?? DefaultEndpoint}?api-version=2023-01-01-preview&currencyCode='USD'&$filter={Uri.EscapeDataString(Filter)}");
        var seen = new HashSet<Uri>();
        for (var (page, address) = (0, start); page < MaxPages && seen.Add(address); page++)
        {
            using var answer = PriceSourceJson.Parse(
                await client.AskAsync(() => new HttpRequestMessage(HttpMethod.Get, address), "The Retail Prices API needs no credentials: check what is between here and it.", cancellationToken), start.Host);
            if (answer.RootElement.Member("Items").ValueKind != JsonValueKind.Array)
            {
                throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The answer of {start.Host} has no Items."));
            }

            foreach (var item in answer.RootElement.Member("Items").Items())
            {
                items.Read(item);
            }

            if (answer.RootElement.Text("NextPageLink") is not { Length: > 0 } link)
            {
                return items.ToBatch();
            }

            address = Uri.TryCreate(link, UriKind.Absolute, out var next) && Uri.Compare(next, start, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
                ? next
                : throw new PriceSourceException(PriceSourceRefusals.Unreadable($"{start.Host} leads to a next page elsewhere, which is not followed."));
        }

        throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The pages of {start.Host} do not end."));
    }
}

/// <summary>Makes offers of the meters of Azure's price list.</summary>
internal sealed class AzureItems(string source, DateTimeOffset now)
{
    private readonly PriceGathering _gathering = new();
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly Dictionary<OfferKey, (DateTimeOffset From, OfferRow Offer)> _newest = [];

    public PriceBatch ToBatch()
    {
        foreach (var (_, offer) in _newest.Values)
        {
            _gathering.Assembled(offer);
        }

        return _gathering.ToBatch(now);
    }

    public void Read(JsonElement item)
    {
        var (type, region, sku, meter) = (item.Text("armSkuName") ?? "", item.Text("armRegionName") ?? "", item.Text("skuName") ?? "", item.Text("meterName") ?? "");
        var product = item.Text("productName") ?? "";
        if (IsOther(item, region, product) || IsKind("Low Priority", sku, meter))
        {
            return;
        }

        _gathering.Row();
        var capacity = IsKind("Spot", sku, meter) ? Capacity.Spot : Capacity.OnDemand;
        if (!PriceText.IsName(type) || !PriceText.IsName(region) || item.Text("currencyCode") != "USD" || item.Text("unitOfMeasure") != "1 Hour")
        {
            _gathering.Quarantine(type, region, capacity, QuarantineRules.BadField, "Machine, region, currency or unit is missing or another one than expected.");
        }
        else if (InstanceShapes.Find(Cloud.Azure, type) is not { } shape)
        {
            Unknown(type, region, capacity);
        }
        else if (item.Number("retailPrice") is not { } price)
        {
            _gathering.Quarantine(type, region, capacity, QuarantineRules.BadPrice, "The price is no number.");
        }
        else if (item.Time("effectiveStartDate") is not { } from)
        {
            _gathering.Quarantine(type, region, capacity, QuarantineRules.BadField, "It is not told from when on the price holds.");
        }
        else
        {
            Take(OfferRow.Of(shape, region, null, capacity, price, PriceConfidence.Listed, source), from);
        }
    }

    // Reservations, Windows, hosts of one's own, and the clouds of governments, which are for accounts of their own.
    private static bool IsOther(JsonElement item, string region, string product) =>
        item.Text("type") != "Consumption" || product.Contains("Windows", StringComparison.OrdinalIgnoreCase) || product.Contains("Dedicated", StringComparison.OrdinalIgnoreCase)
        || region.StartsWith("usgov", StringComparison.OrdinalIgnoreCase) || region.StartsWith("usdod", StringComparison.OrdinalIgnoreCase);

    private static bool IsKind(string kind, string sku, string meter) =>
        sku.EndsWith(" " + kind, StringComparison.OrdinalIgnoreCase) || meter.EndsWith(" " + kind, StringComparison.OrdinalIgnoreCase);

    private void Take(OfferRow offer, DateTimeOffset from)
    {
        _gathering.Part();
        if (from <= now && (!_newest.TryGetValue(OfferKey.Of(offer), out var known) || known.From < from))
        {
            _newest[OfferKey.Of(offer)] = (from, offer);
        }
    }

    // Each is priced in dozens of regions.
    private void Unknown(string type, string region, Capacity capacity)
    {
        if (_unknown.Add(type))
        {
            _gathering.Quarantine(type, region, capacity, QuarantineRules.UnknownGpu, "The price list does not tell which GPUs this machine has, and it is not among those that ship.");
        }
        else
        {
            _gathering.QuarantineFurther(QuarantineRules.UnknownGpu);
        }
    }
}
