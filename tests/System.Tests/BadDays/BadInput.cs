using System.Text.Json;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.BadDays;

public sealed class BadInput : SystemTest, IClassFixture<HubWithGaps>
{
    private const string Model = "\"model\":\"google-bert/bert-base-uncased\"";
    private readonly Standalone _standalone;

    public BadInput(HubWithGaps hub)
    {
        _standalone = hub.Standalone;
        Watch(_standalone.Process);
    }

    public static TheoryData<string, string, int, string> Requests { get; } = new()
    {
        { "no JSON at all", "model=bert", 400, "malformed-body" },
        { "JSON cut off", """{"model":"google-bert""", 400, "malformed-body" },
        { "an array", "[]", 400, "malformed-body" },
        { "null", "null", 400, "invalid-request" },
        { "nothing", "", 400, "invalid-request" },
        { "a number as model", """{"model":42}""", 400, "malformed-body" },
        { "a text as budget", $$$"""{{{{Model}}},"budget":"cheap"}""", 400, "malformed-body" },
        { "an unknown field", $$$"""{{{{Model}}},"bugdet":{"maxHourly":1}}""", 400, "malformed-body" },
        { "no model", """{"name":"nameless"}""", 400, "invalid-request" },
        { "a name with quotes", $$$"""{{{{Model}}},"name":"a\"b"}""", 400, "invalid-request" },
        { "a name with a newline", $$$"""{{{{Model}}},"name":"a\nb"}""", 400, "invalid-request" },
        { "a name with a template", $$$"""{{{{Model}}},"name":"${path.module}"}""", 400, "invalid-request" },
        { "a name of 300 characters", $$$"""{{{{Model}}},"name":"{{{new string('a', 300)}}}"}""", 400, "invalid-request" },
        { "a name that climbs", $$$"""{{{{Model}}},"name":"../../etc"}""", 400, "invalid-request" },
        { "a model with a template", """{"model":"huggingface:${file(\"/etc/passwd\")}"}""", 400, "invalid-request" },
        { "an owner with a newline", $$$"""{{{{Model}}},"owner":"me\nyou"}""", 400, "invalid-request" },
        { "a negative budget", $$$"""{{{{Model}}},"budget":{"maxHourly":-1}}""", 400, "invalid-request" },
        { "a runtime beyond all limits", $$$"""{{{{Model}}},"maxRuntimeHours":100000}""", 400, "invalid-request" },
        { "an unknown model", """{"model":"google-bert/no-such-model"}""", 422, "model-not-found" },
        { "an unknown dataset", $$$"""{{{{Model}}},"dataset":"stanfordnlp/no-such-dataset"}""", 422, "dataset-not-found" },
        { "a budget that nothing fits", $$$"""{{{{Model}}},"budget":{"maxHourly":0.0001}}""", 422, "no-offer-fits" },
        { "an unknown hub", """{"model":"nowhere:a/b"}""", 422, "unknown-source" },
        { "an unknown blueprint", $$$"""{{{{Model}}},"blueprint":"castle"}""", 422, "unknown-blueprint" },
        { "an unknown region", $$$"""{{{{Model}}},"region":"atlantis-1"}""", 422, "unknown-region" },
        { "an unknown instance type", $$$"""{{{{Model}}},"instanceType":"p99.huge"}""", 422, "unknown-instance-type" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_bad_request_is_refused_with_a_code_and_a_next_step_and_nothing_is_stored(string what, string body, int status, string code)
    {
        using var answer = await _standalone.Api.PostTextAsync(body);

        await IsProblemAsync(answer, status, code, what);
        (await _standalone.Api.ListAsync()).ShouldBeEmpty(what);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        using var answer = await _standalone.Api.PostTextAsync($$"""{"name":"{{new string('a', 1_100_000)}}"}""");

        await IsProblemAsync(answer, 413, "body-too-large", "1.1 MB");
    }

    [Fact]
    public async Task A_call_without_a_key_is_refused()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_standalone.Address) };

        using var answer = await http.GetAsync("/api/v1/environments");

        await IsProblemAsync(answer, 401, "unauthorized", "no key");
    }

    private static async Task IsProblemAsync(HttpResponseMessage answer, int status, string code, string what)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, $"{what}: {text}");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", what);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        problem.GetProperty("code").GetString().ShouldBe(code, what);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace(what);
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrWhiteSpace(what);
    }
}
