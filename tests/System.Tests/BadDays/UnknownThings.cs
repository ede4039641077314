using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.BadDays;

/// <summary>Standalone with a hub that answers, and knows nothing.</summary>
public sealed class HubThatKnowsNothing : IAsyncLifetime
{
    private readonly WebApplication _hub;
    private readonly string _address = $"http://127.0.0.1:{TestRun.FreePort()}";

    public HubThatKnowsNothing()
    {
        _hub = WebApplication.CreateSlimBuilder().Build();
        _hub.Urls.Add(_address);
        _hub.MapFallback(() => TypedResults.NotFound(new { error = "Repository not found" }));
    }

    internal Standalone Standalone { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _hub.StartAsync();
        Standalone = await Standalone.StartAsync(simulator: null, ("HF_ENDPOINT", _address));
    }

    public async ValueTask DisposeAsync()
    {
        await Standalone.DisposeAsync();
        await _hub.DisposeAsync();
    }
}

public sealed class UnknownThings : SystemTest, IClassFixture<HubThatKnowsNothing>
{
    private readonly Standalone _standalone;

    public UnknownThings(HubThatKnowsNothing hub)
    {
        _standalone = hub.Standalone;
        Watch(_standalone.Process);
    }

    [Theory]
    [InlineData("model-not-found", """{"model":"google-bert/no-such-model"}""")]
    [InlineData("dataset-not-found", """{"model":"google-bert/bert-base-uncased","dataset":"stanfordnlp/no-such-dataset"}""")]
    [InlineData("no-offer-fits", """{"model":"google-bert/bert-base-uncased","budget":{"maxHourly":0.0001}}""")]
    public async Task What_nobody_has_is_refused_with_a_next_step_and_nothing_is_stored(string code, string body)
    {
        using var answer = await _standalone.Api.PostTextAsync(body);

        await BadInput.IsProblemAsync(answer, 422, code, body);
        (await _standalone.Api.ListAsync()).ShouldBeEmpty();
    }
}
