using System.Globalization;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Hubs;

public sealed class PyTorchHubTests : IAsyncLifetime
{
    private const string Master = "/repos/pytorch/hub/git/trees/master";
    private const string Tree = "5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e";
    private const string Blob = "2ab97bdcd2f2ede0cffe2fa55afcb645dc835c21";
    private const string ResNet = """
        ---
        layout: hub_detail
        title: ResNet
        summary: Deep residual networks pre-trained on ImageNet
        author: Pytorch Team
        tags: [vision, scriptable]
        github-id: pytorch/vision
        accelerator: “cuda-optional”
        ---

        ```python
        model = torch.hub.load('pytorch/vision:v0.10.0', 'resnet18', pretrained=True)
        # model = torch.hub.load("pytorch/vision:v0.10.0", "resnet34", pretrained=True)
        model, decoder = torch.hub.load(repo_or_dir='pytorch/vision:v0.10.0',
                                        model='resnet50', # also
                                        device=device)
        torch.hub.load('pytorch/vision:v0.10.0', model_name) ; torch.hub.load('../../etc', 'x') ; torch.hub.load(
        ```
        """;

    private FakeHub _api = null!;
    private FakeHub _raw = null!;
    private RegistryApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        (_api, _raw) = (await FakeHub.StartAsync(), await FakeHub.StartAsync());
        _app = new RegistryApp(settings: new Dictionary<string, string>
        {
            ["ModelRegistry:PyTorchHub:Endpoint"] = _api.Address.ToString(),
            ["ModelRegistry:PyTorchHub:RawEndpoint"] = _raw.Address.ToString(),
            ["GITHUB_TOKEN"] = "gh_secret",
        });
        _api.Serve("/repos/pytorch/vision", """{"stargazers_count":16000,"license":{"spdx_id":"BSD-3-Clause"},"pushed_at":"2026-11-01T10:00:00Z","archived":false}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _api.DisposeAsync();
        await _raw.DisposeAsync();
    }

    [Fact]
    public async Task A_page_of_the_catalogue_tells_of_models_with_their_stars()
    {
        ServeTree(["pytorch_vision_resnet.md", "README.md", "docs/template.md", "images/x.png", "broken.md", "gone.md", "odd name.md"]);
        ServePage("pytorch_vision_resnet", ResNet);
        ServePage("broken", "---\ntitle: a: b\n---");
        _raw.Serve("/pytorch/hub/master/gone.md", "404: Not Found", 404);

        var page = await PageAsync();

        page.Next.ShouldBeNull();
        page.Mark.ShouldBe("W/\"tag\"");
        page.Skipped.Count.ShouldBe(3);
        page.Skipped.ShouldContain(reason => reason.StartsWith("broken.md: its front matter is not YAML"));
        page.Skipped.ShouldContain("gone.md: it is gone.");
        page.Skipped.ShouldContain(reason => reason.StartsWith("odd name.md"));
        var model = page.Models.ShouldHaveSingleItem();
        (model.Id, model.Revision, model.Task, model.Library, model.License, model.Stars).ShouldBe(("pytorch_vision_resnet", Blob, "image-classification", "pytorch", "bsd-3-clause", 16_000));
        (model.Title, model.Description).ShouldBe(("ResNet", "Deep residual networks pre-trained on ImageNet. By Pytorch Team."));
        model.Tags.ShouldBe(["pytorch", "vision", "scriptable", "cuda-optional", "pytorch/vision"]);
        model.LastModified.ShouldBe(new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero));
        model.PublishedParameters.ShouldBe(60_192_808);
        model.Usage.ShouldBe(
            ["torch.hub.load('pytorch/vision:v0.10.0', 'resnet18')", "torch.hub.load('pytorch/vision:v0.10.0', 'resnet34')", "torch.hub.load('pytorch/vision:v0.10.0', 'resnet50')"]);
    }

    [Fact]
    public async Task The_token_goes_to_the_API_and_to_no_other_host()
    {
        await using var elsewhere = await FakeHub.StartAsync();
        ServeTree(["pytorch_vision_resnet.md"]);
        ServePage("pytorch_vision_resnet", ResNet);
        await PageAsync();
        _api.Serve("/repos/pytorch/vision", "", 301, ("Location", new Uri(elsewhere.Address, "stolen").ToString()));
        _raw.Serve("/pytorch/vision/v0.10.0/hubconf.py", "", 302, ("Location", new Uri(elsewhere.Address, "stolen").ToString()));

        (await FoundAsync("pytorch_vision_resnet")).Stars.ShouldBeNull();

        _api.Requests.ShouldAllBe(request => request.Authorization == "Bearer gh_secret");
        _raw.Requests.ShouldAllBe(request => request.Authorization == "");
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_of_the_catalogue_follow_the_tree_that_the_pass_began_with()
    {
        var names = Enumerable.Range(0, 60).Select(n => $"model_{n.ToString("00", CultureInfo.InvariantCulture)}").ToArray();
        ServeTree([.. names.Select(name => name + ".md")]);
        foreach (var name in names)
        {
            ServePage(name, ResNet);
        }

        List<string> seen = [];
        var position = new CatalogPosition(null, null, null);
        HubPage page;
        do
        {
            page = await PageAsync(position);
            page.Models.Count.ShouldBeLessThanOrEqualTo(25);
            seen.AddRange(page.Models.Select(model => model.Id));
            position = position with { Cursor = page.Next };
        }
        while (page.Next is not null);

        seen.ShouldBe(names);
        page.Mark.ShouldBe("W/\"tag\"");
        _api.Count(Master).ShouldBe(1);
        _api.Count($"/repos/pytorch/hub/git/trees/{Tree}").ShouldBe(2);
        _api.Count("/repos/pytorch/vision").ShouldBe(3);
    }

    [Fact]
    public async Task A_catalogue_that_has_not_changed_is_not_told_again()
    {
        _api.Serve(Master, context =>
        {
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch == "W/\"tag\"" ? 304 : 500;
            return Task.CompletedTask;
        });

        var page = await PageAsync(new CatalogPosition(null, null, "W/\"tag\""));

        (page.Models.Count, page.Next, page.Mark).ShouldBe((0, null, "W/\"tag\""));
    }

    [Theory]
    [InlineData(403, "x-ratelimit-remaining", "0", 600)]
    [InlineData(429, "x-ratelimit-remaining", "0", 600)]
    [InlineData(403, "Retry-After", "60", 60)]
    [InlineData(429, "Retry-After", "86400", 3600)]
    [InlineData(503, "Retry-After", "5", 5)]
    [InlineData(401, "X-Other", "1", null)]
    [InlineData(500, "X-Other", "1", null)]
    public async Task A_spent_rate_limit_tells_when_to_come_back(int status, string header, string value, int? seconds)
    {
        _api.Serve(Master, """{"message":"API rate limit exceeded"}""", status, (header, value), ("x-ratelimit-reset", Reset(600)));

        var answer = await ListAsync();

        answer.Outcome.ShouldBe(HubOutcome.Unavailable);
        if (seconds is { } wait)
        {
            answer.RetryAfter.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(wait - 30, wait);
        }
        else
        {
            answer.RetryAfter.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_rate_limit_that_ends_among_the_stars_is_waited_for()
    {
        ServeTree(["a.md"]);
        ServePage("a", ResNet);
        _api.Serve("/repos/pytorch/vision", """{"stargazers_count":1}""", 200, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", Reset(900)));
        (await PageAsync()).Wait.TotalSeconds.ShouldBeInRange(800, 900);

        _api.Serve("/repos/pytorch/vision", """{"message":"no"}""", 403, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", Reset(900)));
        (await ListAsync()).RetryAfter.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(800, 900);

        _api.Serve("/repos/pytorch/vision", "gone", 404);
        (await PageAsync()).Models.ShouldHaveSingleItem().Stars.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"sha":"5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e","tree":[""")]
    [InlineData("""{"sha":"master","tree":[]}""")]
    [InlineData("""{"sha":"5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e","tree":{}}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("<html>captive portal</html>")]
    [InlineData("")]
    public async Task A_tree_that_cannot_be_read_is_no_answer(string body)
    {
        _api.Serve(Master, body);

        (await ListAsync()).Outcome.ShouldBe(HubOutcome.Unavailable);
    }

    [Theory]
    [InlineData("?page=2")]
    [InlineData("../../x 0 t")]
    [InlineData("5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e5b1f1c1e -1 t")]
    public async Task A_cursor_of_another_hub_asks_for_nothing(string cursor)
    {
        (await ListAsync(new CatalogPosition(cursor, null, null))).Outcome.ShouldBe(HubOutcome.Unavailable);
        _api.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Odd_entries_of_a_tree_are_passed_over()
    {
        var entries = string.Join(',', Enumerable.Range(0, 6000).Select(n => $$"""{"path":"m{{n}}.md","sha":"{{Blob}}","size":1}"""));
        _api.Serve(Master, $$"""{"sha":"{{Tree}}","tree":[null,7,{"path":7},{"path":"\ud800.md"},{"path":"huge.md","sha":"{{Blob}}","size":99999999},{"path":"x.md","sha":"main"},{"path":"y.md"},{{entries}}]}""");
        _raw.Serve("/pytorch/hub/master/m0.md", ResNet);

        var tree = await ListAsync();

        // The pages that nobody serves are refused as FakeHub refuses strangers: no answer, and none that is half.
        tree.Outcome.ShouldBe(HubOutcome.Unavailable);
        _raw.Requests.Count.ShouldBeLessThanOrEqualTo(25);
    }

    [Fact]
    public async Task A_page_is_found_with_what_its_hubconf_needs()
    {
        ServePage("pytorch_vision_resnet", ResNet);
        _raw.Serve("/pytorch/vision/v0.10.0/hubconf.py", "dependencies = ['torch', 'PIL']\nfrom torchvision.models import resnet18, resnet34");

        var model = await FoundAsync("PyTorch_Vision_ResNet");

        model.Id.ShouldBe("pytorch_vision_resnet");
        model.Stars.ShouldBe(16_000);
        model.Note.ShouldNotBeNull().ShouldContain("needs the packages torch, PIL.");
        model.Usage[0].ShouldBe("torch.hub.load('pytorch/vision:v0.10.0', 'resnet18')");
    }

    [Fact]
    public async Task A_page_whose_calls_pass_a_variable_offers_what_its_hubconf_defines()
    {
        ServePage("facebookresearch_pytorchvideo_x3d", "---\ntitle: X3D\nsummary: video classification\ngithub-id: facebookresearch/pytorchvideo\n---\nmodel = torch.hub.load('facebookresearch/pytorchvideo', model_name)");
        _raw.Serve("/facebookresearch/pytorchvideo/HEAD/hubconf.py", "from pytorchvideo.models.hub import x3d_s, x3d_m");

        (await FoundAsync("facebookresearch_pytorchvideo_x3d")).Usage.ShouldBe(["torch.hub.load('facebookresearch/pytorchvideo', 'x3d_s')", "torch.hub.load('facebookresearch/pytorchvideo', 'x3d_m')"]);
    }

    [Fact]
    public async Task An_entry_point_is_found_where_hubconf_offers_it()
    {
        _raw.Serve("/pytorch/vision/HEAD/hubconf.py", "from torchvision.models import resnet50, get_weight");

        var model = await FoundAsync("pytorch/vision/resnet50");

        (model.Id, model.Task, model.PublishedParameters, model.License, model.Stars).ShouldBe(("pytorch/vision/resnet50", "image-classification", 25_557_032, "bsd-3-clause", 16_000));
        model.Usage.ShouldContain("https://download.pytorch.org/models/resnet50-11ad3fa6.pth");
        (await FindAsync("pytorch/vision/resnet51")).Outcome.ShouldBe(HubOutcome.Unknown);
    }

    [Fact]
    public async Task A_model_of_torchvision_that_its_hubconf_leaves_out_comes_from_the_shipped_table()
    {
        _raw.Serve("/pytorch/vision/HEAD/hubconf.py", "from torchvision.models import resnet50");
        await using var scope = await _app.ScopeAsync();

        var found = await scope.ServiceProvider.GetRequiredService<FindModel>().RunAsync("pytorch-hub:pytorch/vision/retinanet_resnet50_fpn", TestContext.Current.CancellationToken);

        found.Model.ShouldNotBeNull().PublishedParameters.ShouldBe(34_014_999);
        found.Model.Usage[0].ShouldBe("torchvision.models.get_model('retinanet_resnet50_fpn', weights='DEFAULT')");
    }

    [Fact]
    public async Task An_entry_point_made_at_run_time_is_believed()
    {
        _raw.Serve("/pytorch/fairseq/HEAD/hubconf.py", "for name in models:\n    globals()[name] = models[name]");

        (await FoundAsync("pytorch/fairseq/roberta.large")).Usage.ShouldBe(["torch.hub.load('pytorch/fairseq', 'roberta.large')"]);
    }

    [Fact]
    public async Task A_hubconf_of_10_MB_is_not_read()
    {
        ServePage("pytorch_vision_resnet", ResNet);
        _raw.Serve("/pytorch/vision/v0.10.0/hubconf.py", new string('#', 10 * 1024 * 1024)).Serve("/pytorch/vision/HEAD/hubconf.py", new string('#', 10 * 1024 * 1024));

        (await FoundAsync("pytorch_vision_resnet")).Stars.ShouldBe(16_000);
        (await FindAsync("pytorch/vision/resnet50")).Reason.ShouldContain("1 MiB");
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a/b")]
    [InlineData("a/b/c/d")]
    [InlineData("-a/b/c")]
    [InlineData("nobody/nothing/x")]
    public async Task What_GitHub_does_not_have_is_unknown(string id)
    {
        _raw.Serve("/pytorch/hub/master/nothing.md", "404: Not Found", 404).Serve("/nobody/nothing/HEAD/hubconf.py", "404: Not Found", 404);

        (await FindAsync(id)).Outcome.ShouldBe(HubOutcome.Unknown);
    }

    [Fact]
    public async Task Without_GitHub_the_shipped_catalogue_answers()
    {
        await using var offline = new RegistryApp();
        await using var scope = await offline.ScopeAsync();
        var find = scope.ServiceProvider.GetRequiredService<FindModel>();

        foreach (var id in new[] { "pytorch_vision_resnet", "pytorch/vision/vit_b_16" })
        {
            (await find.RunAsync($"pytorch-hub:{id}", TestContext.Current.CancellationToken)).Model.ShouldNotBeNull().Provenance.Source.ShouldBe("snapshot");
        }

        var detail = await offline.Client.GetFromJsonAsync<ModelDetail>("/api/v1/models/reference/stable-baselines3/ppo", TerradevJson.Options);
        detail.ShouldNotBeNull().Parameters.ShouldNotBeNull().Total.ShouldBe(9_155);
        detail.Model.Provenance.Source.ShouldBe("reference");
        detail.Usage.ShouldHaveSingleItem().ShouldContain("stable_baselines3.PPO");
    }

    [Fact]
    public async Task A_sync_takes_the_catalogue_over()
    {
        ServeTree(["brand_new.md"]);
        ServePage("brand_new", ResNet.Replace("title: ResNet", "title: Quokkanet", StringComparison.Ordinal));
        await using (await _app.ScopeAsync())
        {
            await _app.Client.PostAsJsonAsync("/api/v1/models/sync", new { sources = new[] { "pytorch-hub", "reference" } });
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        ModelPage found;
        do
        {
            await Task.Delay(50, deadline.Token);
            found = (await _app.Client.GetFromJsonAsync<ModelPage>("/api/v1/models?search=quokkanet", TerradevJson.Options))!;
        }
        while (found.Items.Count == 0);

        (found.Items[0].Id, found.Items[0].Stars).ShouldBe(("brand_new", 16_000));
        found.Items[0].Popularity.ShouldNotBeNull().Usage.ShouldBeNull();
    }

    private void ServeTree(string[] paths)
    {
        var body = $$"""{"sha":"{{Tree}}","url":"https://api.github.com","tree":[{{string.Join(',', paths.Select(path => $$"""{"path":"{{path}}","mode":"100644","type":"blob","sha":"{{Blob}}","size":900}"""))}}],"truncated":false}""";
        _api.Serve(Master, body, 200, ("ETag", "W/\"tag\""), ("x-ratelimit-remaining", "59")).Serve($"/repos/pytorch/hub/git/trees/{Tree}", body, 200, ("ETag", "W/\"other\""));
    }

    private void ServePage(string id, string text) => _raw.Serve($"/pytorch/hub/master/{id}.md", text);

    private static string Reset(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private IModelHub Hub => _app.Services.GetServices<IModelHub>().Single(hub => hub.Source == PyTorchHub.Name);

    private Task<HubAnswer<HubPage>> ListAsync(CatalogPosition? position = null) => Hub.ListAsync(position ?? new CatalogPosition(null, null, null), TestContext.Current.CancellationToken);

    private async Task<HubPage> PageAsync(CatalogPosition? position = null)
    {
        var answer = await ListAsync(position);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }

    private Task<HubAnswer<HubModel>> FindAsync(string id) => Hub.FindAsync(id, TestContext.Current.CancellationToken);

    private async Task<HubModel> FoundAsync(string id)
    {
        var answer = await FindAsync(id);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }
}
