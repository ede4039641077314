using System.Net;
using Microsoft.Extensions.Options;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Fetches a price list from an address that a caller named. Whoever that is gets no way into private networks with it: only addresses of the
/// internet are connected to, after redirects too, unless the operator allows the host (<see cref="ImportsOptions.AllowedHosts"/>).
/// </summary>
internal sealed class FetchPrices(IHttpClientFactory clients)
{
    public const string Client = "price-lists";

    private const int MostRedirects = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What is wrong with an address before anything is asked; null where nothing is.</summary>
    public static string? Fault(string url) =>
        url.Length > 2000 || !Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            ? "It must be an absolute http or https address of at most 2000 characters."
            : address.UserInfo.Length > 0 ? "It must have no user name or password in it." : null;

    /// <summary>The body of the answer, which the caller disposes of; it is read as it arrives.</summary>
    /// <exception cref="PriceSourceException">The address is refused, does not answer, or answers with something else than a list.</exception>
    public async Task<Stream> OpenAsync(string url, CancellationToken cancellationToken)
    {
        var address = new Uri(url);
        for (var hop = 0; hop <= MostRedirects; hop++)
        {
            if (Fault(address.ToString()) is { } fault)
            {
                throw Unreachable($"{address.Host} leads to an address that is not followed: {fault}");
            }

            var response = await SendAsync(address, cancellationToken);
            if (HubHttp.RedirectOf(response) is { } target)
            {
                response.Dispose();
                address = target;
                continue;
            }

            return await BodyAsync(response, address, cancellationToken);
        }

        throw Unreachable($"{address.Host} redirects in circles.");
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.ParseAdd("identity");
        try
        {
            return await clients.CreateClient(Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.InnerException is PriceSourceException refused)
        {
            throw new PriceSourceException(refused.Refusal, exception);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable($"{address.Host} cannot be reached ({exception.HttpRequestError}).", exception);
        }
    }

    private static async Task<Stream> BodyAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        var fault = response.StatusCode != HttpStatusCode.OK ? $"{address.Host} answered with status {(int)response.StatusCode}."
            : response.Content.Headers.ContentEncoding.Count > 0 ? $"{address.Host} answered with compressed data, which is not read."
            : null;
        if (fault is not null || response.Content.Headers.ContentLength > PriceFileLimits.Bytes)
        {
            response.Dispose();
            throw fault is null ? new PriceSourceException(PriceRefusals.TooLarge) : Unreachable(fault);
        }

        return new PacedStream(await response.Content.ReadAsStreamAsync(cancellationToken), response, address.Host, Patience);
    }

    internal static PriceSourceException Unreachable(string detail, Exception? exception = null) => new(PriceRefusals.Unreachable(detail), exception);
}

internal static class PriceListHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    public static void AddPriceListHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ImportsOptions>().BindConfiguration(ImportsOptions.Section);
        builder.Services.AddSingleton<FetchPrices>();
        builder.Services.AddHttpClient(FetchPrices.Client)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigureHttpClient(client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("Terradev");
            })
            .ConfigurePrimaryHttpMessageHandler(services =>
            {
                var allowed = services.GetRequiredService<IOptions<ImportsOptions>>().Value.AllowedHosts;
                return new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    AutomaticDecompression = DecompressionMethods.None,
                    ConnectTimeout = ConnectTimeout,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                    MaxResponseHeadersLength = 64,
                    UseCookies = false,
                    ConnectCallback = (context, cancellationToken) => PublicAddress.ConnectAsync(
                        context,
                        (host, _) => ValueTask.FromResult(allowed.Contains(host.Trim('[', ']'), StringComparer.OrdinalIgnoreCase)),
                        (host, fault) => FetchPrices.Unreachable($"{host} {fault}, which is not asked for prices."),
                        cancellationToken),
                };
            });
    }
}
