using System.Net.Http.Headers;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Terradev.ServiceDefaults;

/// <summary>Runs each request through the host's pipeline, follows redirects on the host, and reads the body up to its limit.</summary>
internal sealed class HubHandler(HubEndpoint endpoint, ResiliencePipeline<HttpResponseMessage> pipeline, int maxBodyBytes) : DelegatingHandler
{
    private const int MaxRedirects = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get)
        {
            throw new NotSupportedException("Hubs are only read: requests are repeated and redirected without their body.");
        }

        var host = endpoint.Address.Host;
        try
        {
            return await pipeline.ExecuteAsync(static async (state, token) => await state.Handler.AttemptAsync(state.Request, token), (Handler: this, Request: request), cancellationToken);
        }
        catch (BrokenCircuitException exception)
        {
            throw new HubUnavailableException($"{host} could not be reached a moment ago and is not asked again yet.", exception);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new HubUnavailableException($"{host} did not answer in time.", exception);
        }
        catch (HttpRequestException exception)
        {
            throw new HubUnavailableException($"{host} cannot be reached ({exception.HttpRequestError}).", exception);
        }
    }

    private async Task<HttpResponseMessage> AttemptAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await FollowAsync(request, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // SocketsHttpHandler reports its own ConnectTimeout as a cancellation.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connecting took too long.", exception);
        }
        catch (IOException exception)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer broke off.", exception);
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(HttpRequestMessage original, CancellationToken cancellationToken)
    {
        var address = original.RequestUri!;
        for (var hop = 0; ; hop++)
        {
            var response = await base.SendAsync(Request(original, address), cancellationToken);
            if (HubHttp.RedirectOf(response) is { } target && endpoint.IsAt(target))
            {
                response.Dispose();
                if (hop == MaxRedirects)
                {
                    throw new HubUnavailableException($"{endpoint.Address.Host} redirects in circles.");
                }

                address = target;
                continue;
            }

            response.Content = await HubBody.ReadAsync(response, original, maxBodyBytes, cancellationToken);
            return response;
        }
    }

    private HttpRequestMessage Request(HttpRequestMessage original, Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = original.Version, VersionPolicy = original.VersionPolicy };
        foreach (var header in original.Headers)
        {
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        request.Headers.Authorization = endpoint.Token is { } token && endpoint.IsAt(address) ? new AuthenticationHeaderValue(endpoint.Scheme, token) : null;
        return request;
    }
}
