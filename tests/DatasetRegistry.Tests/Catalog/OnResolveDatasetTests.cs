using MassTransit;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Testing;

namespace Terradev.DatasetRegistry.Tests.Catalog;

public class OnResolveDatasetTests
{
    [Fact]
    public async Task A_request_over_the_bus_is_answered_from_the_hub_then_the_cache_then_the_store()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);
        hub.Serve("/api/datasets/stanfordnlp/imdb", Sample.Dataset("stanfordnlp/imdb"));

        var answer = await AskAsync(app, "huggingface:stanfordnlp/imdb");
        (await AskAsync(app, "stanfordnlp/imdb")).Dataset.ShouldNotBeNull();
        hub.Requests.Count.ShouldBe(1);
        hub.Serve("/api/datasets/stanfordnlp/imdb", "", 500);
        await app.Services.GetRequiredService<IDistributedCache>().RemoveAsync("dataset:huggingface:stanfordnlp/imdb", TestContext.Current.CancellationToken);
        var later = await AskAsync(app, "stanfordnlp/imdb");

        answer.Refusal.ShouldBeNull();
        answer.Dataset.ShouldNotBeNull().Rows.ShouldBe(100_000);
        answer.Dataset.Provenance.Source.ShouldBe("huggingface");
        later.Dataset.ShouldNotBeNull().Provenance.ShouldBe(answer.Dataset.Provenance);
    }

    [Theory]
    [InlineData("nobody/nothing", RefusalCodes.DatasetNotFound)]
    [InlineData("a//b", RefusalCodes.InvalidRequest)]
    [InlineData("kaggle:a/b", RefusalCodes.UnknownSource)]
    public async Task A_refusal_is_an_answer_too(string dataset, string code)
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);

        var answer = await AskAsync(app, dataset);

        answer.Dataset.ShouldBeNull();
        answer.Refusal.ShouldNotBeNull().Code.ShouldBe(code);
    }

    private static async Task<DatasetResolved> AskAsync(RegistryApp app, string dataset)
    {
        await using var scope = await app.ScopeAsync();
        var client = scope.ServiceProvider.GetRequiredService<IBus>().CreateRequestClient<ResolveDataset>();
        return (await client.GetResponse<DatasetResolved>(new ResolveDataset(dataset), TestContext.Current.CancellationToken)).Message;
    }
}
