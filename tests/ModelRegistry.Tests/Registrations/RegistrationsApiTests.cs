using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Registrations;

/// <summary>The same registrations on both databases.</summary>
public abstract class RegistrationsApiTests(string store) : IAsyncLifetime
{
    private const string Tiny =
        """
        {"id":"Acme/Tiny-LM","title":"Tiny","task":"text-generation","library":"transformers","license":"mit","description":"Line one.\nLine two.","tags":["in-house","نموذج"],
         "elementsByDtype":{"BF16":1000000},"config":{"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"id2label":{"0":"a","1":"b"}},
         "files":[{"path":"model.safetensors","sizeBytes":2000000,"sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}],"usage":["load(\"x\")\nrun()"]}
        """;

    private RegistryApp _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _app = new RegistryApp(store: store);
        await using var ready = await _app.ScopeAsync();
        _client = _app.Client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_registered_model_is_found_wherever_models_are()
    {
        using var created = await PostAsync(Tiny);

        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        created.Headers.Location!.ToString().ShouldBe("/api/v1/models/custom/Acme/Tiny-LM");
        var text = await created.Content.ReadAsStringAsync();
        (await _client.GetStringAsync(created.Headers.Location)).ShouldBe(text);
        (await _client.GetStringAsync("/api/v1/models/custom/acme%2Ftiny-lm")).ShouldBe(text);
        var detail = JsonSerializer.Deserialize<ModelDetail>(text, TerradevJson.Options).ShouldNotBeNull();
        detail.Parameters.ShouldNotBeNull().Total.ShouldBe(1_000_000);
        detail.Files.ShouldHaveSingleItem().Sha256.ShouldBe(new string('a', 64));
        detail.Description.ShouldBe("Line one. Line two.");
        detail.Usage.ShouldBe(["load(\"x\")\nrun()"]);
        detail.Model.Tags.ShouldBe(["in-house", "نموذج"]);
        detail.Model.Provenance.Source.ShouldBe("custom");

        (await IdsAsync("?source=custom")).ShouldBe(["Acme/Tiny-LM"]);
        (await IdsAsync("?search=tiny%20lm&license=mit&framework=in-house")).ShouldBe(["Acme/Tiny-LM"]);
        var needs = await _client.GetFromJsonAsync<ModelRequirements>("/api/v1/requirements?model=custom:acme/TINY-lm", TerradevJson.Options);
        needs.ShouldNotBeNull().Model.ShouldBe("custom:Acme/Tiny-LM");
        await using var scope = await _app.ScopeAsync();
        (await scope.ServiceProvider.GetRequiredService<SizeWorkload>().RunAsync("custom:Acme/Tiny-LM", new Workload(), default)).Requirements.ShouldNotBeNull();
        using var verified = await _client.PostAsync("/api/v1/models/verify", Body($$"""{"model":"custom:Acme/Tiny-LM","files":[{"path":"model.safetensors","sizeBytes":2000000,"sha256":"{{new string('a', 64)}}"}]}"""));
        (await verified.Content.ReadFromJsonAsync<CopyReport>(TerradevJson.Options)).ShouldNotBeNull().Verdict.ShouldBe(CopyVerdict.Intact);
    }

    [Fact]
    public async Task The_same_registration_again_changes_nothing_and_another_is_refused()
    {
        using var created = await PostAsync(Tiny);
        using var again = await PostAsync(Tiny.Replace("{\"id\"", "\n{ \"id\"", StringComparison.Ordinal));

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await created.Content.ReadAsStringAsync());
        var problem = await ProblemAsync(await PostAsync(Tiny.Replace("\"mit\"", "\"gpl\"", StringComparison.Ordinal)), HttpStatusCode.Conflict, "model-exists");
        problem.GetProperty("nextStep").GetString().ShouldNotBeNull().ShouldContain("PUT /api/v1/models/custom/Acme/Tiny-LM");
    }

    [Fact]
    public async Task Of_many_at_once_one_is_first()
    {
        var same = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync(Tiny)));
        var different = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => PostAsync($$"""{"id":"race","parameters":{{n + 1}}}""")));

        same.Select(response => (int)response.StatusCode).Order().ShouldBe([200, 200, 200, 200, 200, 200, 200, 201]);
        different.Select(response => (int)response.StatusCode).Order().ShouldBe([201, 409, 409, 409, 409, 409, 409, 409]);
    }

    [Fact]
    public async Task Put_replaces_and_delete_removes()
    {
        (await PutAsync("custom/acme/x", """{"parameters":1000,"task":"fill-mask"}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        var created = (await DetailAsync("custom/acme/x")).Model.CreatedAt.ShouldNotBeNull();
        using var replaced = await PutAsync("custom/ACME%2Fx", """{"id":"ACME/x","parameters":2000,"title":"New"}""");

        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        var detail = await DetailAsync("custom/acme/x");
        (detail.Model.Id, detail.Model.Parameters, detail.Model.Task, detail.Model.Title, detail.Model.CreatedAt).ShouldBe(("ACME/x", 2000L, null, "New", created));
        (await IdsAsync("?source=custom&task=fill-mask")).ShouldBeEmpty();
        (await IdsAsync("?source=custom&search=new")).ShouldBe(["ACME/x"]);

        (await _client.DeleteAsync("/api/v1/models/custom/acme/X")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ProblemAsync(await _client.DeleteAsync("/api/v1/models/custom/acme/x"), HttpStatusCode.NotFound, "model-not-found");
        await ProblemAsync(await _client.GetAsync("/api/v1/models/custom/acme/x"), HttpStatusCode.NotFound, "model-not-found");
        (await IdsAsync("?source=custom")).ShouldBeEmpty();
        (await IdsAsync("?search=acme")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Hubs_models_are_not_changed()
    {
        using var put = await PutAsync("huggingface/acme/x", "{}");
        put.Content.Headers.Allow.ShouldBe(["GET"]);
        await ProblemAsync(put, HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        await ProblemAsync(await _client.DeleteAsync("/api/v1/models/huggingface/google-bert/bert-base-uncased"), HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        (await IdsAsync("?search=bert%20uncased")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_size_that_nothing_tells_is_refused_when_it_is_asked_for()
    {
        (await PostAsync("""{"id":"nothing"}""")).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await DetailAsync("custom/nothing")).Parameters.ShouldBeNull();
        await ProblemAsync(await _client.GetAsync("/api/v1/requirements?model=custom:nothing"), HttpStatusCode.UnprocessableEntity, "model-size-unknown");
    }

    [Fact]
    public async Task A_parameter_count_alone_gives_a_size()
    {
        (await PostAsync("""{"id":"seven","parameters":7000000000}""")).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await DetailAsync("custom/seven")).Needs.ShouldContain(need => need.Mode == WorkloadMode.Inference && need.Precision == Precision.Fp16 && need.TotalBytes > 14_000_000_000);
        (await IdsAsync("?source=custom&minParameters=7B&maxParameters=7B")).ShouldBe(["seven"]);
    }

    [Fact]
    public async Task What_is_wrong_is_all_named_at_once()
    {
        var problem = await ProblemAsync(await PostAsync(
            """
            {"id":"../x","title":"a\u0000","task":"\u001b[31m","license":"x\u202ey","description":"\u0007","tags":["ok","\n",null],"parameters":-1,"elementsByDtype":{"bf16":1},
             "config":[],"files":[{"path":"../a","sizeBytes":1}],"usage":["\u2066"]}
            """), HttpStatusCode.BadRequest, "invalid-request");

        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(
            ["id", "title", "task", "license", "description", "tags[1]", "parameters", "elementsByDtype", "config", "files[0].path", "usage[0]"], ignoreOrder: true);
        (await IdsAsync("?source=custom")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":"a:b"}""")]
    [InlineData("""{"id":"/a"}""")]
    [InlineData("""{"id":"a//b"}""")]
    [InlineData("""{"id":"a/../b"}""")]
    [InlineData("""{"id":"نموذج"}""")]
    [InlineData("""{"id":"a b"}""")]
    [InlineData("""{"id":"a","parameters":0}""")]
    [InlineData("""{"id":"a","parameters":9223372036854775807}""")]
    [InlineData("""{"id":"a","elementsByDtype":{"F32":-1}}""")]
    [InlineData("""{"id":"a","elementsByDtype":{"F32":9223372036854775807}}""")]
    [InlineData("""{"id":"a","config":"x"}""")]
    [InlineData("""{"id":"a","config":{"x":"\u0000"}}""")]
    [InlineData("""{"id":"a","config":{"model_type":"\ud800"}}""")]
    [InlineData("""{"id":"a","config":{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}""")]
    public async Task Values_out_of_their_range_are_refused(string body) => await ProblemAsync(await PostAsync(body), HttpStatusCode.BadRequest, "invalid-request");

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"id":"a","parameters":1e30}""")]
    [InlineData("""{"id":"a","parameters":"7B"}""")]
    [InlineData("""{"id":"a","parameters":1.5}""")]
    [InlineData("""{"id":"a","source":"huggingface"}""")]
    [InlineData("""{"id":"a","id":"b"}""")]
    [InlineData("""{"id":"a","title":"\ud800"}""")]
    [InlineData("""{"id":"a","config":{"\udc00":1}}""")]
    [InlineData("""{"id":"a","tags":"x"}""")]
    [InlineData("""{"id":"a","files":[{"path":"x","sizeBytes":1,"url":"file:///etc/passwd"}]}""")]
    public async Task Another_shape_is_refused(string body)
    {
        using var response = await PostAsync(body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_large_config_is_refused_and_a_strange_one_sizes_nothing()
    {
        var large = $$"""{"id":"a","config":{"x":"{{new string('x', 256 * 1024)}}"} }""";
        (await ProblemAsync(await PostAsync(large), HttpStatusCode.BadRequest, "invalid-request")).GetProperty("errors").TryGetProperty("config", out _).ShouldBeTrue();

        (await PostAsync("""{"id":"strange","config":{"model_type":"llama","hidden_size":-5,"num_hidden_layers":1e30,"vocab_size":"many","note":"\\u0000","architectures":[null,7]}}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await DetailAsync("custom/strange")).Parameters.ShouldBeNull();
    }

    [Fact]
    public async Task Figures_at_the_end_of_their_range_do_not_overflow()
    {
        var elements = string.Join(',', Enumerable.Range(0, 32).Select(n => $"\"F{n}\":1000000000000000"));
        (await PostAsync($$"""{"id":"vast","elementsByDtype":{ {{elements}} },"files":[{"path":"model.safetensors","sizeBytes":1152921504606846976}]}""")).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await PostAsync("""{"id":"most","parameters":1000000000000000}""")).StatusCode.ShouldBe(HttpStatusCode.Created);

        (await DetailAsync("custom/most")).Needs.ShouldAllBe(need => need.TotalBytes > 0);
        (await _client.GetAsync("/api/v1/models/custom/vast")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _client.GetAsync("/api/v1/requirements?model=custom:most&mode=full&contextLength=10000000&batchSize=65536")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private Task<HttpResponseMessage> PostAsync(string json) => _client.PostAsync("/api/v1/models", Body(json));

    private Task<HttpResponseMessage> PutAsync(string path, string json) => _client.PutAsync($"/api/v1/models/{path}", Body(json));

    private async Task<ModelDetail> DetailAsync(string path) => (await _client.GetFromJsonAsync<ModelDetail>($"/api/v1/models/{path}", TerradevJson.Options)).ShouldNotBeNull();

    private async Task<string[]> IdsAsync(string query) =>
        [.. (await _client.GetFromJsonAsync<ModelPage>($"/api/v1/models{query}", TerradevJson.Options)).ShouldNotBeNull().Items.Select(model => model.Id)];

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync());
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            problem.GetProperty("code").GetString().ShouldBe(code);
            return problem;
        }
    }
}

public sealed class RegistrationsOnSqliteTests() : RegistrationsApiTests("sqlite");

public sealed class RegistrationsOnPostgresTests() : RegistrationsApiTests("postgres");
