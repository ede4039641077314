using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Terradev.ServiceDefaults;

/// <summary>One cache per process: Redis when <c>ConnectionStrings:redis</c> is set, otherwise memory.</summary>
public static class Cache
{
    private const long MemoryBytes = 64 * 1024 * 1024;

    /// <summary>Called by every module that uses <see cref="IDistributedCache"/>; the first call counts.</summary>
    public static void AddCache(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IDistributedCache)))
        {
            return;
        }

        var connectionString = builder.Configuration.GetConnectionString("redis");
        if (string.IsNullOrEmpty(connectionString))
        {
            builder.Services.AddDistributedMemoryCache(options => options.SizeLimit = MemoryBytes);
            return;
        }

        builder.Services.TryAddSingleton(services => new RedisCache(connectionString, services.GetRequiredService<ILogger<RedisCache>>()));
        builder.Services.AddSingleton<IDistributedCache>(services => services.GetRequiredService<RedisCache>());
        builder.Services.AddHealthChecks().AddCheck<RedisHealth>("redis");
    }
}

/// <summary>
/// Plain string keys with an expiry. While Redis is down every read is a miss and every write is dropped, at most
/// 250 ms later: what is cached can always be had again.
/// </summary>
internal sealed partial class RedisCache : IDistributedCache, IAsyncDisposable
{
    private const string KeyPrefix = "terradev:";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Task<ConnectionMultiplexer> _connection;
    private readonly ILogger<RedisCache> _logger;
    private int _down;

    public RedisCache(string connectionString, ILogger<RedisCache> logger)
    {
        _logger = logger;
        var options = ConfigurationOptions.Parse(connectionString);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 2000;
        options.SyncTimeout = 2000;
        _connection = ConnectionMultiplexer.ConnectAsync(options);
    }

    /// <summary>Whether Redis answers a PING.</summary>
    public async Task<bool> AnswersAsync() => await TryAsync(async redis => (await redis.PingAsync()) >= TimeSpan.Zero);

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        TryAsync(async redis => (byte[]?)await redis.StringGetAsync(KeyPrefix + key));

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        var expiry = Expiry(options);
        return TryAsync(redis => redis.StringSetAsync(KeyPrefix + key, value, expiry));
    }

    public Task RemoveAsync(string key, CancellationToken token = default) => TryAsync(redis => redis.KeyDeleteAsync(KeyPrefix + key));

    /// <summary>Does nothing: an entry lives until its absolute expiry.</summary>
    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public byte[]? Get(string key) => GetAsync(key).GetAwaiter().GetResult();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => SetAsync(key, value, options).GetAwaiter().GetResult();

    public void Remove(string key) => RemoveAsync(key).GetAwaiter().GetResult();

    public void Refresh(string key)
    {
        // As in RefreshAsync.
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection.IsCompletedSuccessfully)
        {
            await (await _connection).CloseAsync(allowCommandsToComplete: false);
        }
    }

    private static TimeSpan Expiry(DistributedCacheEntryOptions options) =>
        options is { AbsoluteExpirationRelativeToNow: { } expiry, SlidingExpiration: null, AbsoluteExpiration: null }
            ? expiry
            : throw new NotSupportedException("Entries have AbsoluteExpirationRelativeToNow and nothing else.");

    // The 1.x client has no time-out on asynchronous commands.
    private async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> command)
    {
        try
        {
            var redis = (await _connection.WaitAsync(Patience)).GetDatabase();
            var result = await command(redis).WaitAsync(Patience);
            if (Interlocked.Exchange(ref _down, 0) == 1)
            {
                LogUp();
            }

            return result;
        }
        catch (Exception exception) when (exception is TimeoutException or RedisException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _down, 1) == 0)
            {
                LogDown(exception);
            }

            return default;
        }
    }

    [LoggerMessage(EventId = 30, Level = LogLevel.Warning, Message = "Redis does not answer; nothing is cached until it does")]
    private partial void LogDown(Exception exception);

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "Redis answers again")]
    private partial void LogUp();
}

internal sealed class RedisHealth(RedisCache cache) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await cache.AnswersAsync() ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("Redis does not answer; the service works without its cache.");
}
