using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Hubs;

public sealed class HuggingFaceHubTests : HubTest
{
    private const string Bert = "google-bert/bert-base-uncased";
    private const string BertSha = "86b5e0934494bd15c9632b12f734a8a67f723594";

    [Fact]
    public async Task A_model_comes_with_its_headers_files_and_config()
    {
        ServeModel(Bert);
        Hub.Serve($"/{Bert}/resolve/{BertSha}/config.json", Sample.Config(Bert));

        var model = await FoundAsync(Bert);

        model.Id.ShouldBe(Bert);
        model.Revision.ShouldBe(BertSha);
        model.License.ShouldBe("apache-2.0");
        model.Gated.ShouldBeFalse();
        model.StoredElements.ShouldNotBeNull()["F32"].ShouldBe(110_106_428);
        model.Files.ShouldContain(file => file.Path == "model.safetensors" && file.SizeBytes == 440_449_768 && file.Sha256!.StartsWith("68d45e23"));
        model.Config.ShouldNotBeNull().GetProperty("hidden_size").GetInt32().ShouldBe(768);
        model.Provenance.Source.ShouldBe("huggingface");
        Hub.Requests.ShouldAllBe(request => request.Authorization == $"Bearer {RegistryApp.Token}");
    }

    [Fact]
    public async Task A_renamed_model_is_followed_to_its_new_name()
    {
        ServeModel(Bert);
        Hub.Serve($"/{Bert}/resolve/{BertSha}/config.json", Sample.Config(Bert));
        Hub.Serve("/api/models/bert-base-uncased", "", 307, ("Location", $"/api/models/{Bert}"));

        (await FoundAsync("bert-base-uncased")).Id.ShouldBe(Bert);
    }

    [Fact]
    public async Task A_small_file_is_followed_within_the_hub()
    {
        ServeModel(Bert);
        Hub.Serve($"/{Bert}/resolve/{BertSha}/config.json", "", 307, ("Location", "/api/resolve-cache/models/bert/config.json?etag=%22x%22"));
        Hub.Serve("/api/resolve-cache/models/bert/config.json", Sample.Config(Bert));

        (await FoundAsync(Bert)).Config.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_token_goes_to_no_other_host()
    {
        await using var elsewhere = await FakeHub.StartAsync();
        elsewhere.Serve("/stolen", "{}");
        Hub.Serve($"/api/models/{Bert}", "", 302, ("Location", new Uri(elsewhere.Address, "stolen").ToString()));

        var answer = await FindAsync(Bert);

        answer.Outcome.ShouldBe(HubOutcome.Unavailable);
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirect_loop_ends()
    {
        Hub.Serve("/api/models/a/b", "", 307, ("Location", "/api/models/a/b"));

        (await FindAsync("a/b")).Reason.ShouldContain("circles");
        Hub.Count("/api/models/a/b").ShouldBeLessThan(10);
    }

    [Fact]
    public async Task A_gated_model_is_known_without_its_config()
    {
        ServeModel("meta-llama/Llama-3.1-8B");
        Hub.Serve("/meta-llama/Llama-3.1-8B/resolve/d04e592bb4f6aa9cfee91e2e20afa771667e1d4b/config.json", "restricted", 401, ("X-Error-Code", "GatedRepo"));

        var model = await FoundAsync("meta-llama/Llama-3.1-8B");

        model.Gated.ShouldBeTrue();
        model.Config.ShouldBeNull();
        model.StoredElements.ShouldNotBeNull()["BF16"].ShouldBe(8_030_261_248);
    }

    [Fact]
    public async Task The_hub_does_not_know_what_it_hides_from_strangers() => (await FindAsync("nobody/nothing")).Outcome.ShouldBe(HubOutcome.Unknown);

    [Theory]
    [InlineData(404, "X-Error-Code", "RepoNotFound", HubOutcome.Unknown)]
    [InlineData(403, "X-Error-Message", "Access to this resource is disabled.", HubOutcome.Unknown)]
    [InlineData(403, "X-Error-Code", "GatedRepo", HubOutcome.Gated)]
    [InlineData(401, "X-Error-Message", "Invalid credentials in Authorization header", HubOutcome.Unavailable)]
    [InlineData(400, "X-Other", "1", HubOutcome.Unavailable)]
    public async Task Errors_are_told_apart(int status, string header, string value, HubOutcome outcome)
    {
        Hub.Serve("/api/models/a/b", """{"error":"no"}""", status, (header, value));

        (await FindAsync("a/b")).Outcome.ShouldBe(outcome);
    }

    [Fact]
    public async Task A_short_rate_limit_is_waited_out()
    {
        var first = true;
        Hub.Serve("/api/models/a/b", context =>
        {
            if (first)
            {
                first = false;
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "0";
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("""{"id":"a/b"}""");
        });

        (await FindAsync("a/b")).Outcome.ShouldBe(HubOutcome.Found);
    }

    [Fact]
    public async Task A_long_rate_limit_is_not_waited_out()
    {
        Hub.Serve("/api/models/a/b", """{"error":"429 Too Many Requests"}""", 429, ("RateLimit", "\"api\";r=0;t=55"), ("RateLimit-Policy", "\"fixed window\";\"api\";q=500;w=300"));

        var (answer, elapsed) = await TimedAsync("a/b");

        answer.Outcome.ShouldBe(HubOutcome.Unavailable);
        answer.Reason.ShouldContain("rate limit");
        elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        Hub.Count("/api/models/a/b").ShouldBe(1);
    }

    [Fact]
    public async Task A_server_error_is_tried_three_times()
    {
        Hub.Serve("/api/models/a/b", "", 503);

        (await FindAsync("a/b")).Outcome.ShouldBe(HubOutcome.Unavailable);
        Hub.Count("/api/models/a/b").ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"id":"a/b","tags":[""")]
    [InlineData("""{"id":"a/b","downloads":"many"}""")]
    [InlineData("""{"id":"a/b","safetensors":{"parameters":{"F32":1e300}}}""")]
    [InlineData("""{"id":"../../etc/passwd"}""")]
    [InlineData("""{"id":null}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("<html>captive portal</html>")]
    [InlineData("")]
    public async Task An_answer_that_cannot_be_read_is_no_answer(string body)
    {
        Hub.Serve("/api/models/a/b", body);

        (await FindAsync("a/b")).Outcome.ShouldBe(HubOutcome.Unavailable);
    }

    [Fact]
    public async Task Odd_parts_do_not_spoil_an_answer()
    {
        Hub.Serve("/api/models/a/b", """{"id":"a/b","sha":"1","gated":"auto","cardData":{"license":["mit","x"]},"tags":["", "x"],"siblings":[{"rfilename":"config.json"}],"safetensors":{"parameters":{"F32":-3,"BF16":7}},"unheard":{"of":1}}""");
        Hub.Serve("/a/b/resolve/1/config.json", """{"model_type":7,"hidden_size":"wide"}""");

        var model = await FoundAsync("a/b");

        model.Gated.ShouldBeTrue();
        model.License.ShouldBe("mit");
        model.StoredElements.ShouldBe(new Dictionary<string, long> { ["BF16"] = 7 });
        Terradev.ModelRegistry.Requirements.ModelConfig.Parse(model.Config).ShouldBeNull();
    }

    [Fact]
    public async Task A_huge_answer_is_not_read_to_its_end()
    {
        var hungUp = new TaskCompletionSource();
        Hub.Serve("/api/models/a/b", async context =>
        {
            context.RequestAborted.Register(hungUp.SetResult);
            var chunk = new byte[64 * 1024];
            Array.Fill(chunk, (byte)' ');
            while (!hungUp.Task.IsCompleted)
            {
                await context.Response.Body.WriteAsync(chunk);
            }
        });

        var answer = await FindAsync("a/b");

        answer.Outcome.ShouldBe(HubOutcome.Unavailable);
        answer.Reason.ShouldContain("8 MiB");
        await hungUp.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_huge_config_is_left_out()
    {
        ServeModel(Bert);
        Hub.Serve($"/{Bert}/resolve/{BertSha}/config.json", new string(' ', HubHttp.ConfigBytes + 1));

        (await FoundAsync(Bert)).Config.ShouldBeNull();
    }

    [Fact]
    public async Task A_hub_that_cannot_be_reached_costs_little_and_then_next_to_nothing()
    {
        await using var unreachable = new RegistryApp();
        var hub = unreachable.Hub();

        var first = Stopwatch.StartNew();
        (await hub.FindAsync("a/b", TestContext.Current.CancellationToken)).Outcome.ShouldBe(HubOutcome.Unavailable);
        first.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));

        var second = Stopwatch.StartNew();
        var answer = await hub.FindAsync("a/b", TestContext.Current.CancellationToken);
        second.Elapsed.ShouldBeLessThan(TimeSpan.FromMilliseconds(100));
        answer.Reason.ShouldContain("not asked again yet");
    }

    [Fact]
    public async Task A_slow_hub_is_given_up_and_then_left_alone()
    {
        Hub.Serve("/api/models/a/b", context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));

        var (answer, elapsed) = await TimedAsync("a/b");

        answer.Outcome.ShouldBe(HubOutcome.Unavailable);
        answer.Reason.ShouldContain("in time");
        elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Label_names_are_counted_and_dropped()
    {
        var config = JsonSerializer.Deserialize<JsonElement>("""{"model_type":"vit","id2label":{"0":"a","1":"b","2":"c"},"label2id":{"a":0},"hidden_size":768}""");

        var kept = ConfigJson.Trim(config).ShouldNotBeNull();

        kept.GetProperty("num_labels").GetInt32().ShouldBe(3);
        kept.TryGetProperty("id2label", out _).ShouldBeFalse();
        kept.TryGetProperty("label2id", out _).ShouldBeFalse();
    }

    private void ServeModel(string id) => Hub.Serve($"/api/models/{id}", Sample.Model(id));

    private Task<HubAnswer<HubModel>> FindAsync(string id) => App.Hub().FindAsync(id, TestContext.Current.CancellationToken);

    private async Task<HubModel> FoundAsync(string id)
    {
        var answer = await FindAsync(id);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }

    private async Task<(HubAnswer<HubModel> Answer, TimeSpan Elapsed)> TimedAsync(string id)
    {
        var watch = Stopwatch.StartNew();
        return (await FindAsync(id), watch.Elapsed);
    }
}
