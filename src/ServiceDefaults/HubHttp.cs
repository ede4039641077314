using System.Collections.Concurrent;
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

    /// <summary>Set on a request, it has only so many bytes of the body read, and the rest left with the hub.</summary>
    public static readonly HttpRequestOptionsKey<int> ReadAtMost = new("terradev.read-at-most");

    // Two attempts to connect are what opens the circuit: a hub that swallows packets costs 2 s once in 30 s, and nothing in between.
    internal static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    internal static ProductInfoHeaderValue UserAgent { get; } = new("Terradev", typeof(HubHttp).Assembly.GetName().Version?.ToString(3));

    /// <summary>Where a redirect leads; null for every other answer, and for a redirect to nowhere.</summary>
    public static Uri? RedirectOf(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            && response is { Headers.Location: { } location, RequestMessage.RequestUri: { } address } && Uri.TryCreate(address, location, out var target)
            ? target
            : null;

    /// <summary>
    /// Adds the named client. Only GET requests; redirects are followed on the same host alone; a request that got no usable
    /// answer throws <see cref="HubUnavailableException"/>; every status code is returned with its body already read.
    /// </summary>
    /// <param name="decompression">None for parts of files, which are asked for by their place in the file.</param>
    public static void AddHubHttp(
        this IServiceCollection services, string name, Func<IServiceProvider, HubEndpoint> endpoint, int maxBodyBytes, DecompressionMethods decompression = DecompressionMethods.All)
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
                client.DefaultRequestHeaders.UserAgent.Add(UserAgent);
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = decompression,
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

    private TimeSpan? AskedWait(HttpResponseMessage response) => HubRateLimit.AskedWait(response, time.GetUtcNow());

    private static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
