using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Terradev.ServiceDefaults;

/// <summary>The hub gave no usable answer; the message says why in one sentence for the user.</summary>
public sealed class HubUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// HTTP to model and dataset hubs: bounded in time and size, patient with rate limits, and quick to give up on a hub that
/// does not answer, because every caller has older figures to fall back on.
/// </summary>
public static class HubHttp
{
    /// <summary>Largest metadata answer, in bytes after decompression.</summary>
    public const int MetadataBytes = 8 * 1024 * 1024;

    /// <summary>Largest small file, such as <c>config.json</c>, in bytes after decompression.</summary>
    public const int ConfigBytes = 1024 * 1024;

    // Two attempts to connect are what opens the circuit: a hub that swallows packets costs 2 s once in 30 s, and nothing in between.
    internal static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds the named client. Only GET requests; redirects are followed on the same host alone; a request that got no usable
    /// answer throws <see cref="HubUnavailableException"/>; every status code is returned with its body already read.
    /// </summary>
    public static void AddHubHttp(this IServiceCollection services, string name, Func<IServiceProvider, HubEndpoint> endpoint, int maxBodyBytes)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HubCircuits>();
        services.AddHttpClient(name)
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigureHttpClient((provider, client) =>
            {
                client.BaseAddress = endpoint(provider).Address;
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Terradev", typeof(HubHttp).Assembly.GetName().Version?.ToString(3)));
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = ConnectTimeout,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxResponseHeadersLength = 64,
                UseCookies = false,
            })
            .AddHttpMessageHandler(provider =>
            {
                var at = endpoint(provider);
                return new HubHandler(at, provider.GetRequiredService<HubCircuits>().For(at.Address), maxBodyBytes);
            });
    }
}

/// <summary>One pipeline a host, so that what one client learns about an unreachable hub all clients of the process know.</summary>
internal sealed class HubCircuits(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>> _pipelines = new(StringComparer.OrdinalIgnoreCase);

    public ResiliencePipeline<HttpResponseMessage> For(Uri address) =>
        _pipelines.GetOrAdd(address.GetLeftPart(UriPartial.Authority), _ => Build());

    private ResiliencePipeline<HttpResponseMessage> Build() => new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
        .AddTimeout(HubHttp.TotalTimeout)
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 2,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome switch
            {
                { Exception: HttpRequestException } => arguments.AttemptNumber == 0,
                { Result: { } response } => IsTransient(response.StatusCode) && (AskedWait(response) ?? TimeSpan.Zero) <= HubHttp.LongestWait,
                _ => false,
            }),
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome switch
            {
                { Exception: not null } => TimeSpan.FromMilliseconds(50),
                { Result: { } response } => AskedWait(response),
                _ => null,
            }),
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
        {
            MinimumThroughput = 2,
            FailureRatio = 0.05,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = HubHttp.BreakDuration,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is HttpRequestException or TimeoutRejectedException),
        })
        .AddTimeout(HubHttp.AttemptTimeout)
        .Build();

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    // Retry-After: 5, or the draft header that Hugging Face sends: RateLimit: "api";r=0;t=55
    private TimeSpan? AskedWait(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            return Positive(after.Delta ?? after.Date - time.GetUtcNow());
        }

        if (response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.TryGetValues("RateLimit", out var limits))
        {
            var parts = string.Join(';', limits).Split(';', StringSplitOptions.TrimEntries);
            if (parts.Contains("r=0")
                && parts.FirstOrDefault(part => part.StartsWith("t=", StringComparison.Ordinal)) is { } reset
                && int.TryParse(reset.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return TimeSpan.FromSeconds(seconds + 1d);
            }
        }

        return null;
    }

    private static TimeSpan? Positive(TimeSpan? wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
}

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
            if (Target(response, address) is { } target && endpoint.IsAt(target))
            {
                response.Dispose();
                if (hop == MaxRedirects)
                {
                    throw new HubUnavailableException($"{endpoint.Address.Host} redirects in circles.");
                }

                address = target;
                continue;
            }

            response.Content = await ReadAsync(response, cancellationToken);
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

    private static Uri? Target(HttpResponseMessage response, Uri address) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && response.Headers.Location is { } location
            ? new Uri(address, location)
            : null;

    private async Task<HttpContent> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > maxBodyBytes)
            {
                response.Dispose();
                throw new HubUnavailableException($"{endpoint.Address.Host} answered with more than {maxBodyBytes / (1024 * 1024)} MiB, which is not read.");
            }

            buffer.Write(chunk, 0, read);
        }

        var content = new ByteArrayContent(buffer.ToArray());
        content.Headers.ContentType = response.Content.Headers.ContentType;
        return content;
    }
}
