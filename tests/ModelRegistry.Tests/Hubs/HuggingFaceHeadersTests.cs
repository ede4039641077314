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

public sealed class HuggingFaceHeadersTests : HubTest
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    [Fact]
    public async Task Parameters_are_counted_where_the_hub_has_not()
    {
        Hub.ServeRepository("a/b", (Single, SafetensorsSample.File(("w", "F32", [10, 20]), ("h", "BF16", [7]), ("ids", "I64", [3]), ("s", "F32", []))));

        var model = await FoundAsync("a/b");

        model.StoredElements.ShouldBe(new Dictionary<string, long> { ["F32"] = 200, ["BF16"] = 7, ["I64"] = 3 }, ignoreOrder: true);
        model.Note.ShouldNotBeNull().ShouldContain("counted from the headers");
        Hub.Ranges.ShouldHaveSingleItem().Range.ShouldBe("bytes=0-100000");
    }

    [Fact]
    public async Task A_count_of_the_hubs_is_not_counted_again()
    {
        Hub.Serve("/api/models/a/b", """{"id":"a/b","sha":"1","safetensors":{"parameters":{"F32":5}},"siblings":[{"rfilename":"model.safetensors","size":9}]}""");

        (await FoundAsync("a/b")).StoredElements.ShouldBe(new Dictionary<string, long> { ["F32"] = 5 });
        Hub.Ranges.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_rest_of_a_long_header_is_asked_for_by_itself()
    {
        var file = SafetensorsSample.File([.. Enumerable.Range(0, 3000).Select(n => ($"model.layers.{n}.weight", "F16", new[] { n }))]);
        Hub.ServeRepository("a/b", (Single, file));

        (await FoundAsync("a/b")).StoredElements.ShouldNotBeNull()["F16"].ShouldBe(3000L * 2999 / 2);
        var end = BitConverter.ToInt64(file) + 8;
        Hub.Ranges.Select(asked => asked.Range).ShouldBe(["bytes=0-100000", $"bytes=100001-{end - 1}"]);
    }

    [Fact]
    public async Task A_host_without_ranges_is_left_at_the_end_of_the_header()
    {
        var header = SafetensorsSample.Header(JsonSerializer.Serialize(Enumerable.Range(0, 3000).ToDictionary(n => $"model.layers.{n}.weight", n => new { dtype = "F16", shape = new[] { 1 }, data_offsets = new[] { 2 * n, 2 * (n + 1) } })));
        Hub.ServeMetadata("a/b", (Single, null));
        using var hungUp = new SemaphoreSlim(0);
        Hub.Serve($"/a/b/resolve/1/{Single}", async context =>
        {
            context.RequestAborted.Register(() => hungUp.Release());
            await context.Response.Body.WriteAsync(header);
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[64 * 1024]);
            }
        });

        (await FoundAsync("a/b")).StoredElements.ShouldNotBeNull()["F16"].ShouldBe(3000);
        Hub.Ranges.Count.ShouldBe(2);
        (await hungUp.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await hungUp.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_shards_of_an_index_are_summed()
    {
        Hub.ServeRepository("a/b",
            (Index, SafetensorsSample.Index(("x", "model-00001-of-00002.safetensors"), ("y", "model-00002-of-00002.safetensors"), ("z", "model-00002-of-00002.safetensors"))),
            ("model-00001-of-00002.safetensors", SafetensorsSample.File(("x", "F32", [5, 5]))),
            ("model-00002-of-00002.safetensors", SafetensorsSample.File(("y", "F32", [2]), ("z", "F8_E4M3", [9]))));

        (await FoundAsync("a/b")).StoredElements.ShouldBe(new Dictionary<string, long> { ["F32"] = 27, ["F8_E4M3"] = 9 }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_shard_that_cannot_be_read_leaves_no_half_count()
    {
        Hub.ServeRepository("a/b",
            (Index, SafetensorsSample.Index(("x", "one.safetensors"), ("y", "two.safetensors"))),
            ("one.safetensors", SafetensorsSample.File(("x", "F32", [5, 5]))),
            ("two.safetensors", SafetensorsSample.Header("""{"y":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")));

        var model = await FoundAsync("a/b");

        model.StoredElements.ShouldBeNull();
        model.Note.ShouldNotBeNull().ShouldContain("two.safetensors: the shape of the tensor y does not fit its 4 bytes");
    }

    [Theory]
    [InlineData("I32", false)]
    [InlineData("F8_E4M3", false)]
    [InlineData("F16", true)]
    public async Task Packed_tensors_are_not_counted_without_the_config_that_is_there(string dtype, bool counted)
    {
        Hub.ServeRepository("a/b", (Single, SafetensorsSample.File(("w", dtype, [8]))), ("config.json", "{"u8.ToArray()));

        var model = await FoundAsync("a/b");

        (model.StoredElements is not null).ShouldBe(counted);
        model.Note.ShouldNotBeNull().ShouldContain("It is not JSON");
    }

    [Theory]
    [InlineData("../../other/repo/resolve/main/model.safetensors", "not a path within")]
    [InlineData("%2e%2e/%2e%2e/x.safetensors", "does not have")]
    [InlineData("/etc/passwd", "not a path within")]
    [InlineData("https://elsewhere.example/x", "not a path within")]
    [InlineData("a\\b", "not a path within")]
    [InlineData("absent.safetensors", "does not have")]
    [InlineData("model\u0000.safetensors", "not a path within")]
    public async Task An_index_leads_to_files_of_its_repository_alone(string shard, string why)
    {
        Hub.ServeRepository("a/b", (Index, SafetensorsSample.Index(("x", shard))));

        var model = await FoundAsync("a/b");

        model.StoredElements.ShouldBeNull();
        model.Note.ShouldNotBeNull().ShouldContain(why);
        Hub.Requests.ShouldAllBe(request => request.Path == "/api/models/a/b" || request.Path == $"/a/b/resolve/1/{Index}" || request.Path.EndsWith("config.json"));
    }

    [Theory]
    [InlineData(257, "headers of at most 256 are read")]
    [InlineData(10_001, "more than 10000 shards")]
    public async Task An_index_of_too_many_shards_is_not_followed(int shards, string why)
    {
        string[] names = [.. Enumerable.Range(0, shards).Select(n => $"model-{n:d5}-of-10001.safetensors")];
        Hub.ServeMetadata("a/b", [.. names.Append(Index).Select(name => (name, (long?)9))]);
        Hub.ServeFile($"/a/b/resolve/1/{Index}", SafetensorsSample.Index([.. names.Select(name => (name, name))]));

        (await FoundAsync("a/b")).Note.ShouldNotBeNull().ShouldContain(why);
        Hub.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"weight_map":[]}""")]
    [InlineData("""{"weight_map":{"x":7}}""")]
    [InlineData("""{"weight_map":{"x":"model.safetensors" """)]
    [InlineData("not json")]
    public async Task An_index_that_cannot_be_read_is_a_note(string index)
    {
        Hub.ServeRepository("a/b", (Index, Encoding.UTF8.GetBytes(index)));

        var model = await FoundAsync("a/b");

        model.StoredElements.ShouldBeNull();
        model.Note.ShouldNotBeNull().ShouldContain(Index);
    }

    [Theory]
    [InlineData(200_000_000, 400_000_000L, "a header of 200000000 bytes is not read")]
    [InlineData(25_000_001, 400_000_000L, "a header of 25000001 bytes is not read")]
    [InlineData(24_000_000, 1000L, "cannot hold its header")]
    [InlineData(ulong.MaxValue, null, "is not read")]
    public async Task A_header_beyond_the_limit_is_not_read(ulong length, long? size, string why)
    {
        Hub.ServeMetadata("a/b", (Single, size));
        Hub.Serve($"/a/b/resolve/1/{Single}", async context => await context.Response.Body.WriteAsync(SafetensorsSample.Length(length)));

        var model = await FoundAsync("a/b");

        model.StoredElements.ShouldBeNull();
        model.Note.ShouldNotBeNull().ShouldContain(why);
        Hub.Ranges.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task A_file_that_ends_early_is_a_note(int length)
    {
        byte[] whole = SafetensorsSample.File(("w", "F32", [10, 20]), ("a tensor with a name that makes the header longer", "F32", [10]));
        Hub.ServeRepository("a/b", (Single, whole[..length]));

        var model = await FoundAsync("a/b");

        model.StoredElements.ShouldBeNull();
        model.Note.ShouldNotBeNull().ShouldContain(Single);
    }

    [Theory]
    [InlineData("bytes 5-20/100")]
    [InlineData("bytes */100")]
    [InlineData("pages 0-3/9")]
    [InlineData(null)]
    public async Task Another_part_than_the_one_asked_for_is_not_taken(string? range)
    {
        Hub.ServeMetadata("a/b", (Single, 1000));
        Hub.Serve($"/a/b/resolve/1/{Single}", context =>
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = range;
            return context.Response.WriteAsync("0123456789012345");
        });

        (await FoundAsync("a/b")).Note.ShouldNotBeNull().ShouldContain("another part");
    }

    [Fact]
    public async Task Large_files_are_read_from_the_host_that_keeps_them_without_the_token()
    {
        await using var elsewhere = await FakeHub.StartAsync();
        elsewhere.ServeFile("/xet/1", SafetensorsSample.File(("w", "F32", [6])));
        elsewhere.Serve("/first", "", 307, ("Location", "/xet/1"));
        Hub.ServeMetadata("a/b", (Single, null));
        Hub.Serve($"/a/b/resolve/1/{Single}", "Found", 302, ("Location", new Uri(elsewhere.Address, "first?sig=1").ToString()));

        (await FoundAsync("a/b")).StoredElements.ShouldBe(new Dictionary<string, long> { ["F32"] = 6 });
        elsewhere.Requests.Count.ShouldBe(2);
        elsewhere.Requests.ShouldAllBe(request => request.Authorization == "");
        elsewhere.Ranges.ShouldAllBe(asked => asked.Range == "bytes=0-100000");
    }

    [Fact]
    public async Task A_small_file_may_be_elsewhere_on_the_hub_itself()
    {
        Hub.ServeMetadata("a/b", (Single, null));
        Hub.Serve($"/a/b/resolve/1/{Single}", "", 307, ("Location", "/api/resolve-cache/models/a/b/1/model.safetensors?etag=%22x%22"));
        Hub.ServeFile("/api/resolve-cache/models/a/b/1/model.safetensors", SafetensorsSample.File(("w", "F32", [6])));

        (await FoundAsync("a/b")).StoredElements.ShouldBe(new Dictionary<string, long> { ["F32"] = 6 });
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("gopher://127.0.0.1/x")]
    public async Task Only_http_is_followed(string location)
    {
        Hub.ServeMetadata("a/b", (Single, null));
        Hub.Serve($"/a/b/resolve/1/{Single}", "", 302, ("Location", location));

        (await FoundAsync("a/b")).Note.ShouldNotBeNull().ShouldContain("not https");
    }

    [Fact]
    public async Task Redirects_elsewhere_end()
    {
        await using var elsewhere = await FakeHub.StartAsync();
        elsewhere.Serve("/loop", "", 302, ("Location", "/loop"));
        Hub.ServeMetadata("a/b", (Single, null));
        Hub.Serve($"/a/b/resolve/1/{Single}", "", 302, ("Location", new Uri(elsewhere.Address, "loop").ToString()));

        (await FoundAsync("a/b")).Note.ShouldNotBeNull().ShouldContain("circles");
        elsewhere.Requests.Count.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task A_gated_repository_is_known_by_its_metadata()
    {
        Hub.Serve("/api/models/a/b", """{"id":"a/b","sha":"1","gated":"manual","siblings":[{"rfilename":"config.json","size":1},{"rfilename":"model.safetensors","size":900}]}""");
        Hub.Serve("/a/b/resolve/1/config.json", "restricted", 401, ("X-Error-Code", "GatedRepo"));
        Hub.Serve($"/a/b/resolve/1/{Single}", "restricted", 403, ("X-Error-Code", "GatedRepo"));

        var model = await FoundAsync("a/b");

        (model.Gated, model.Config, model.StoredElements).ShouldBe((true, null, null));
        model.Note.ShouldNotBeNull().ShouldContain("accepted users only");
        model.Files.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_disabled_repository_is_told_of_and_not_read()
    {
        Hub.Serve("/api/models/a/b", """{"id":"a/b","sha":"1","disabled":true,"siblings":[{"rfilename":"config.json"},{"rfilename":"model.safetensors"}]}""");

        (await FoundAsync("a/b")).Note.ShouldNotBeNull().ShouldContain("disabled");
        Hub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_renamed_repository_is_stored_under_its_new_name()
    {
        Hub.ServeRepository("new/name", (Single, SafetensorsSample.File(("w", "F32", [6]))));
        Hub.Serve("/api/models/old/name", "", 307, ("Location", "/api/models/new/name"));

        var detail = await App.Client.GetFromJsonAsync<ModelDetail>("/api/v1/models/huggingface/old/name", TerradevJson.Options);
        var listed = await App.Client.GetFromJsonAsync<ModelPage>("/api/v1/models?search=name", TerradevJson.Options);

        detail.ShouldNotBeNull().Model.Id.ShouldBe("new/name");
        listed.ShouldNotBeNull().Items.Select(model => model.Id).ShouldContain("new/name");
        listed.Items.Select(model => model.Id).ShouldNotContain("old/name");
    }

    [Fact]
    public async Task Files_come_with_the_hash_that_the_hub_has_of_their_content()
    {
        var sha1 = new string('a', 40);
        var sha256 = new string('B', 64);
        Hub.Serve("/api/models/a/b", $$"""{"id":"a/b","siblings":[null,{"rfilename":"README.md","size":3,"blobId":"{{sha1}}"},{"rfilename":"w.bin","size":-1,"blobId":"{{sha1}}","lfs":{"sha256":"{{sha256}}","size":7} },{"rfilename":"x","blobId":"short","lfs":null},{"rfilename":"../up"},{"rfilename":"/root"},{"rfilename":"a\u0000"},{"rfilename":"a\u202eb"},{"rfilename":"a//b"},{"rfilename":"😀/שלום.bin","size":1}]}""");

        var model = await FoundAsync("a/b");

        model.Files.ShouldBe([new("README.md", 3, null, sha1), new("w.bin", null, sha256.ToLowerInvariant(), null), new("x", null, null, null), new("😀/שלום.bin", 1, null, null)]);
        model.Note.ShouldNotBeNull().ShouldContain("6 files are left out");
    }

    [Fact]
    public async Task A_list_of_files_has_an_end()
    {
        Hub.ServeMetadata("a/b", [.. Enumerable.Range(0, 2500).Select(n => ($"f{n}", (long?)1))]);

        var model = await FoundAsync("a/b");

        model.Files.Count.ShouldBe(2000);
        model.Note.ShouldNotBeNull().ShouldContain("500 files are left out");
    }

    private async Task<HubModel> FoundAsync(string id)
    {
        var answer = await App.Hub().FindAsync(id, TestContext.Current.CancellationToken);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }
}
