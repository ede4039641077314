using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Testing;

namespace Terradev.ServiceDefaults.Tests;

public class CacheTests
{
    private static readonly DistributedCacheEntryOptions Minute = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Without_a_connection_string_the_cache_is_memory_and_modules_share_it()
    {
        await using var service = await TestService.StartAsync(builder =>
        {
            builder.AddCache();
            builder.AddCache();
        });

        service.Services.GetServices<IDistributedCache>().ShouldHaveSingleItem().ShouldBeOfType<MemoryDistributedCache>();
    }

    [Fact]
    public async Task A_cache_that_is_down_is_a_miss_and_a_degraded_service()
    {
        await using var service = await StartAsync(FreePort());
        var cache = service.Services.GetRequiredService<IDistributedCache>();

        var watch = Stopwatch.StartNew();
        await cache.SetAsync("k", [1], Minute, TestContext.Current.CancellationToken);
        (await cache.GetAsync("k", TestContext.Current.CancellationToken)).ShouldBeNull();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));

        var response = await service.Anonymous.GetAsync("/health");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString().ShouldBe("degraded");
    }

    [Fact]
    public async Task Redis_keeps_values_survives_its_own_restart_and_is_used_again()
    {
        var program = Requires.Tool("redis-server");
        var port = FreePort();
        await using var service = await StartAsync(port);
        var cache = service.Services.GetRequiredService<IDistributedCache>();

        for (var start = 0; start < 2; start++)
        {
            using var redis = Start(program, port);
            try
            {
                await TestService.Until(
                    async () =>
                    {
                        await cache.SetAsync("k", [1, 2, 3], Minute);
                        return await cache.GetAsync("k") is [1, 2, 3];
                    },
                    "a value that was set to be there");
                (await cache.GetAsync("other", TestContext.Current.CancellationToken)).ShouldBeNull();
                await cache.RemoveAsync("k", TestContext.Current.CancellationToken);
                (await cache.GetAsync("k", TestContext.Current.CancellationToken)).ShouldBeNull();
            }
            finally
            {
                redis.Kill();
                await redis.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            (await cache.GetAsync("k", TestContext.Current.CancellationToken)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task An_entry_without_an_expiry_is_refused()
    {
        await using var service = await StartAsync(FreePort());
        var cache = service.Services.GetRequiredService<IDistributedCache>();

        await Should.ThrowAsync<NotSupportedException>(async () => await cache.SetAsync("k", [1], new DistributedCacheEntryOptions()));
    }

    private static Task<TestService> StartAsync(int port) => TestService.StartAsync(
        builder => builder.AddCache(), settings: new Dictionary<string, string?> { ["ConnectionStrings:redis"] = $"127.0.0.1:{port}" });

    private static Process Start(string program, int port) =>
        Process.Start(new ProcessStartInfo(program, ["--bind", "127.0.0.1", "--port", $"{port}", "--save", "", "--appendonly", "no"]) { UseShellExecute = false, RedirectStandardOutput = true })!;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
