using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Tests.Catalog;

/// <summary>The same questions to the same catalogue on both databases.</summary>
public abstract class SearchModelsTests(string store) : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private RegistryApp _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _app = new RegistryApp(store: store);
        await using var scope = await _app.ScopeAsync();
        await scope.ServiceProvider.GetRequiredService<CatalogWriter>().WriteAsync(Made().Select(model => ModelEntry.Of(model, listed: true)), TestContext.Current.CancellationToken);
        _client = _app.Client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("&source=huggingface")]
    [InlineData("&search=quokka")]
    [InlineData("&search=quokka&task=text-generation")]
    [InlineData("&framework=gguf&maxParameters=5M")]
    [InlineData("&search=quok")]
    public async Task Pages_together_are_the_whole_list_in_every_order(string filter)
    {
        foreach (var sort in Wire.Names<ModelSort>())
        {
            var whole = await ListAsync($"?sort={sort}&limit=1000{filter}");
            List<string> paged = [];
            string? cursor = null;
            do
            {
                var page = await ListAsync($"?sort={sort}&limit=37&cursor={cursor}{filter}");
                paged.AddRange(page.Items.Select(model => $"{model.Source}:{model.Id}"));
                cursor = page.NextCursor;
            }
            while (cursor is not null);

            paged.ShouldBe(whole.Items.Select(model => $"{model.Source}:{model.Id}"), sort);
            paged.Count.ShouldBeGreaterThan(37, sort);
            paged.ShouldBeUnique();
        }
    }

    [Fact]
    public async Task The_most_popular_come_first()
    {
        var items = (await ListAsync("?search=quokka&limit=1000")).Items;

        items.Select(model => model.Popularity!.Score).ShouldBeInOrder(SortDirection.Descending);
        items.Count.ShouldBe(150);
        foreach (var popularity in items.Select(model => model.Popularity!))
        {
            ((popularity.Usage ?? 0) + (popularity.Approval ?? 0) + (popularity.Recency ?? 0)).ShouldBe(popularity.Score, 0.01);
            popularity.Score.ShouldBeInRange(0, 100);
        }
    }

    [Fact]
    public async Task Every_word_and_every_filter_must_match()
    {
        var items = (await ListAsync("?search=Quokka%20TINY&task=text-generation&framework=gguf&license=mit&source=huggingface&limit=1000")).Items;

        items.ShouldNotBeEmpty();
        items.ShouldAllBe(model => model.Id.Contains("quokka") && model.Id.Contains("tiny") && model.Task == "text-generation" && model.Tags.Contains("GGUF") && model.License == "mit");
        (await ListAsync("?search=quokka%20walrus")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_part_of_a_name_finds_what_no_word_finds()
    {
        (await ListAsync("?search=uokk&limit=1000")).Items.Count.ShouldBe(150);
        (await ListAsync("?search=uokk&task=text-generation&limit=1000")).Items.Count.ShouldBe(75);
        (await ListAsync("?search=uo")).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("quokka\" OR \"a")]
    [InlineData("' | '")]
    [InlineData(":*")]
    [InlineData("NEAR(a b)")]
    [InlineData("*")]
    [InlineData("((((")]
    [InlineData("task=text-generation")]
    [InlineData("\ud83d\ude00")]
    [InlineData("e\u0301\u0301")]
    public async Task The_languages_of_the_indexes_are_not_spoken_by_callers(string text)
    {
        (await ListAsync($"?search={Uri.EscapeDataString(text)}")).Items.ShouldAllBe(model => !model.Id.Contains("walrus"));
        (await ListAsync($"?task={Uri.EscapeDataString(text)}")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Parameters_bound_the_list()
    {
        var items = (await ListAsync("?minParameters=1M&maxParameters=2.5m&limit=1000&search=quokka")).Items;

        items.ShouldNotBeEmpty();
        items.ShouldAllBe(model => model.Parameters >= 1_000_000 && model.Parameters <= 2_500_000);
    }

    [Fact]
    public async Task What_fits_is_what_sizing_says()
    {
        foreach (var (mode, precision, gib) in new[] { (WorkloadMode.Inference, Precision.Fp16, 16), (WorkloadMode.Full, Precision.Bf16, 24), (WorkloadMode.Qlora, Precision.Int4, 24) })
        {
            var fitting = (await ListAsync($"?fitsInGiB={gib}&mode={Wire.Name(mode)}&precision={Wire.Name(precision)}&limit=1000")).Items.Select(model => model.Id).ToHashSet();
            var usable = GpuMemory.UsableBytes((long)gib << 30, mode);
            foreach (var model in Snapshot.Shipped.Models.Where(model => model.Source == "huggingface"))
            {
                var needed = Terradev.ModelRegistry.Requirements.SizeWorkload.Size(model, new Workload(mode, precision)).Requirements?.Memory.TotalBytes;
                fitting.Contains(model.Id).ShouldBe(needed <= usable, model.Id);
            }
        }
    }

    [Fact]
    public async Task Facets_count_what_matches()
    {
        var facets = (await ListAsync("?search=quokka&facets=true&limit=1")).Facets.ShouldNotBeNull();

        facets.Task.ShouldBe(new Dictionary<string, int> { ["text-generation"] = 75, ["fill-mask"] = 75 }, ignoreOrder: true);
        facets.License["mit"].ShouldBe(150);
        (await ListAsync("?search=quokka&limit=1")).Facets.ShouldBeNull();
    }

    [Fact]
    public async Task A_model_names_similar_and_smaller_ones()
    {
        var detail = (await _client.GetFromJsonAsync<ModelDetail>("/api/v1/models/huggingface/zoo/quokka-tiny-100", TerradevJson.Options)).ShouldNotBeNull();

        detail.Similar.ShouldNotBeEmpty();
        detail.Similar.ShouldAllBe(model => model.Task == "text-generation" && model.Parameters >= 500_000 && model.Parameters <= 2_020_000 && model.Id != "zoo/quokka-tiny-100");
        detail.Smaller.ShouldNotBeEmpty();
        detail.Smaller.ShouldAllBe(model => model.Task == "text-generation" && model.Parameters < 505_000);
        detail.Needs.ShouldContain(need => need.Mode == WorkloadMode.Inference && need.Precision == Precision.Fp16 && need.TotalBytes > 0);
    }

    [Fact]
    public async Task Wrong_bounds_are_all_named_at_once()
    {
        var response = await _client.GetAsync("/api/v1/models?minParameters=many&maxParameters=-1&fitsInGiB=NaN&mode=x&precision=y&facets=maybe");

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(error => error.Name)
            .ShouldBe(["minParameters", "maxParameters", "fitsInGiB", "mode", "precision", "facets"], ignoreOrder: true);
    }

    private static IEnumerable<HubModel> Made() => Enumerable.Range(1, 150).Select(n => new HubModel(
        "huggingface", $"zoo/{(n % 10 == 9 ? "big-quokka" : "quokka-tiny")}-{n}", "r1", n % 2 == 0 ? "text-generation" : "fill-mask", "transformers", "mit", false,
        Downloads: n % 7 == 0 ? null : (long)Math.Pow(10, n % 9), Likes: n * n, LastModified: Now.AddDays(-n * 10), Tags: ["GGUF", "lang:en"],
        new Dictionary<string, long> { ["F32"] = 10_000L * (n % 7 == 3 ? 100 : n) }, null, [], null, new Provenance("huggingface", Now))
    {
        CreatedAt = n % 5 == 0 ? null : Now.AddDays(-n),
        TrendingScore = n % 4,
    }).Append(new HubModel(
        "huggingface", "zoo/walrus", null, null, null, null, false, null, null, null, [], null, null, [], null, new Provenance("huggingface", Now)));

    private async Task<ModelPage> ListAsync(string query) =>
        (await _client.GetFromJsonAsync<ModelPage>($"/api/v1/models{query}", TerradevJson.Options)).ShouldNotBeNull();
}

public sealed class SearchModelsOnSqliteTests() : SearchModelsTests("sqlite");

public sealed class SearchModelsOnPostgresTests() : SearchModelsTests("postgres");
