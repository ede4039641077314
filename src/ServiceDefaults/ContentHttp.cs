using System.Net;
using System.Net.Http.Headers;

namespace Terradev.ServiceDefaults;

/// <summary>
/// HTTP to the hosts that hubs send their callers to for large files. The hub chooses the address, so it gets neither the token nor a
/// way into private networks, unless the hub itself is in one.
/// </summary>
public static class ContentHttp
{
    /// <summary>
    /// Adds the named client. Only GET requests with <see cref="HubHttp.ReadAtMost"/>; up to five redirects are followed; what gave no
    /// usable answer in five seconds throws <see cref="HubUnavailableException"/>.
    /// </summary>
    /// <param name="hub">The hub that redirects here.</param>
    public static void AddContentHttp(this IServiceCollection services, string name, Func<IServiceProvider, HubEndpoint> hub) =>
        services.AddHttpClient(name)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigureHttpClient(client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.Add(HubHttp.UserAgent);
            })
            .ConfigurePrimaryHttpMessageHandler(provider =>
            {
                var host = hub(provider).Address.IdnHost;
                return new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    AutomaticDecompression = DecompressionMethods.None,
                    ConnectTimeout = HubHttp.ConnectTimeout,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                    MaxResponseHeadersLength = 64,
                    UseCookies = false,
                    ConnectCallback = (context, cancellationToken) => ConnectAsync(context, host, cancellationToken),
                };
            })
            .AddHttpMessageHandler(provider => new ContentHandler(hub(provider).Address.Scheme));

    private static ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, string hub, CancellationToken cancellationToken) => PublicAddress.ConnectAsync(
        context,
        async (_, cancellation) => !(await PublicAddress.ResolveAsync(hub, cancellation)).All(PublicAddress.Is),
        (host, fault) => new HubUnavailableException($"The hub redirects to {host}, which {fault}; it is not followed."),
        cancellationToken);
}

/// <summary>Follows redirects and reads the body up to its limit, all within one attempt's time. Plain http is for hubs that speak it themselves.</summary>
internal sealed class ContentHandler(string hubScheme) : DelegatingHandler
{
    private const int MaxRedirects = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get || !request.Options.TryGetValue(HubHttp.ReadAtMost, out _))
        {
            throw new NotSupportedException("Content is only read, and only up to a limit.");
        }

        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(HubHttp.AttemptTimeout);
        try
        {
            return await FollowAsync(request, attempt.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubUnavailableException($"{request.RequestUri?.Host} did not answer in time.", exception);
        }
        catch (HttpRequestException exception) when (exception.InnerException is HubUnavailableException refused)
        {
            throw new HubUnavailableException(refused.Message, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new HubUnavailableException($"{request.RequestUri?.Host} cannot be reached ({exception.HttpRequestError}).", exception);
        }
        catch (IOException exception)
        {
            throw new HubUnavailableException($"The answer of {request.RequestUri?.Host} broke off.", exception);
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage original, CancellationToken cancellationToken)
    {
        var address = original.RequestUri!;
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            if (address.Scheme != Uri.UriSchemeHttps && (address.Scheme != Uri.UriSchemeHttp || hubScheme != Uri.UriSchemeHttp))
            {
                throw new HubUnavailableException("The hub redirects to an address that is not https, which is not followed.");
            }

            var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = original.Version, VersionPolicy = original.VersionPolicy };
            request.Headers.UserAgent.Add(HubHttp.UserAgent);
            request.Headers.Range = original.Headers.Range;
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            var response = await base.SendAsync(request, cancellationToken);
            if (HubHttp.RedirectOf(response) is { } target)
            {
                response.Dispose();
                address = target;
                continue;
            }

            response.Content = await HubBody.ReadAsync(response, original, int.MaxValue, cancellationToken);
            return response;
        }

        throw new HubUnavailableException("The hub redirects in circles.");
    }
}
