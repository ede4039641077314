using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.ServiceDefaults.Tests;

public sealed class ProblemsTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(map: app =>
    {
        app.MapPost("/things", (EnvironmentRequest request) => TypedResults.Ok(request));
        app.MapGet("/things/{number:int}", (int number, int? limit) => TypedResults.Ok(number));
        app.MapGet("/refused", () => new Refusal(
            RefusalCodes.InvalidRequest, "Two fields are wrong.", "Correct them.",
            new Dictionary<string, string[]> { ["name"] = ["is too long"], ["budget.total"] = ["is negative"] }).ToProblem());
        app.MapGet("/broken", IResult () => throw new InvalidOperationException("secret detail"));
        app.MapGet("/down", IResult () => throw new Npgsql.NpgsqlException("no", new SocketException(111)));
    });

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task An_unknown_address_is_not_found() =>
        await ShouldBeProblem(await _service.Client.GetAsync("/nowhere"), HttpStatusCode.NotFound, RefusalCodes.NotFound);

    [Fact]
    public async Task A_wrong_method_names_the_allowed_ones()
    {
        var response = await _service.Client.DeleteAsync("/things");
        await ShouldBeProblem(response, HttpStatusCode.MethodNotAllowed, RefusalCodes.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["POST"]);
    }

    [Fact]
    public async Task Another_media_type_is_refused() =>
        await ShouldBeProblem(await _service.Client.PostAsync("/things", new StringContent("name=x", Encoding.UTF8, "text/plain")), HttpStatusCode.UnsupportedMediaType, RefusalCodes.UnsupportedMediaType);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_one_mebibyte_is_refused(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/things")
        {
            Content = new StringContent($$"""{"name":"{{new string('x', 1024 * 1024)}}"}""", Encoding.UTF8, "application/json"),
            Headers = { TransferEncodingChunked = chunked },
        };
        await ShouldBeProblem(await _service.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge, RefusalCodes.BodyTooLarge);
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("[]", "not JSON of the expected shape")]
    [InlineData("""{"name":"x","budgett":1}""", "'budgett'")]
    [InlineData("""{"budget":{"maxHourly":1,"maxhourly":2}}""", "$.budget")]
    [InlineData("""{"budget":{"maxHourly":"1.00"}}""", "$.budget.maxHourly")]
    [InlineData("""{"budget":{"total":1e400}}""", "$.budget.total")]
    [InlineData("""{"mode":"loraa"}""", "$.mode")]
    [InlineData("""{"mode":2}""", "$.mode")]
    [InlineData("""{"batchSize":1.5}""", "$.batchSize")]
    [InlineData("""{"name":"\ud800"}""", "$.name")]
    public async Task A_body_of_another_shape_is_explained(string body, string cause)
    {
        var problem = await ShouldBeProblem(
            await _service.Client.PostAsync("/things", new StringContent(body, Encoding.UTF8, "application/json")), HttpStatusCode.BadRequest, RefusalCodes.MalformedBody);
        problem.GetProperty("detail").GetString()!.ShouldContain(cause);
        problem.GetProperty("detail").GetString()!.ShouldNotContain("Terradev");
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_is_malformed()
    {
        var body = new ByteArrayContent([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}']) { Headers = { ContentType = new("application/json") } };
        await ShouldBeProblem(await _service.Client.PostAsync("/things", body), HttpStatusCode.BadRequest, RefusalCodes.MalformedBody);
    }

    [Fact]
    public async Task A_missing_body_is_refused() =>
        await ShouldBeProblem(await _service.Client.PostAsync("/things", new StringContent("", Encoding.UTF8, "application/json")), HttpStatusCode.BadRequest, RefusalCodes.InvalidRequest);

    [Fact]
    public async Task A_query_value_of_the_wrong_type_is_refused() =>
        await ShouldBeProblem(await _service.Client.GetAsync("/things/1?limit=many"), HttpStatusCode.BadRequest, RefusalCodes.InvalidRequest);

    [Fact]
    public async Task Field_errors_are_all_listed()
    {
        var problem = await ShouldBeProblem(await _service.Client.GetAsync("/refused"), HttpStatusCode.BadRequest, RefusalCodes.InvalidRequest);
        problem.GetProperty("errors").GetProperty("name")[0].GetString().ShouldBe("is too long");
        problem.GetProperty("errors").GetProperty("budget.total")[0].GetString().ShouldBe("is negative");
    }

    [Fact]
    public async Task A_bug_says_nothing_of_its_inside_but_the_trace()
    {
        var response = await _service.Client.GetAsync("/broken");
        var problem = await ShouldBeProblem(response, HttpStatusCode.InternalServerError, RefusalCodes.InternalError);
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("secret detail");
    }

    [Fact]
    public async Task Lost_infrastructure_is_unavailable_and_not_a_bug() =>
        await ShouldBeProblem(await _service.Client.GetAsync("/down"), HttpStatusCode.ServiceUnavailable, RefusalCodes.ServiceUnavailable);

    [Theory]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/broken", HttpStatusCode.InternalServerError)]
    [InlineData("/refused", HttpStatusCode.BadRequest)]
    public async Task A_browser_and_an_event_stream_get_the_cause_too(string path, HttpStatusCode status)
    {
        foreach (var accept in new[] { "text/html", "text/event-stream" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue(accept) } } };
            var response = await _service.Client.SendAsync(request);
            response.StatusCode.ShouldBe(status);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
            problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public void Every_code_has_a_status_and_a_title()
    {
        var codes = typeof(RefusalCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToArray();
        foreach (var problem in codes.Select(code => Problems.Problem(code, "detail", "next").ProblemDetails))
        {
            problem.Status.ShouldNotBeNull().ShouldBeInRange(400, 599);
            problem.Title.ShouldNotBeNullOrEmpty();
        }

        codes.ShouldBeUnique();
    }

    private static async Task<JsonElement> ShouldBeProblem(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("type").GetString().ShouldBe($"urn:terradev:problem:{code}");
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }
}
