using Microsoft.AspNetCore.Http;
using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Testing;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class FetchPricesTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-fetch-").FullName;
    private FakeHub _mirror = null!;

    public async ValueTask InitializeAsync() => _mirror = await FakeHub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _mirror.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_list_is_fetched_from_a_host_that_the_operator_allows()
    {
        _mirror.Serve("/vms.csv", PriceLists.Aws);
        _mirror.Serve("/moved", "", 302, ("Location", "/vms.csv"));
        await using var app = await StartAsync(allowed: "127.0.0.1");

        var (status, report) = await app.PostAsync<PriceImportReport>("/api/v1/offers/import", $$"""{"url":"{{_mirror.Address}}moved","source":"mirror","asOf":"2026-08-10T00:00:00Z"}""");

        status.ShouldBe(201);
        (report.Source, report.Rows, report.Taken).ShouldBe(("mirror", 7, 4));
        _mirror.Requests.ShouldAllBe(request => request.Authorization.Length == 0);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{port}/vms.csv")]
    [InlineData("http://localhost:{port}/vms.csv")]
    [InlineData("http://[::1]:{port}/vms.csv")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/vms.csv")]
    [InlineData("http://0x7f000001:{port}/vms.csv")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.1/vms.csv")]
    public async Task A_private_address_is_not_asked(string url)
    {
        _mirror.Serve("/vms.csv", PriceLists.Aws);
        await using var app = await StartAsync();

        var (_, problem) = await app.PostAsync<Problem>("/api/v1/offers/import", $$"""{"url":"{{url.Replace("{port}", $"{_mirror.Address.Port}", StringComparison.Ordinal)}}"}""");

        problem.Code.ShouldBe(RefusalCodes.PriceSourceUnreachable);
        problem.Detail.ShouldContain("is a private address");
        _mirror.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://localhost:{port}/vms.csv", "is a private address")]
    [InlineData("http://169.254.169.254/", "is a private address")]
    [InlineData("file:///etc/passwd", "is not followed")]
    [InlineData("http://user:secret@example.org/", "is not followed")]
    [InlineData("/again", "redirects in circles")]
    public async Task Redirects_are_checked_like_the_address_itself(string target, string detail)
    {
        // The mirror is allowed by its address, so that only what it leads to can be at fault.
        _mirror.Serve("/again", "", 302, ("Location", target.Replace("{port}", $"{_mirror.Address.Port}", StringComparison.Ordinal)));
        await using var app = await StartAsync(allowed: "127.0.0.1");

        var (_, problem) = await app.PostAsync<Problem>("/api/v1/offers/import", $$"""{"url":"{{_mirror.Address}}again"}""");

        problem.Code.ShouldBe(RefusalCodes.PriceSourceUnreachable);
        problem.Detail.ShouldContain(detail);
        problem.Detail.ShouldNotContain("secret");
        _mirror.Requests.Count.ShouldBeLessThanOrEqualTo(6);
    }

    [Fact]
    public async Task An_answer_that_is_no_list_is_told()
    {
        _mirror.Serve("/missing", "Not found", 404).Serve("/packed", context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("x");
        }).Serve("/broken", context =>
        {
            context.Response.ContentLength = 1_000_000;
            return context.Response.WriteAsync(PriceLists.Aws).ContinueWith(_ => context.Abort(), TaskScheduler.Default);
        }).Serve("/huge", context =>
        {
            context.Response.ContentLength = 65L * 1024 * 1024;
            return context.Response.Body.FlushAsync();
        }).Serve("/page", "<html>", 200);
        await using var app = await StartAsync(allowed: "127.0.0.1");

        (await RefusalAsync(app, "missing")).ShouldBe((503, RefusalCodes.PriceSourceUnreachable));
        (await RefusalAsync(app, "packed")).ShouldBe((503, RefusalCodes.PriceSourceUnreachable));
        (await RefusalAsync(app, "broken")).ShouldBe((503, RefusalCodes.PriceSourceUnreachable));
        (await RefusalAsync(app, "huge")).ShouldBe((413, RefusalCodes.BodyTooLarge));
        (await RefusalAsync(app, "page")).ShouldBe((400, RefusalCodes.InvalidRequest));
        (await app.PostAsync<Problem>("/api/v1/offers/import", """{"url":"http://prices.invalid/vms.csv"}""")).Body.Code.ShouldBe(RefusalCodes.PriceSourceUnreachable);
    }

    [Fact]
    public async Task A_source_that_says_nothing_for_ten_seconds_is_given_up()
    {
        using var body = new SilentStream();
        await using var paced = new PacedStream(body, body, "example.org", TimeSpan.FromMilliseconds(50));

        var refused = await Should.ThrowAsync<PriceSourceException>(() => paced.CopyToAsync(Stream.Null));

        refused.Refusal.Detail.ShouldBe("example.org answers too slowly.");
    }

    [Fact]
    public async Task A_source_that_drips_is_given_up()
    {
        using var body = new DrippingStream();
        await using var paced = new PacedStream(body, body, "example.org", TimeSpan.FromMilliseconds(50));

        await Should.ThrowAsync<PriceSourceException>(() => paced.CopyToAsync(Stream.Null));
    }

    private async Task<(int Status, string Code)> RefusalAsync(OptimizerApp app, string path)
    {
        var (status, problem) = await app.PostAsync<Problem>("/api/v1/offers/import", $$"""{"url":"{{_mirror.Address}}{{path}}"}""");
        return (status, problem.Code);
    }

    private async Task<OptimizerApp> StartAsync(string? allowed = null)
    {
        var app = new OptimizerApp(_directory, ownsDirectory: false, new Dictionary<string, string?> { ["ComputeOptimizer:Imports:AllowedHosts:0"] = allowed });
        await app.InitializeAsync();
        return app;
    }

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class DrippingStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(10, cancellationToken);
            return 1;
        }
    }
}
