using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Catalog;

public class FindModelTests
{
    private const string Llama = "meta-llama/Llama-3.1-8B";

    [Theory]
    [InlineData("bert-base-uncased", "google-bert/bert-base-uncased")]
    [InlineData("GPT2", "openai-community/gpt2")]
    [InlineData("huggingface:openai/CLIP-vit-base-patch32", "openai/clip-vit-base-patch32")]
    public async Task Without_a_hub_the_snapshot_answers_and_says_so(string asked, string id)
    {
        await using var app = new RegistryApp();

        var found = await FindAsync(app, asked);

        found.Model.ShouldNotBeNull().Id.ShouldBe(id);
        found.Model.Provenance.Source.ShouldBe("snapshot");
        found.Model.Provenance.AsOf.ShouldBeLessThan(TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Without_a_hub_an_unheard_of_model_is_refused_for_the_hub()
    {
        await using var app = new RegistryApp();

        var refusal = (await FindAsync(app, "nobody/nothing")).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(RefusalCodes.HubUnreachable);
        refusal.NextStep.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("tensorflow-hub:nobody/nothing", "ModelRegistry:TensorFlowHub:Endpoint")]
    [InlineData("pytorch-hub:nothing", "ModelRegistry:PyTorchHub:Endpoint")]
    public async Task A_refusal_names_the_settings_of_its_hub(string model, string setting)
    {
        await using var app = new RegistryApp();

        var refusal = (await FindAsync(app, model)).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(RefusalCodes.HubUnreachable);
        refusal.NextStep.ShouldContain(setting);
    }

    [Fact]
    public async Task What_the_hub_does_not_have_is_not_found_even_if_it_shipped()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);

        (await FindAsync(app, "google-bert/bert-base-uncased")).Refusal.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.ModelNotFound);
    }

    [Fact]
    public async Task An_answer_is_good_for_a_while_and_kept_for_the_day_the_hub_is_down()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);
        hub.Serve("/api/models/a/b", """{"id":"A/b","sha":"1","safetensors":{"parameters":{"F32":1000}}}""");

        var first = (await FindAsync(app, "a/b")).Model.ShouldNotBeNull();
        await FindAsync(app, "A/B");
        hub.Count("/api/models/a/b").ShouldBe(1);

        hub.Serve("/api/models/a/b", "", 500).Serve("/api/models/A/B", "", 500);
        await app.Services.GetRequiredService<IDistributedCache>().RemoveAsync("model:huggingface:a/b", TestContext.Current.CancellationToken);
        var later = (await FindAsync(app, "A/B")).Model.ShouldNotBeNull();

        later.Provenance.ShouldBe(first.Provenance);
        later.StoredElements.ShouldBe(first.StoredElements);
    }

    [Fact]
    public async Task A_gated_config_is_taken_from_the_snapshot_and_the_headers_from_the_hub()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);
        hub.Serve($"/api/models/{Llama}", Sample.Model(Llama));
        hub.Serve($"/{Llama}/resolve/d04e592bb4f6aa9cfee91e2e20afa771667e1d4b/config.json", "restricted", 401, ("X-Error-Code", "GatedRepo"));

        var model = (await FindAsync(app, Llama)).Model.ShouldNotBeNull();

        model.Provenance.Source.ShouldBe("huggingface");
        model.Config.ShouldNotBeNull().GetProperty("num_key_value_heads").GetInt32().ShouldBe(8);
        model.Note.ShouldNotBeNull().ShouldContain("shipped");
    }

    [Fact]
    public async Task Callers_at_once_keep_one_row()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);
        hub.Serve("/api/models/a/b", """{"id":"a/b","sha":"1","safetensors":{"parameters":{"F32":1000}}}""");

        var found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FindAsync(app, "a/b")));

        found.ShouldAllBe(one => one.Model!.Id == "a/b");
        await using var scope = await app.ScopeAsync();
        scope.ServiceProvider.GetRequiredService<ModelRegistryDb>().Models.Count(entry => entry.Key == "a/b").ShouldBe(1);
    }

    [Theory]
    [InlineData(null, RefusalCodes.InvalidRequest)]
    [InlineData("", RefusalCodes.InvalidRequest)]
    [InlineData("../../etc/passwd", RefusalCodes.InvalidRequest)]
    [InlineData("huggingface:a b", RefusalCodes.InvalidRequest)]
    [InlineData("huggingface:${jndi:x}", RefusalCodes.InvalidRequest)]
    [InlineData("http://169.254.169.254/latest", RefusalCodes.InvalidRequest)]
    [InlineData("kaggle:google/yamnet", RefusalCodes.UnknownSource)]
    public async Task A_hostile_reference_reaches_no_hub(string? model, string code)
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);

        (await FindAsync(app, model)).Refusal.ShouldNotBeNull().Code.ShouldBe(code);
        hub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Older_figures_do_not_replace_newer_ones()
    {
        await using var app = new RegistryApp();
        await using var scope = await app.ScopeAsync();
        var writer = scope.ServiceProvider.GetRequiredService<CatalogWriter>();
        var model = Sample.Shipped(Llama);
        var newer = model with { Likes = 5, Provenance = new Provenance("huggingface", model.Provenance.AsOf.AddDays(1)) };

        await writer.WriteAsync([ModelEntry.Of(newer)], TestContext.Current.CancellationToken);
        await writer.WriteAsync([ModelEntry.Of(newer with { Likes = 4, Provenance = new Provenance("huggingface", model.Provenance.AsOf) })], TestContext.Current.CancellationToken);
        await writer.WriteAsync([ModelEntry.Of(model with { Likes = 3, Provenance = new Provenance("snapshot", model.Provenance.AsOf.AddDays(9)) })], TestContext.Current.CancellationToken);

        var kept = scope.ServiceProvider.GetRequiredService<ModelRegistryDb>().Models.Single(entry => entry.Key == Llama.ToLowerInvariant());
        (kept.Likes, kept.Origin).ShouldBe((5, "huggingface"));
    }

    [Fact]
    public async Task A_list_renews_the_figures_and_leaves_files_and_config()
    {
        await using var app = new RegistryApp();
        await using var scope = await app.ScopeAsync();
        var writer = scope.ServiceProvider.GetRequiredService<CatalogWriter>();
        var model = Sample.Shipped(Llama);
        var listed = model with { Likes = 9, Revision = "newer", Files = [], Config = null, Provenance = new Provenance("huggingface", model.Provenance.AsOf.AddDays(1)) };

        (await writer.WriteAsync([ModelEntry.Of(listed, listed: true)], TestContext.Current.CancellationToken)).ShouldBe(new Written(0, 1));

        var kept = scope.ServiceProvider.GetRequiredService<ModelRegistryDb>().Models.Single(entry => entry.Key == Llama.ToLowerInvariant()).ToModel();
        (kept.Likes, kept.Revision).ShouldBe((9, "newer"));
        kept.Config.ShouldNotBeNull().GetProperty("num_key_value_heads").GetInt32().ShouldBe(8);
        kept.Files.Count.ShouldBe(model.Files.Count);
        kept.Note.ShouldNotBeNull().ShouldContain("newer");
    }

    private static async Task<FoundModel> FindAsync(RegistryApp app, string? model)
    {
        await using var scope = await app.ScopeAsync();
        return await scope.ServiceProvider.GetRequiredService<FindModel>().RunAsync(model, TestContext.Current.CancellationToken);
    }
}
