using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Hubs;

/// <summary>Run by themselves: they measure what a bad hub costs.</summary>
[CollectionDefinition(nameof(BadHubs), DisableParallelization = true)]
public sealed class BadHubs;

[Collection(nameof(BadHubs))]
public sealed class HuggingFaceBadHubTests : HubTest
{
    private const long Megabyte = 1024 * 1024;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _ = App.Services;
    }

    public static TheoryData<string, string> Answers => new()
    {
        { "drip", "in time" },
        { "silence", "in time" },
        { "endless", "more than 8 MiB" },
        { "gzip bomb", "more than 8 MiB" },
        { "brotli bomb", "more than 8 MiB" },
        { "broken gzip", "compressed data" },
        { "broken brotli", "compressed data" },
        { "truncated", "cannot be reached" },
        { "aborted", "cannot be reached" },
        { "endless headers", "cannot be reached" },
        { "odd charset", "cannot be read" },
        { "not text", "cannot be read" },
        { "deep", "cannot be read" },
        { "wrong redirect", "redirects" },
        { "redirect to files", "redirects" },
        { "teapot", "status 418" },
        { "no content", "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_answer_costs_little_and_says_why(string kind, string why)
    {
        Hub.Serve("/api/models/a/b", Answer(kind));
        Hub.Serve("/api/models", Answer(kind));

        (await BoundedAsync(() => Client.FindAsync("a/b", Token))).Reason.ShouldContain(why);
        (await BoundedAsync(() => Client.ListAsync(new CatalogPosition(null, null, null), Token))).Reason.ShouldMatch($"{why}|not asked again yet");
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_file_leaves_the_model_known(string kind, string why)
    {
        _ = why;
        Hub.ServeMetadata("a/b", ("config.json", 9), ("model.safetensors", 900));
        Hub.Serve("/a/b/resolve/1/config.json", Answer(kind));
        Hub.Serve("/a/b/resolve/1/model.safetensors", Answer(kind));

        var model = (await BoundedAsync(() => Client.FindAsync("a/b", Token))).Value.ShouldNotBeNull();

        (model.Config, model.StoredElements).ShouldBe((null, null));
        model.Note.ShouldNotBeNull().ShouldContain("config.json is left out");
        model.Note.ShouldContain("Parameters are not counted");
    }

    [Theory]
    [InlineData("drip", "in time")]
    [InlineData("truncated", "broke off|cannot be reached")]
    [InlineData("aborted", "cannot be reached")]
    [InlineData("wrong redirect", "redirects")]
    [InlineData("gzip bomb", "the header is not")]
    public async Task A_bad_host_of_large_files_leaves_the_hub_in_use(string kind, string why)
    {
        await using var elsewhere = await FakeHub.StartAsync();
        elsewhere.Serve("/file", Answer(kind));
        Hub.ServeMetadata("a/b", ("model.safetensors", null));
        Hub.Serve("/a/b/resolve/1/model.safetensors", "", 302, ("Location", new Uri(elsewhere.Address, "file").ToString()));

        Hub.Serve("/api/models/c/d", """{"id":"c/d","siblings":[]}""");

        var model = (await BoundedAsync(() => Client.FindAsync("a/b", Token))).Value.ShouldNotBeNull();

        model.StoredElements.ShouldBeNull();
        model.Note.ShouldNotBeNull().ShouldMatch(why);
        (await Client.FindAsync("c/d", Token)).Outcome.ShouldBe(HubOutcome.Found);
    }

    [Fact]
    public async Task Shards_that_do_not_come_cost_one_lookups_time()
    {
        string[] shards = [.. Enumerable.Range(1, 200).Select(n => $"model-{n:d5}-of-00200.safetensors")];
        await using var elsewhere = await FakeHub.StartAsync();
        elsewhere.Serve("/file", Answer("drip"));
        Hub.ServeMetadata("a/b", [.. shards.Append(SafetensorsIndex.File).Select(path => (path, (long?)null))]);
        Hub.ServeFile($"/a/b/resolve/1/{SafetensorsIndex.File}", SafetensorsSample.Index([.. shards.Select(shard => (shard, shard))]));
        foreach (var shard in shards)
        {
            Hub.Serve($"/a/b/resolve/1/{shard}", "", 302, ("Location", new Uri(elsewhere.Address, "file").ToString()));
        }

        var model = (await BoundedAsync(() => Client.FindAsync("a/b", Token))).Value.ShouldNotBeNull();

        model.Note.ShouldNotBeNull().ShouldContain("in time");
        elsewhere.Count("/file").ShouldBeLessThanOrEqualTo(32);
    }

    [Fact]
    public async Task A_header_at_the_limit_costs_its_own_size_a_few_times()
    {
        var json = new StringBuilder("{");
        var n = 0;
        for (; json.Length < SafetensorsHeader.LongestHeader - 200; n++)
        {
            json.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"model.layers.{n}.mlp.experts.gate_proj.weight\":{{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[{2L * n},{2L * (n + 1)}]}},");
        }

        json[^1] = '}';
        var header = SafetensorsSample.Header(json.ToString());
        Hub.ServeMetadata("a/b", ("model.safetensors", header.Length + (2L * n)));
        Hub.ServeFile("/a/b/resolve/1/model.safetensors", header);

        var model = (await BoundedAsync(() => Client.FindAsync("a/b", Token), 256)).Value.ShouldNotBeNull();

        model.Note.ShouldNotBeNull().ShouldContain("the file has");
    }

    [Fact]
    public async Task A_page_of_a_million_entries_is_not_read_to_its_end()
    {
        Hub.Serve("/api/models", $"[{string.Concat(Enumerable.Repeat("{},", 999_999))}{{}}]");

        var page = (await BoundedAsync(() => Client.ListAsync(new CatalogPosition(null, null, null), Token))).Value.ShouldNotBeNull();

        page.Models.ShouldBeEmpty();
        page.Skipped.Count.ShouldBe(2001);
        page.Skipped[^1].ShouldContain("998000 entries");

        Hub.Serve("/api/models", $"[{string.Concat(Enumerable.Repeat("""{"id":"a/b"},""", 999_999))}{{}}]");
        (await BoundedAsync(() => Client.ListAsync(new CatalogPosition(null, null, null), Token))).Reason.ShouldContain("8 MiB");
    }

    [Theory]
    [InlineData("1e15", true)]
    [InlineData("1000000000000000", false)]
    [InlineData("-1", false)]
    [InlineData("1e30", true)]
    [InlineData("9223372036854775808", true)]
    public async Task Sizes_beyond_any_file_are_not_believed(string size, bool unreadable)
    {
        Hub.Serve("/api/models/a/b", $$"""{"id":"a/b","sha":"1","downloads":3,"safetensors":{"parameters":{"F32":{{size}}} },"siblings":[{"rfilename":"pytorch_model.bin","size":{{size}},"lfs":{"size":{{size}}} }]}""");

        var answer = await BoundedAsync(() => Client.FindAsync("a/b", Token));
        var detail = await App.Client.GetAsync("/api/v1/models/huggingface/a/b", Token);

        answer.Outcome.ShouldBe(unreadable ? HubOutcome.Unavailable : HubOutcome.Found, answer.Reason);
        ((int)detail.StatusCode).ShouldBe(unreadable ? 503 : 200, await detail.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Odd_text_reaches_neither_the_store_nor_the_callers()
    {
        var odd = $"a\0b\r\n\u001b[31m\"'<script>😀\u05d0{new string('x', 10_000)}";
        Hub.Serve("/api/models/a/b", JsonSerializer.Serialize(new { id = "a/b", sha = "../..", pipeline_tag = odd, library_name = odd, tags = new[] { odd, "license:" + odd }, siblings = new[] { new { rfilename = odd }, new { rfilename = "config.json" } } }));
        Hub.Serve("/a/b/resolve/main/config.json", """{"model_type":"\ud800","architectures":["\u0000"]}""");

        var detail = await BoundedAsync(() => App.Client.GetFromJsonAsync<ModelDetail>("/api/v1/models/huggingface/a/b", TerradevJson.Options, Token));
        var listed = await App.Client.GetFromJsonAsync<ModelPage>("/api/v1/models?sources=huggingface&search=script", TerradevJson.Options, Token);

        detail.ShouldNotBeNull().Revision.ShouldBeNull();
        var texts = new[] { detail.Model.Task, detail.Model.Library, detail.Model.License }.Concat(detail.Model.Tags).Concat(detail.Files.Select(file => file.Path)).OfType<string>().ToArray();
        texts.Length.ShouldBeGreaterThan(4);
        texts.ShouldAllBe(text => text.Length <= 400 && !text.Any(char.IsControl));
        listed.ShouldNotBeNull().Items.ShouldContain(model => model.Id == "a/b");
    }

    [Fact]
    public async Task A_sync_keeps_the_readable_entries_tells_of_the_others_and_waits_as_it_is_told()
    {
        Hub.Serve("/api/models", """[{"id":"zoo/good"},{"id":"zoo/bad","tags":7},{"id":"zoo/\u0000"}]""", 200, ("Link", "<https://elsewhere.example/api/models?cursor=2>; rel=\"next\""), ("RateLimit", "\"api\";r=3;t=120"), ("RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300"));
        await using var ready = await App.ScopeAsync();

        await App.Client.PostAsJsonAsync("/api/v1/models/sync", new { sources = new[] { "huggingface" } }, Token);
        SyncState state;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            await Task.Delay(50, deadline.Token);
            state = (await App.Client.GetFromJsonAsync<Page<SyncState>>("/api/v1/models/sync", TerradevJson.Options, Token))!.Items.Single(item => item.Source == "huggingface");
        }
        while (state.Status != SyncStatus.Waiting);

        (state.Seen, state.Added, state.Skipped).ShouldBe((3, 1, 2));
        state.SkippedReasons.ShouldBe(["zoo/bad: $.tags is not of the type that the hub documents.", "zoo/: it has no id that can be used."]);
        state.Reason.ShouldNotBeNull().ShouldContain("rate limit");
        (state.WaitUntil - state.UpdatedAt).ShouldBe(TimeSpan.FromSeconds(121));
        Hub.Count("/api/models").ShouldBe(1);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IModelHub Client => App.Hub();

    // A lookup's own limit is 12 s. The fake hub's allocations are counted too.
    private static async Task<T> BoundedAsync<T>(Func<Task<T>> ask, int megabytes = 128)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        var answer = await ask();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(13));
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.ElapsedMilliseconds:N0} ms, {allocated / Megabyte:N0} MiB allocated");
        allocated.ShouldBeLessThan(megabytes * Megabyte);
        return answer;
    }

    private static RequestDelegate Answer(string kind) => kind switch
    {
        "drip" => DripAsync,
        "silence" => context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default),
        "endless" => EndlessAsync,
        "gzip bomb" => Encoded("gzip", stream => new GZipStream(stream, CompressionLevel.Fastest)),
        "brotli bomb" => Encoded("br", stream => new BrotliStream(stream, CompressionLevel.Fastest)),
        "broken gzip" => Body("this is no gzip at all", ("Content-Encoding", "gzip")),
        "broken brotli" => Body("this is no Brotli at all, and long enough to be sure", ("Content-Encoding", "br")),
        "truncated" => TruncatedAsync,
        "aborted" => AbortedAsync,
        "endless headers" => Body("{}", [.. Enumerable.Range(0, 100).Select(n => ($"X-{n}", new string('x', 1000)))]),
        "odd charset" => Body("<html>", ("Content-Type", "application/json; charset=utf-99")),
        "not text" => context => context.Response.Body.WriteAsync(new byte[] { 0xff, 0xfe, 0x00, 0xd8, 0x00 }).AsTask(),
        "deep" => Body(new string('[', 1_000_000)),
        "wrong redirect" => Body("", 302, ("Location", "http://[:::/x")),
        "redirect to files" => Body("", 302, ("Location", "file:///etc/passwd")),
        "teapot" => Body("""{"id":"a/b"}""", 418),
        "no content" => Body("", 204),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such answer."),
    };

    private static async Task DripAsync(HttpContext context)
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.WriteAsync(" ");
            await Task.Delay(200, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task EndlessAsync(HttpContext context)
    {
        var chunk = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync(chunk);
        }
    }

    private static async Task TruncatedAsync(HttpContext context)
    {
        context.Response.ContentLength = 100_000;
        await context.Response.WriteAsync("""[{"id":"a/b"},""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static Task AbortedAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static RequestDelegate Body(string body, params (string Name, string Value)[] headers) => Body(body, 200, headers);

    private static RequestDelegate Body(string body, int status, params (string Name, string Value)[] headers) => async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        if (body.Length > 0)
        {
            await context.Response.WriteAsync(body);
        }
    };

    private static RequestDelegate Encoded(string encoding, Func<Stream, Stream> compress)
    {
        var small = new MemoryStream();
        using (var bomb = compress(small))
        {
            var chunk = new byte[Megabyte];
            for (var i = 0; i < 200; i++)
            {
                bomb.Write(chunk);
            }
        }

        var bytes = small.ToArray();
        return async context =>
        {
            context.Response.Headers.ContentEncoding = encoding;
            await context.Response.Body.WriteAsync(bytes);
        };
    }
}
