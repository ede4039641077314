using System.Buffers;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Terradev.Bench;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Catalog;

/// <summary>A short round of <c>bench/ModelCatalogue</c> in which every answer is compared with one that was worked out model by model.</summary>
public sealed partial class GeneratedCatalogueTests
{
    private const int Models = 3000;
    private const int PerPage = 500;
    private const int Questions = 150;

    [Theory]
    [InlineData("sqlite", 11)]
    [InlineData("postgres", 12)]
    public async Task A_search_finds_what_a_look_at_every_model_finds(string store, int seed)
    {
        var catalogue = new GeneratedCatalogue(Models, (ulong)seed);
        await using var hub = await FakeHub.StartAsync();
        hub.Serve("/api/models", async context =>
        {
            var from = int.Parse(context.Request.Query["cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
            if (from + PerPage < catalogue.Count)
            {
                context.Response.Headers.Link = $"<http://hub.invalid/api/models?cursor={from + PerPage}>; rel=\"next\"";
            }

            var page = new ArrayBufferWriter<byte>();
            catalogue.WritePage(page, from, PerPage);
            await context.Response.Body.WriteAsync(page.WrittenMemory);
        });
        await using var app = new RegistryApp(hub, store);
        var client = app.Client;
        (await client.PostAsJsonAsync("/api/v1/models/sync", new { sources = new[] { "huggingface" } })).EnsureSuccessStatusCode();
        await DoneAsync(client);

        var generated = Enumerable.Range(0, Models).Select(catalogue.Model).Select(model => (Model: model, Words: WordsOf(model))).ToArray();
        var found = 0;
        for (var question = 0; question < Questions; question++)
        {
            var address = SearchLoad.Question(catalogue, new GeneratedCatalogue.Draw((ulong)(seed * 1_000_000L) + ((ulong)question << 20)));
            var query = QueryHelpers.ParseQuery(address[address.IndexOf('?', StringComparison.Ordinal)..]).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
            var items = (await client.GetFromJsonAsync<ModelPage>(address.Replace("limit=20", "limit=1000", StringComparison.Ordinal), TerradevJson.Options))!.Items
                .Where(item => item.Provenance.Source == "huggingface").ToArray();

            var expected = generated.Where(model => Matches(model.Model, model.Words, query)).Select(model => model.Model.Id).ToHashSet();
            var ids = items.Select(item => item.Id).ToArray();
            ids.ShouldBeUnique(address);
            if (query.ContainsKey("fitsInGiB"))
            {
                ids.ShouldBeSubsetOf(expected, address);
            }
            else if (query.ContainsKey("minParameters"))
            {
                // The size of some follows from their names.
                expected.ShouldBeSubsetOf(ids, address);
                items.ShouldAllBe(item => item.Parameters >= 1_000_000_000 && item.Parameters <= 8_000_000_000);
            }
            else if (expected.Count > 0)
            {
                // Where no model has all words, models with a part of them in their names may come instead.
                ids.Order().ShouldBe(expected.Order(), address);
            }

            items.Select(item => query.ContainsKey("sort") ? item.CreatedAt!.Value.ToUnixTimeSeconds() : item.Popularity!.Score).ShouldBeInOrder(SortDirection.Descending, address);
            found += expected.Count > 0 ? 1 : 0;
        }

        found.ShouldBeInRange(Questions / 3, Questions - 1);
    }

    private static async Task DoneAsync(HttpClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var state = (await client.GetFromJsonAsync<Page<SyncState>>("/api/v1/models/sync", TerradevJson.Options, patience.Token))!.Items.Single(sync => sync.Source == "huggingface");
            if (state.Status is SyncStatus.Done)
            {
                (state.Seen, state.Added, state.Skipped).ShouldBe((Models, Models, 0));
                return;
            }

            state.Status.ShouldBeOneOf(SyncStatus.Queued, SyncStatus.Running);
            await Task.Delay(50, patience.Token);
        }
    }

    private static bool Matches(GeneratedModel model, HashSet<string> words, Dictionary<string, string> query) =>
        Runs().Matches(query["search"].ToLowerInvariant()).All(word => words.Contains(word.Value))
        && query.GetValueOrDefault("task", model.Task) == model.Task
        && query.GetValueOrDefault("license", model.License) == model.License
        && query.GetValueOrDefault("library", model.Library) == model.Library
        && (!query.TryGetValue("framework", out var framework) || framework.Length == 0 || framework == model.Type || framework == model.Library)
        && (!query.ContainsKey("minParameters") || model.Parameters is >= 1_000_000_000 and <= 8_000_000_000);

    // Letters before digits count as a word too: llama3 is found by llama.
    private static HashSet<string> WordsOf(GeneratedModel model)
    {
        var words = Runs().Matches(string.Join(' ', model.Id, model.Task, model.Library, model.Type, model.Language, "safetensors generated_from_trainer endpoints_compatible").ToLowerInvariant())
            .Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        words.UnionWith([.. words.Select(word => word.TrimEnd("0123456789".ToCharArray())).Where(letters => letters.Length > 2)]);
        return words;
    }

    [GeneratedRegex("[a-z0-9]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Runs();
}
