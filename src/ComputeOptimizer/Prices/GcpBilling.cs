using System.Text.Json;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// On-demand and spot prices of Google Cloud's GPU machines in all regions, from the SKUs of Compute Engine in the Cloud Billing Catalog API
/// (<c>services/6F81-5844-456A/skus</c>). The key goes into a header, so that no address, error or trace has it.
/// </summary>
internal sealed class GcpBilling(GcpSourceOptions options, PriceSourceClient client, IConfiguration configuration, TimeProvider time) : IOfferSource
{
    public const string SourceName = "gcp-billing";

    private const string DefaultEndpoint = "https://cloudbilling.googleapis.com";
    private const int PageSize = 5000;
    private const int MaxPages = 200;

    public string Name => SourceName;

    public string? Missing => !options.Enabled ? $"Set {PriceSourcesOptions.Section}:Gcp:Enabled=true."
        : Key is null ? $"Set GOOGLE_API_KEY or {PriceSourcesOptions.Section}:Gcp:ApiKey to an API key of a project that has the Cloud Billing API." : null;

    public TimeSpan Every => options.Every;

    private string? Key => options.ApiKey is { Length: > 0 } key ? key : configuration["GOOGLE_API_KEY"] is { Length: > 0 } variable ? variable : null;

    public async Task<PriceBatch> FetchAsync(CancellationToken cancellationToken)
    {
        var skus = new GcpSkus(Name, time.GetUtcNow());
        var start = new Uri($"{(options.Endpoint ?? DefaultEndpoint).TrimEnd('/')}/v1/services/6F81-5844-456A/skus?currencyCode=USD&pageSize={PageSize}");
        string? token = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var address = token is null ? start : new Uri($"{start}&pageToken={Uri.EscapeDataString(token)}");
            using var answer = PriceSourceJson.Parse(await AskAsync(address, cancellationToken), start.Host);
            if (answer.RootElement.Member("skus").ValueKind != JsonValueKind.Array)
            {
                throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The answer of {start.Host} has no skus."));
            }

            foreach (var sku in answer.RootElement.Member("skus").Items())
            {
                skus.Read(sku);
            }

            var next = answer.RootElement.Text("nextPageToken");
            if (next is null or "")
            {
                return skus.ToBatch();
            }

            if (next == token)
            {
                break;
            }

            token = next;
        }

        throw new PriceSourceException(PriceSourceRefusals.Unreadable($"The pages of {start.Host} do not end."));
    }

    private Task<byte[]> AskAsync(Uri address, CancellationToken cancellationToken) => client.AskAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("X-Goog-Api-Key", Key);
            return request;
        },
        "Check that the API key is valid, and that its project has the Cloud Billing API.",
        cancellationToken);
}
