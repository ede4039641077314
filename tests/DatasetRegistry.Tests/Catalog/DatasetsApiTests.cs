using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;
using Terradev.DatasetRegistry.Catalog;

namespace Terradev.DatasetRegistry.Tests.Catalog;

public sealed class DatasetsApiTests : IAsyncLifetime
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
    [InlineData("rows")]
    [InlineData("id")]
    public async Task Pages_together_are_the_whole_list(string sort)
    {
        List<string> paged = [];
        string? cursor = null;
        do
        {
            var page = await ListAsync($"?sort={sort}&limit=2&cursor={cursor}");
            paged.AddRange(page.Items.Select(dataset => dataset.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        paged.ShouldBe((await ListAsync($"?sort={sort}&limit=1000")).Items.Select(dataset => dataset.Id));
        paged.ShouldBeUnique();
        paged.Count.ShouldBe(Snapshot.Shipped.Datasets.Count);
    }

    [Theory]
    [InlineData("?search=squad%20v2", "rajpurkar/squad_v2")]
    [InlineData("?task=automatic-speech-recognition", "mozilla-foundation/common_voice_11_0")]
    [InlineData("?task=fill-mask&search=allenai", "allenai/c4")]
    public async Task Filters_find_what_they_name(string query, string id) => (await ListAsync(query)).Items.ShouldHaveSingleItem().Id.ShouldBe(id);

    [Fact]
    public async Task Wrong_filters_are_all_named_at_once()
    {
        var response = await _client.GetAsync("/api/v1/datasets?limit=1001&sort=parameters&cursor=x&task=%0A");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(["limit", "sort", "cursor", "task"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("imdb", "stanfordnlp/imdb", 100_000)]
    [InlineData("stanfordnlp%2FIMDB", "stanfordnlp/imdb", 100_000)]
    [InlineData("squad", "rajpurkar/squad", 98_169)]
    [InlineData("squad_v2", "rajpurkar/squad_v2", 142_192)]
    [InlineData("glue", "nyu-mll/glue", 1_485_043)]
    [InlineData("wikitext", "Salesforce/wikitext", 3_708_608)]
    [InlineData("cifar10", "uoft-cs/cifar10", 60_000)]
    [InlineData("mnist", "ylecun/mnist", 70_000)]
    [InlineData("c4", "allenai/c4", 365_233_500)]
    public async Task A_shipped_dataset_tells_its_rows(string asked, string id, long rows)
    {
        var dataset = (await _client.GetFromJsonAsync<DatasetSummary>($"/api/v1/datasets/huggingface/{asked}", TerradevJson.Options)).ShouldNotBeNull();

        dataset.Id.ShouldBe(id);
        dataset.Rows.ShouldBe(rows);
        dataset.Provenance.Source.ShouldBe("snapshot");
        dataset.Splits.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("imdb", "text")]
    [InlineData("squad", "text")]
    [InlineData("mnist", "image")]
    [InlineData("mozilla-foundation/common_voice_11_0", "audio")]
    public async Task The_modality_is_the_tagged_one_or_that_of_the_task(string asked, string modality) =>
        (await _client.GetFromJsonAsync<DatasetSummary>($"/api/v1/datasets/huggingface/{asked}", TerradevJson.Options)).ShouldNotBeNull().Modality.ShouldBe(modality);

    [Fact]
    public async Task A_size_that_is_not_known_is_left_out()
    {
        var dataset = (await _client.GetFromJsonAsync<DatasetSummary>("/api/v1/datasets/huggingface/mozilla-foundation/common_voice_11_0", TerradevJson.Options)).ShouldNotBeNull();

        dataset.Gated.ShouldBeTrue();
        dataset.Rows.ShouldBeNull();
        dataset.DownloadBytes.ShouldBeNull();
    }

    [Theory]
    [InlineData("huggingface/nobody/nothing", 503, RefusalCodes.HubUnreachable)]
    [InlineData("kaggle/a/b", 404, RefusalCodes.UnknownSource)]
    [InlineData("huggingface/a%0Ab", 400, RefusalCodes.InvalidRequest)]
    [InlineData("huggingface/", 400, RefusalCodes.InvalidRequest)]
    public async Task A_refusal_tells_code_cause_and_next_step(string path, int status, string code)
    {
        var response = await _client.GetAsync($"/api/v1/datasets/{path}");

        ((int)response.StatusCode).ShouldBe(status);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
    }

    private async Task<Page<DatasetSummary>> ListAsync(string query) =>
        (await _client.GetFromJsonAsync<Page<DatasetSummary>>($"/api/v1/datasets{query}", TerradevJson.Options)).ShouldNotBeNull();
}
