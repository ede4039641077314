using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.Testing;

namespace Terradev.ModelRegistry.Tests.Artifacts;

public sealed class VerifyCopyTests : IAsyncLifetime
{
    private static readonly string A = new('a', 64);

    private FakeHub _hub = null!;
    private RegistryApp _app = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _hub.Serve("/api/models/acme/tiny", $$"""
            {"id":"acme/tiny","sha":"r1","siblings":[
              {"rfilename":"model.safetensors","size":100,"lfs":{"sha256":"{{A}}","size":100} },
              {"rfilename":"README.md","size":12}]}
            """);
        _hub.Serve("/api/models/acme/bare", """{"id":"acme/bare","sha":"r1","siblings":[]}""");
        _app = new RegistryApp(_hub);
        await using var ready = await _app.ScopeAsync();
        _client = _app.Client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_copy_is_compared_with_what_the_hub_recorded()
    {
        var body = $$"""{"model":"acme/tiny","files":[{"path":"model.safetensors","sizeBytes":100,"sha256":"{{A}}"},{"path":"README.md","sizeBytes":13},{"path":"x.py","sizeBytes":1}]}""";

        var report = await ReportAsync(body);

        report.Model.ShouldBe("huggingface:acme/tiny");
        report.Revision.ShouldBe("r1");
        report.Provenance.Source.ShouldBe("huggingface");
        report.Verdict.ShouldBe(CopyVerdict.Damaged);
        report.Counts.ShouldBe(new FileCounts(1, 1, 0, 1, 0));
        JsonSerializer.Serialize(await ReportAsync(body), TerradevJson.Options).ShouldBe(JsonSerializer.Serialize(report, TerradevJson.Options));
    }

    [Fact]
    public async Task What_is_wrong_is_all_named_at_once()
    {
        var problem = await ProblemAsync(
            """
            {"model":"hf:a:b","path":"../x","files":[null,{},{"path":"/etc/passwd","sizeBytes":-1,"sha256":"xyz","gitSha1":"é"},{"path":"a","sizeBytes":1},{"path":"a","sizeBytes":1},
            {"path":"a/../b","sizeBytes":1},{"path":"a\\b","sizeBytes":1},{"path":"a\u0000","sizeBytes":9223372036854775807}]}
            """, HttpStatusCode.BadRequest, RefusalCodes.InvalidRequest);

        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(
        [
            "model", "path", "files[0]", "files[1].path", "files[1].sizeBytes", "files[2].path", "files[2].sizeBytes", "files[2].sha256", "files[2].gitSha1",
            "files[4].path", "files[5].path", "files[6].path", "files[7].path", "files[7].sizeBytes",
        ]);
    }

    [Fact]
    public async Task Ten_thousand_faults_are_not_all_recited()
    {
        var problem = await ProblemAsync($$"""{"model":"acme/tiny","files":[{{string.Join(',', Enumerable.Repeat("{}", 10_000))}}]}""", HttpStatusCode.BadRequest, RefusalCodes.InvalidRequest);

        problem.GetProperty("errors").EnumerateObject().Count().ShouldBe(100);
        (await ProblemAsync($$"""{"model":"acme/tiny","files":[{{string.Join(',', Enumerable.Repeat("{}", 10_001))}}]}""", HttpStatusCode.BadRequest, RefusalCodes.InvalidRequest))
            .GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("files");
    }

    [Theory]
    [InlineData("""{"model":"acme/tiny","file":[]}""", "malformed-body")]
    [InlineData("""{"model":"acme/tiny","files":{}}""", "malformed-body")]
    [InlineData("""{"model":1,"files":[]}""", "malformed-body")]
    [InlineData("""{"model":"acme/tiny","files":[{"path":"a","sizeBytes":1e30}]}""", "malformed-body")]
    [InlineData("""{"model":"acme/tiny","files":[{"path":"a","sizeBytes":"1"}]}""", "malformed-body")]
    [InlineData("""{"model":"acme/tiny","files":[{"path":"\ud800","sizeBytes":1}]}""", "malformed-body")]
    [InlineData("""{"model":"acme/tiny","files":[{"path":"a","sizeBytes":1,"md5":"x"}]}""", "malformed-body")]
    [InlineData("""[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[""", "malformed-body")]
    [InlineData("null", "invalid-request")]
    [InlineData("{}", "invalid-request")]
    public async Task A_body_of_another_shape_is_refused(string body, string code) => await ProblemAsync(body, HttpStatusCode.BadRequest, code);

    [Theory]
    [InlineData("""{"model":"acme/bare","files":[]}""", HttpStatusCode.UnprocessableEntity, "model-files-unknown")]
    [InlineData("""{"model":"acme/tiny","path":"unet","files":[]}""", HttpStatusCode.UnprocessableEntity, "model-files-unknown")]
    [InlineData("""{"model":"acme/tiny","path":"unet","files":[{"path":"unet2/a","sizeBytes":1}]}""", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("""{"model":"acme/none","files":[]}""", HttpStatusCode.UnprocessableEntity, "model-not-found")]
    [InlineData("""{"model":"elsewhere:acme/tiny","files":[]}""", HttpStatusCode.UnprocessableEntity, "unknown-source")]
    public async Task What_cannot_be_compared_is_said(string body, HttpStatusCode status, string code) => await ProblemAsync(body, status, code);

    private async Task<CopyReport> ReportAsync(string body)
    {
        using var response = await PostAsync(body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<CopyReport>(TerradevJson.Options)).ShouldNotBeNull();
    }

    private async Task<JsonElement> ProblemAsync(string body, HttpStatusCode status, string code)
    {
        using var response = await PostAsync(body);
        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync());
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }

    private Task<HttpResponseMessage> PostAsync(string body) => _client.PostAsync("/api/v1/models/verify", new StringContent(body, Encoding.UTF8, "application/json"));
}
