using Microsoft.Extensions.DependencyInjection;
using Terradev.DatasetRegistry.Hubs;
using Terradev.ServiceDefaults;
using Terradev.Testing;

namespace Terradev.DatasetRegistry.Tests.Hubs;

public sealed class HuggingFaceHubTests : IAsyncLifetime
{
    private const string Imdb = "stanfordnlp/imdb";

    private FakeHub _hub = null!;
    private FakeHub _viewer = null!;
    private RegistryApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _viewer = await FakeHub.StartAsync();
        _app = new RegistryApp(_hub, _viewer);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _viewer.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_card_that_tells_everything_needs_no_viewer()
    {
        _hub.Serve($"/api/datasets/{Imdb}", Sample.Dataset(Imdb));

        var dataset = await FoundAsync(Imdb);

        dataset.Task.ShouldBe("text-classification");
        dataset.Modality.ShouldBe("text");
        DatasetSize.Of(dataset).ShouldBe(new DatasetSize(100_000, 83_446_840, 133_190_302));
        _viewer.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_renamed_dataset_is_followed_to_its_new_name()
    {
        _hub.Serve($"/api/datasets/{Imdb}", Sample.Dataset(Imdb)).Serve("/api/datasets/imdb", "", 307, ("Location", $"/api/datasets/{Imdb}"));

        (await FoundAsync("imdb")).Id.ShouldBe(Imdb);
    }

    [Fact]
    public async Task What_the_card_leaves_out_the_viewer_has_counted()
    {
        _hub.Serve("/api/datasets/ibm/duorc", """{"id":"ibm/duorc","tags":["modality:text"]}""");
        _viewer.Serve("/size", Sample.ViewerSize());

        var dataset = await FoundAsync("ibm/duorc");

        DatasetSize.Of(dataset).ShouldBe(new DatasetSize(187_213, 58_710_973, 1_060_742_354));
        dataset.DefaultConfiguration.ShouldBeNull();
        dataset.Configurations.SelectMany(configuration => configuration.Splits).Count().ShouldBe(6);
    }

    [Theory]
    [InlineData(200, """{"size":{"configs":[{"config":"a","num_bytes_original_files":1}],"splits":[{"config":"a","split":"train","num_rows":1}]},"pending":[],"failed":[],"partial":true}""")]
    [InlineData(200, """{"size":{"configs":[]},"partial":"yes"}""")]
    [InlineData(200, """{"size":""")]
    [InlineData(404, """{"error":"Not found."}""")]
    [InlineData(501, """{"error":"The dataset tries to import a module"}""")]
    public async Task A_viewer_that_knows_less_changes_nothing(int status, string body)
    {
        _hub.Serve("/api/datasets/a/b", """{"id":"a/b","siblings":[{"rfilename":"x.csv","size":70},{"rfilename":"y.csv","size":30}]}""");
        _viewer.Serve("/size", body, status);

        DatasetSize.Of(await FoundAsync("a/b")).ShouldBe(new DatasetSize(null, 100, null));
    }

    [Fact]
    public async Task A_mirror_is_not_assumed_to_have_a_viewer()
    {
        _hub.Serve("/api/datasets/a/b", """{"id":"a/b"}""");
        await using var app = new RegistryApp(_hub);

        var answer = await app.Services.GetRequiredService<IDatasetHub>().FindAsync("a/b", TestContext.Current.CancellationToken);

        answer.Outcome.ShouldBe(HubOutcome.Found);
        _hub.Requests.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"id":"a/b","siblings":[""")]
    [InlineData("""{"id":"a/b","tags":"text"}""")]
    [InlineData("""{"id":"a/../b"}""")]
    [InlineData("[]")]
    public async Task An_answer_that_cannot_be_read_is_no_answer(string body)
    {
        _hub.Serve("/api/datasets/a/b", body);

        (await FindAsync("a/b")).Outcome.ShouldBe(HubOutcome.Unavailable);
    }

    [Fact]
    public async Task The_token_goes_to_no_other_host()
    {
        await using var elsewhere = await FakeHub.StartAsync();
        _hub.Serve("/api/datasets/a/b", "", 302, ("Location", new Uri(elsewhere.Address, "stolen").ToString()));

        (await FindAsync("a/b")).Outcome.ShouldBe(HubOutcome.Unavailable);
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_hub_does_not_know_what_it_hides_from_strangers() => (await FindAsync("nobody/nothing")).Outcome.ShouldBe(HubOutcome.Unknown);

    private Task<HubAnswer<HubDataset>> FindAsync(string id) => _app.Services.GetRequiredService<IDatasetHub>().FindAsync(id, TestContext.Current.CancellationToken);

    private async Task<HubDataset> FoundAsync(string id)
    {
        var answer = await FindAsync(id);
        answer.Outcome.ShouldBe(HubOutcome.Found, answer.Reason);
        return answer.Value.ShouldNotBeNull();
    }
}
