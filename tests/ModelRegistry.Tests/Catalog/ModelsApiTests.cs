using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Tests.Catalog;

public sealed class ModelsApiTests : IAsyncLifetime
{
    private readonly RegistryApp _app = new();
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await using var ready = await _app.ScopeAsync();
        _client = _app.Client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("downloads")]
    [InlineData("likes")]
    [InlineData("parameters")]
    [InlineData("id")]
    public async Task Pages_together_are_the_whole_list(string sort)
    {
        List<string> paged = [];
        string? cursor = null;
        do
        {
            var page = await ListAsync($"?sort={sort}&source=huggingface&limit=4&cursor={cursor}");
            page.Items.Count.ShouldBeInRange(1, 4);
            paged.AddRange(page.Items.Select(model => model.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        var whole = await ListAsync($"?sort={sort}&source=huggingface&limit=1000");
        paged.ShouldBe(whole.Items.Select(model => model.Id));
        paged.Count.ShouldBe(Terradev.ModelRegistry.Catalog.Snapshot.Shipped.Models.Count(model => model.Source == "huggingface"));
        paged.ShouldBeUnique();
    }

    [Fact]
    public async Task Parameters_sort_the_largest_first()
    {
        var page = await ListAsync("?sort=parameters&limit=2");

        page.Items.Select(model => model.Id).ShouldBe(["openai/gpt-oss-120b", "meta-llama/Llama-3.1-70B"]);
    }

    [Theory]
    [InlineData("?search=BERT%20base%20uncased&source=huggingface", "google-bert/bert-base-uncased")]
    [InlineData("?task=automatic-speech-recognition&minParameters=1B", "openai/whisper-large-v3")]
    [InlineData("?framework=tflite", "openai-community/gpt2")]
    [InlineData("?license=llama3.1&search=8B", "meta-llama/Llama-3.1-8B")]
    [InlineData("?framework=diffusers&source=huggingface&license=openrail%2B%2B", "stabilityai/stable-diffusion-xl-base-1.0")]
    public async Task Filters_find_what_they_name(string query, string id) => (await ListAsync(query)).Items.ShouldHaveSingleItem().Id.ShouldBe(id);

    [Theory]
    [InlineData("?search=%25")]
    [InlineData("?search=_____________")]
    [InlineData("?source=x'%20OR%20'1'='1")]
    public async Task Wildcards_and_quotes_are_ordinary_characters(string query) => (await ListAsync(query)).Items.ShouldBeEmpty();

    [Fact]
    public async Task Wrong_filters_are_all_named_at_once()
    {
        var problem = await ProblemAsync("/api/v1/models?limit=0&sort=best&cursor=%21&search=%00", HttpStatusCode.BadRequest);

        problem.GetProperty("code").GetString().ShouldBe(RefusalCodes.InvalidRequest);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(["limit", "sort", "cursor", "search"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_refused()
    {
        var cursor = (await ListAsync("?sort=id&limit=1")).NextCursor;

        (await ProblemAsync($"/api/v1/models?sort=likes&cursor={cursor}", HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("cursor", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("google-bert/bert-base-uncased")]
    [InlineData("google-bert%2Fbert-base-uncased")]
    [InlineData("bert-base-uncased")]
    public async Task A_model_tells_its_parameters_files_and_architecture(string id)
    {
        var detail = (await _client.GetFromJsonAsync<ModelDetail>($"/api/v1/models/huggingface/{id}", TerradevJson.Options)).ShouldNotBeNull();

        detail.Model.Id.ShouldBe("google-bert/bert-base-uncased");
        detail.Parameters.ShouldNotBeNull().Total.ShouldBe(110_106_428);
        detail.Architecture.ShouldNotBeNull().Layers.ShouldBe(12);
        detail.Files.ShouldContain(file => file.Path == "model.safetensors");
        detail.Model.Provenance.Source.ShouldBe("snapshot");
    }

    [Fact]
    public async Task Without_a_key_nothing_is_told()
    {
        using var stranger = _app.CreateClient();

        (await stranger.GetAsync("/api/v1/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<Page<ModelSummary>> ListAsync(string query) =>
        (await _client.GetFromJsonAsync<Page<ModelSummary>>($"/api/v1/models{query}", TerradevJson.Options)).ShouldNotBeNull();

    private async Task<JsonElement> ProblemAsync(string path, HttpStatusCode status)
    {
        var response = await _client.GetAsync(path);
        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
