using System.IO.Compression;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.ServiceDefaults.Tests;

public sealed class DocsTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(
        map: app =>
        {
            app.MapPost("/api/v1/environments", (EnvironmentRequest request) => TypedResults.Ok<EnvironmentResponse>(null));
            app.MapPost("/api/v1/recommendations", (RecommendationRequest request) => TypedResults.Ok<Recommendation>(null));
        });

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task The_page_allows_no_other_host()
    {
        var response = await _service.Anonymous.GetAsync("/docs");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain('*');
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("//");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task The_bundle_is_the_published_one(string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/docs/scalar.js");
        if (encoding is not null)
        {
            request.Headers.AcceptEncoding.Add(new(encoding));
        }

        var response = await _service.Anonymous.SendAsync(request);
        var content = await response.Content.ReadAsStreamAsync();
        response.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(encoding);
        var script = encoding is null ? content : new GZipStream(content, CompressionMode.Decompress);
        Convert.ToHexStringLower(await SHA256.HashDataAsync(script)).ShouldBe("81b8d2bdab4a42ab81465386441b9a0f928b68631364360f00e8cce620cc1efb");
    }

    [Fact]
    public async Task The_document_has_a_title_a_version_and_the_key()
    {
        var document = await Document();
        document.GetProperty("info").GetProperty("title").GetString().ShouldBe("Terradev API");
        document.GetProperty("info").GetProperty("version").GetString()!.ShouldMatch(@"^\d+\.\d+\.\d+");
        var scheme = document.GetProperty("security")[0].EnumerateObject().Single().Name;
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty(scheme).GetProperty("scheme").GetString().ShouldBe("bearer");
    }

    [Fact]
    public async Task Enums_are_the_words_of_the_api()
    {
        var schema = (await Document()).GetProperty("components").GetProperty("schemas");
        Words(schema.GetProperty(nameof(CapacityPreference))).ShouldBe(Wire.Names<CapacityPreference>());
        Words(schema.GetProperty(nameof(EnvironmentStatus))).ShouldBe(Wire.Names<EnvironmentStatus>());
        schema.GetProperty(nameof(CapacityPreference)).GetProperty("type").GetString().ShouldBe("string");
        Words(schema.GetProperty(nameof(Constraints)).GetProperty("properties").GetProperty("clouds").GetProperty("items")).ShouldBe(Wire.Names<Cloud>());
        var time = schema.GetProperty(nameof(Quote)).GetProperty("properties").GetProperty("createdAt");
        time.GetProperty("type").GetString().ShouldBe("string");
        time.GetProperty("format").GetString().ShouldBe("date-time");
    }

    [Fact]
    public async Task Every_operation_documents_the_refusal()
    {
        var document = await Document();
        document.GetProperty("paths").GetProperty("/api/v1/environments").GetProperty("post").GetProperty("responses").GetProperty("default")
            .GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString()
            .ShouldBe("#/components/schemas/ProblemDetails");
        var problem = document.GetProperty("components").GetProperty("schemas").GetProperty("ProblemDetails").GetProperty("properties");
        Words(problem.GetProperty("code")).Order().ShouldBe(typeof(RefusalCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order());
        problem.TryGetProperty("nextStep", out _).ShouldBeTrue();
        problem.TryGetProperty("errors", out _).ShouldBeTrue();
    }

    private static IEnumerable<string?> Words(JsonElement schema) => schema.GetProperty("enum").EnumerateArray().Select(word => word.GetString());

    private Task<JsonElement> Document() => _service.Anonymous.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
}
