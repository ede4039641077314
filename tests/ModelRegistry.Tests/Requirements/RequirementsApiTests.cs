using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Testing;

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

    [Fact]
    public async Task Several_GPUs_of_a_size_are_answered_with_a_share_and_a_fit()
    {
        var body = await _client.GetFromJsonAsync<JsonElement>(
            "/api/v1/requirements?model=huggingface:meta-llama/Llama-3.1-8B&mode=full&optimizer=adam8bit&recompute=none&zeroStage=2&gpus=8&tensorParallel=2&gpuMemoryGiB=79.5");

        body.GetProperty("training").GetRawText().ShouldBe("""{"optimizer":"adam8bit","recompute":"none","zeroStage":2}""");
        body.GetProperty("perGpu").GetProperty("dataParallel").GetInt32().ShouldBe(4);
        body.GetProperty("perGpu").GetProperty("memory").GetProperty("totalBytes").GetInt64().ShouldBe(body.GetProperty("fit").GetProperty("requiredBytes").GetInt64());
        Names(body.GetProperty("fit")).ShouldBe(["gpuMemoryGiB", "usableBytes", "requiredBytes", "fits", "largestContextLength", "largestBatchSize", "reason"]);
        body.GetProperty("sources").GetArrayLength().ShouldBe(5);
    }

    [Fact]
    public async Task The_document_names_the_parameters_as_queries_write_them()
    {
        var document = await _client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var parameters = document.GetProperty("paths").GetProperty("/api/v1/requirements").GetProperty("get").GetProperty("parameters");
        parameters.EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()).ShouldBe(
            ["model", "mode", "precision", "contextLength", "batchSize", "optimizer", "recompute", "zeroStage", "gpus", "tensorParallel", "gpuMemoryGiB"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("?model=gpt2&optimizer=lion&recompute=some&zeroStage=4&gpus=0&tensorParallel=17&gpuMemoryGiB=-1", new[] { "optimizer", "recompute", "zeroStage", "gpus", "tensorParallel", "gpuMemoryGiB" })]
    [InlineData("?model=gpt2&gpuMemoryGiB=1e9", new[] { "gpuMemoryGiB" })]
    [InlineData("?model=gpt2&gpuMemoryGiB=10001", new[] { "gpuMemoryGiB" })]
    [InlineData("?model=gpt2&mode=inference&optimizer=adamw", new[] { "optimizer" })]
    [InlineData("?model=gpt2&tensorParallel=5", new[] { "tensorParallel" })]
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

    [Fact]
    public async Task A_model_that_was_never_seen_is_sized_from_its_config_alone()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var app = new RegistryApp(hub);
        await using var ready = await app.ScopeAsync();
        hub.Serve("/api/models/org/never-seen", """{"id":"org/never-seen","sha":"0123456789012345678901234567890123456789","siblings":[{"rfilename":"config.json"}]}""");
        hub.Serve(
            "/org/never-seen/resolve/0123456789012345678901234567890123456789/config.json",
            """{"architectures":["MistralForCausalLM"],"model_type":"mistral","hidden_size":1536,"intermediate_size":4000,"num_hidden_layers":7,"num_attention_heads":12,"head_dim":96,"num_key_value_heads":3,"vocab_size":31999,"max_position_embeddings":4096,"torch_dtype":"bfloat16"}""");

        var body = await app.Client.GetFromJsonAsync<JsonElement>("/api/v1/requirements?model=org/never-seen&mode=inference&contextLength=1000&batchSize=2");

        const long Layer = (2L * 1536 * 12 * 96) + (2L * 1536 * 3 * 96) + (3L * 1536 * 4000) + (2 * 1536);
        const long Parameters = (2L * 31999 * 1536) + (7 * Layer) + 1536;
        body.GetProperty("parameters").GetProperty("total").GetInt64().ShouldBe(Parameters);
        body.GetProperty("parameters").GetProperty("confidence").GetString().ShouldBe("config");
        body.GetProperty("memory").GetProperty("weightsBytes").GetInt64().ShouldBe(2 * Parameters);
        body.GetProperty("memory").GetProperty("kvCacheBytesPerToken").GetInt64().ShouldBe(2 * 7 * 3 * 96 * 2);
        body.GetProperty("memory").GetProperty("kvCacheBytes").GetInt64().ShouldBe(2L * 7 * 3 * 96 * 2 * 1000 * 2);
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
