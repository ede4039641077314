using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terradev.Contracts;

namespace Terradev.ModelRegistry.Tests.Requirements;

public sealed class RequirementsApiTests : IAsyncLifetime
{
    private readonly RegistryApp _app = new();
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await using var ready = await _app.ScopeAsync();
        _client = _app.Client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_answer_has_the_fields_of_the_contract()
    {
        var body = await _client.GetFromJsonAsync<JsonElement>("/api/v1/requirements?model=huggingface:meta-llama/Llama-3.1-8B&mode=inference&precision=bf16&contextLength=8192&batchSize=1");

        body.GetProperty("model").GetString().ShouldBe("huggingface:meta-llama/Llama-3.1-8B");
        body.GetProperty("mode").GetString().ShouldBe("inference");
        Names(body.GetProperty("parameters")).ShouldBe(["total", "active", "byDtype", "source", "confidence"]);
        body.GetProperty("parameters").GetProperty("byDtype").GetProperty("BF16").GetInt64().ShouldBe(8_030_261_248);
        Names(body.GetProperty("memory")).ShouldBe(
            ["weightsBytes", "kvCacheBytesPerToken", "kvCacheBytes", "activationBytes", "gradientBytes", "optimizerBytes", "overheadBytes", "totalBytes"], ignoreOrder: true);
        body.GetProperty("memory").GetProperty("kvCacheBytesPerToken").GetInt64().ShouldBe(131072);
        body.GetProperty("hostMemoryBytes").GetInt64().ShouldBePositive();
        body.GetProperty("diskBytes").GetInt64().ShouldBePositive();
        body.GetProperty("gpus").GetProperty("minComputeCapability").GetString().ShouldBe("8.0");
        body.GetProperty("gpus").GetProperty("tensorParallelDegrees").EnumerateArray().Select(degree => degree.GetInt32()).ShouldBe([1, 2, 4, 8, 16]);
    }

    [Theory]
    [InlineData("?mode=banana&precision=9&contextLength=-1&batchSize=1e9", new[] { "model", "mode", "precision", "contextLength", "batchSize" })]
    [InlineData("?model=gpt2&contextLength=0", new[] { "contextLength" })]
    [InlineData("?model=gpt2&batchSize=99999999999999999999", new[] { "batchSize" })]
    [InlineData("?model=gpt2&mode=0", new[] { "mode" })]
    [InlineData("?model=%24%7Bjndi%3Ax%7D", new[] { "model" })]
    [InlineData("?model=gpt2&mode=full&precision=int8", new[] { "precision" })]
    [InlineData("?model=gpt2&contextLength=1025", new[] { "contextLength" })]
    public async Task Every_wrong_field_is_named(string query, string[] fields)
    {
        var response = await _client.GetAsync($"/api/v1/requirements{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(RefusalCodes.InvalidRequest);
        Names(problem.GetProperty("errors")).ShouldBe(fields, ignoreOrder: true);
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("kaggle:a/b", HttpStatusCode.UnprocessableEntity, RefusalCodes.UnknownSource)]
    [InlineData("nobody/nothing", HttpStatusCode.ServiceUnavailable, RefusalCodes.HubUnreachable)]
    public async Task A_refusal_tells_code_cause_and_next_step(string model, HttpStatusCode status, string code)
    {
        var response = await _client.GetAsync($"/api/v1/requirements?model={model}");

        response.StatusCode.ShouldBe(status);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
    }

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(property => property.Name);
}
