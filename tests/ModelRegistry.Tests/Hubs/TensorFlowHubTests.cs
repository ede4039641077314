using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Hubs;

public sealed class TensorFlowHubTests : IAsyncLifetime
{
    private const string List = "/models/list";
    private const string Yamnet = """
        {"id":52,"ref":"google/yamnet","title":"yamnet","subtitle":"An audio event classifier","author":"Google","slug":"yamnet","isPrivate":false,"description":"...",
        "instances":[
          {"id":630,"slug":"classification-tflite","framework":"tfLite","fineTunable":false,"versionId":763,"versionNumber":1,"licenseName":"Apache 2.0","totalUncompressedBytes":"0"},
          {"id":631,"slug":"yamnet","framework":"tensorFlow2","fineTunable":true,"versionId":764,"versionNumber":3,"licenseName":"Apache 2.0"},
          {"id":632,"slug":"odd name/..","framework":"tensorFlow2","versionNumber":1},
          {"id":633,"slug":"main","framework":"pyTorch","versionNumber":1}],
        "tags":[{"ref":"audio","name":"Audio"},null,{"name":"Audio Event Classification"}],"publishTime":"2020-01-01T00:00:00Z","url":"https://www.kaggle.com/models/google/yamnet"}
        """;

    private FakeHub _hub = null!;
    private RegistryApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _app = App();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_page_tells_of_the_models_that_have_a_variation_for_TensorFlow()
    {
        _hub.Serve(List, $$"""
            {"models":[{{Yamnet}},{"ref":"meta/llama","instances":[{"slug":"8b","framework":"pyTorch"}]},{"ref":"x/empty"},
            {"ref":"keras/gemma","title":"Gemma","instances":[{"slug":"2b","framework":"MODEL_FRAMEWORK_KERAS","licenseName":"Attribution 4.0 International (CC BY 4.0)"}]}],
            "nextPageToken":"abc==","totalResults":4}
            """);

        var page = await PageAsync();

        page.Models.Select(model => model.Id).ShouldBe(["google/yamnet", "keras/gemma"]);
        page.Skipped.ShouldBeEmpty();
        page.Next.ShouldBe("abc==");
        var yamnet = page.Models[0];
        (yamnet.Source, yamnet.Task, yamnet.Library, yamnet.License, yamnet.Revision).ShouldBe(("tensorflow-hub", "audio-classification", "tensorflow", "apache-2.0", "3"));
        yamnet.Tags.ShouldBe(["tensorflow", "tflite", "tf", "Audio", "Audio Event Classification", "fine-tunable"]);
        yamnet.Usage.ShouldBe(["kagglehub.model_download(\"google/yamnet/tensorFlow2/yamnet\")", "kagglehub.model_download(\"google/yamnet/tfLite/classification-tflite\")"]);
        yamnet.Description.ShouldBe("An audio event classifier");
        yamnet.CreatedAt.ShouldBe(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        (yamnet.Downloads, yamnet.Likes, yamnet.PublishedParameters).ShouldBe((null, null, null));
        (page.Models[1].Library, page.Models[1].License).ShouldBe(("keras", "cc-by-4.0"));
    }

    [Fact]
    public async Task Pages_follow_the_token_and_end_at_what_an_earlier_pass_saw()
    {
        _hub.Serve(List, context => context.Response.WriteAsync(context.Request.Query["pageToken"].ToString() switch
        {
            "" => $$"""{"models":[{{Yamnet.Replace("2020", "2026", StringComparison.Ordinal)}}],"nextPageToken":"two"}""",
            "two" => $$"""{"models":[{{Yamnet}}],"nextPageToken":"three"}""",
            _ => """{"models":[],"nextPageToken":""}""",
        }));
        var since = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

        (await PageAsync(new CatalogPosition(null, since, null))).Next.ShouldBe("two");
        (await PageAsync(new CatalogPosition("two", since, null))).Next.ShouldBeNull();
        (await PageAsync(new CatalogPosition("two", null, null))).Next.ShouldBe("three");
        (await PageAsync(new CatalogPosition("three", null, null))).Next.ShouldBeNull();
    }

    [Fact]
    public async Task Entries_that_cannot_be_read_are_named_and_the_others_kept()
    {
        _hub.Serve(List, $$"""
            {"models":[null,7,{"ref":null},{"ref":"../../etc/passwd"},{"ref":"a/b/c"},{"ref":"a\u0000/b"},{"ref":"\ud800/b"},{"ref":"a/b","publishTime":"yesterday"},
            {"ref":"a/b","instances":{} },{"ref":"a/b","instances":[{"slug":"s","framework":"tensorFlow2","versionNumber":99999999999}]},{{Yamnet}},
            {"ref":"late/one","publishTime":"9999-12-31T00:00:00Z","instances":[null,{"slug":"s","framework":"tensorFlow1"}]} ]}
            """);

        var page = await PageAsync();

        page.Models.Select(model => model.Id).ShouldBe(["google/yamnet", "late/one"]);
        page.Models[1].LastModified.ShouldBeNull();
        page.Skipped.Count.ShouldBe(10);
        page.Skipped.ShouldAllBe(reason => reason.StartsWith("Entry ") && reason.Length < 300 && !reason.Any(char.IsControl));
    }

    [Fact]
    public async Task A_page_of_a_million_entries_is_cut()
    {
        _hub.Serve(List, "{\"models\":[" + string.Join(',', Enumerable.Repeat("{}", 1_000_000)) + "]}");

        var page = await PageAsync();

        page.Models.ShouldBeEmpty();
        page.Skipped.Count.ShouldBe(101);
        page.Skipped[^1].ShouldContain("999000 entries");
    }

    [Theory]
    [InlineData("""{"models":[{"ref":"a/""")]
    [InlineData("""{"models":{}}""")]
    [InlineData("""{}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>captive portal</html>")]
    [InlineData("")]
    public async Task A_list_that_cannot_be_read_is_no_answer(string body)
    {
        _hub.Serve(List, body);

        (await ListAsync()).Outcome.ShouldBe(HubOutcome.Unavailable);
    }

    [Theory]
    [InlineData(429, "Retry-After", "120", 120)]
    [InlineData(503, "Retry-After", "30", 30)]
    [InlineData(429, "Retry-After", "999999", 3600)]
    [InlineData(500, "X-Other", "1", null)]
    [InlineData(401, "X-Other", "1", null)]
    [InlineData(403, "X-Other", "1", null)]
    public async Task Refusals_tell_how_long_to_wait_up_to_an_hour(int status, string header, string value, int? seconds)
    {
        _hub.Serve(List, """{"message":"no"}""", status, (header, value));

        var answer = await ListAsync();

        answer.Outcome.ShouldNotBe(HubOutcome.Found);
        answer.RetryAfter.ShouldBe(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null);
    }

    [Fact]
    public async Task Name_and_key_go_to_Kaggle_and_to_no_other_host()
    {
        await using var elsewhere = await FakeHub.StartAsync();
        await using var app = App(("KAGGLE_USERNAME", "someone"), ("KAGGLE_KEY", "k3y"));
        _hub.Serve(List, """{"models":[]}""").Serve("/models/a/b/get", "", 302, ("Location", new Uri(elsewhere.Address, "stolen").ToString()));

        (await Hub(app).ListAsync(new CatalogPosition(null, null, null), TestContext.Current.CancellationToken)).Outcome.ShouldBe(HubOutcome.Found);
        (await Hub(app).FindAsync("a/b", TestContext.Current.CancellationToken)).Outcome.ShouldBe(HubOutcome.Unavailable);

        _hub.Requests.ShouldAllBe(request => request.Authorization == "Basic c29tZW9uZTprM3k=");
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_counts_before_name_and_key_and_without_any_the_caller_is_anonymous()
    {
        await using var app = App(("KAGGLE_USERNAME", "someone"), ("KAGGLE_KEY", "k3y"), ("ModelRegistry:TensorFlowHub:Token", "t0ken"));
        _hub.Serve(List, """{"models":[]}""");

        await Hub(app).ListAsync(new CatalogPosition(null, null, null), TestContext.Current.CancellationToken);
        await ListAsync();

        _hub.Requests.Select(request => request.Authorization).ShouldBe(["Bearer t0ken", ""]);
    }

    [Fact]
    public async Task A_model_comes_with_the_files_of_the_variation_that_stands_for_it()
    {
        _hub.Serve("/models/google/yamnet/get", Yamnet);
        _hub.Serve("/models/google/yamnet/tensorFlow2/yamnet/3/files", context => context.Response.WriteAsync(context.Request.Query["pageToken"] == "more"
            ? """{"files":[{"name":"variables/variables.data-00000-of-00001","size":15000000,"creationDate":"2020-01-01T00:00:00Z"}],"nextPageToken":""}"""
            : """{"files":[{"name":"saved_model.pb","size":100},{"name":"../x","size":1},{"name":7},"odd",{"name":"assets/a.csv","size":-1},{"name":"\ud800"}],"nextPageToken":"more"}"""));

        var model = await FoundAsync("google/yamnet");

        model.Files.ShouldBe([new ModelFile("saved_model.pb", 100, null), new ModelFile("assets/a.csv", null, null), new ModelFile("variables/variables.data-00000-of-00001", 15_000_000, null)]);
        var count = Terradev.ModelRegistry.Requirements.ParameterCount.Of(model, null).ShouldNotBeNull();
        (count.Parameters.Total, count.Parameters.Confidence).ShouldBe((3_750_000, Confidence.Files));
    }

    [Theory]
    [InlineData("google/yamnet/tfLite/classification-tflite", "google/yamnet/tfLite/classification-tflite", "tflite")]
    [InlineData("google/yamnet/TensorFlow2/YAMNET/3", "google/yamnet/tensorFlow2/yamnet", "tensorflow")]
    [InlineData("google/yamnet/1", "google/yamnet", "tensorflow")]
    public async Task Variations_and_old_handles_are_found(string asked, string id, string library)
    {
        _hub.Serve("/models/google/yamnet/get", Yamnet);

        var model = await FoundAsync(asked);

        (model.Id, model.Library).ShouldBe((id, library));
        model.Files.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("google/yamnet/tensorFlow2/other")]
    [InlineData("google/yamnet/pyTorch/main")]
    [InlineData("yamnet")]
    [InlineData("nobody/nothing")]
    [InlineData("a/b/c/d/e/f")]
    public async Task What_Kaggle_does_not_have_is_unknown(string id)
    {
        _hub.Serve("/models/google/yamnet/get", Yamnet).Serve("/models/nobody/nothing/get", "{}", 404);

        (await FindAsync(id)).Outcome.ShouldBe(HubOutcome.Unknown);
    }

    [Theory]
    [InlineData("google/imagenet/mobilenet_v2_100_224/classification/5", "google/imagenet/mobilenet_v2_100_224/classification")]
    [InlineData("google/elmo/3", "google/elmo")]
    public async Task A_handle_that_Kaggle_names_otherwise_is_answered_from_the_shipped_catalogue(string asked, string id)
    {
        _hub.Serve("/models/google/elmo/get", "{}", 404);
        await using var scope = await _app.ScopeAsync();

        var found = await scope.ServiceProvider.GetRequiredService<FindModel>().RunAsync($"tensorflow-hub:{asked}", TestContext.Current.CancellationToken);

        found.Model.ShouldNotBeNull().Id.ShouldBe(id);
        found.Model.Provenance.Source.ShouldBe("snapshot");
    }

    [Fact]
    public async Task The_hub_comes_before_the_store_and_the_store_before_the_snapshot()
    {
        _hub.Serve("/models/google/universal-sentence-encoder/get", """{"ref":"google/universal-sentence-encoder","title":"Live","instances":[{"slug":"large","framework":"tensorFlow2","versionNumber":7}]}""");
        await using var scope = await _app.ScopeAsync();
        var find = scope.ServiceProvider.GetRequiredService<FindModel>();

        var live = (await find.RunAsync("tensorflow-hub:google/universal-sentence-encoder/4", TestContext.Current.CancellationToken)).Model.ShouldNotBeNull();
        (live.Title, live.Task, live.Provenance.Source).ShouldBe(("Live", "sentence-similarity", "tensorflow-hub"));

        _hub.Serve("/models/google/universal-sentence-encoder/get", "", 500);
        var stored = (await find.RunAsync("tensorflow-hub:google/universal-sentence-encoder/3", TestContext.Current.CancellationToken)).Model.ShouldNotBeNull();
        (stored.Title, stored.Provenance).ShouldBe(("Live", live.Provenance));
    }

    [Fact]
    public async Task An_answer_about_another_model_is_no_answer()
    {
        _hub.Serve("/models/a/b/get", Yamnet);

        (await FindAsync("a/b")).Outcome.ShouldBe(HubOutcome.Unavailable);
    }

    [Fact]
    public async Task Pages_of_files_that_go_round_in_circles_end()
    {
        _hub.Serve("/models/google/yamnet/get", Yamnet);
        var asked = 0;
        _hub.Serve("/models/google/yamnet/tensorFlow2/yamnet/3/files", context =>
            context.Response.WriteAsync($$"""{"files":[{"name":"f{{(++asked).ToString(CultureInfo.InvariantCulture)}}"}],"nextPageToken":"{{(asked % 2).ToString(CultureInfo.InvariantCulture)}}"}"""));

        (await FoundAsync("google/yamnet")).Files.Count.ShouldBe(5);
    }

    private RegistryApp App(params (string Name, string Value)[] settings) => new(settings: settings.Append(("ModelRegistry:TensorFlowHub:Endpoint", _hub.Address.ToString())).ToDictionary());

    private static IModelHub Hub(RegistryApp app) => app.Services.GetServices<IModelHub>().Single(hub => hub.Source == TensorFlowHub.Name);

    private Task<HubAnswer<HubPage>> ListAsync(CatalogPosition? position = null) =>
        Hub(_app).ListAsync(position ?? new CatalogPosition(null, null, null), TestContext.Current.CancellationToken);

    private async Task<HubPage> PageAsync(CatalogPosition? position = null)
    {
        var answer = await ListAsync(position);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }

    private Task<HubAnswer<HubModel>> FindAsync(string id) => Hub(_app).FindAsync(id, TestContext.Current.CancellationToken);

    private async Task<HubModel> FoundAsync(string id)
    {
        var answer = await FindAsync(id);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }
}
