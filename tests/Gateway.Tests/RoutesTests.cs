using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Terradev.Gateway.Tests;

public sealed class RoutesTests
{
    [Theory]
    [InlineData("GET", "/api/v1/models", "modelregistry")]
    [InlineData("GET", "/api/v1/models/huggingface/google-bert/bert-base-uncased", "modelregistry")]
    [InlineData("POST", "/api/v1/models/sync", "modelregistry")]
    [InlineData("GET", "/api/v1/requirements?model=huggingface:gpt2&mode=lora", "modelregistry")]
    [InlineData("GET", "/api/v1/datasets?search=imdb", "datasetregistry")]
    [InlineData("GET", "/api/v1/datasets/huggingface/stanfordnlp/imdb", "datasetregistry")]
    [InlineData("GET", "/api/v1/offers?gpu=T4", "computeoptimizer")]
    [InlineData("POST", "/api/v1/offers/import", "computeoptimizer")]
    [InlineData("GET", "/api/v1/offers/imports/7/quarantine", "computeoptimizer")]
    [InlineData("GET", "/api/v1/gpus", "computeoptimizer")]
    [InlineData("GET", "/api/v1/gpus/A100-80GB", "computeoptimizer")]
    [InlineData("POST", "/api/v1/recommendations", "computeoptimizer")]
    [InlineData("POST", "/api/v1/recommendations/compare", "computeoptimizer")]
    [InlineData("POST", "/api/v1/advice/right-size", "computeoptimizer")]
    [InlineData("POST", "/api/v1/environments", "environmentgenerator")]
    [InlineData("DELETE", "/api/v1/environments/e1", "environmentgenerator")]
    [InlineData("GET", "/api/v1/environments/e1/runs/1/log", "environmentgenerator")]
    [InlineData("GET", "/api/v1/environments/e1/events", "environmentgenerator")]
    [InlineData("GET", "/api/v1/events", "environmentgenerator")]
    [InlineData("GET", "/api/v1/blueprints", "environmentgenerator")]
    [InlineData("GET", "/api/v1/blueprints/aws/training", "environmentgenerator")]
    public async Task Each_address_reaches_its_service_as_it_was_sent(string method, string path, string service)
    {
        await using var other = await Upstream.StartAsync(context => context.Response.WriteAsync("another service"));
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync(
            $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization}"));
        await using var gateway = GatewayApp.Over(other.Address, (service, upstream.Address));
        using var client = gateway.Start();

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var response = await client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).ShouldBe($"{method} {path} Bearer {GatewayApp.Key}");
    }

    [Theory]
    [InlineData("/api/v1/environments", 401)]
    [InlineData("/api/v1/nothing", 401)]
    public async Task Nothing_passes_without_a_key(string path, int status)
    {
        var asked = 0;
        await using var upstream = await Upstream.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start(key: null);

        var response = await client.GetAsync(path);

        ((int)response.StatusCode).ShouldBe(status);
        await ShouldBeProblem(response, "unauthorized");
        asked.ShouldBe(0);
    }

    [Fact]
    public async Task An_address_of_no_service_is_not_found()
    {
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync("reached"));
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start();
        var response = await client.GetAsync("/api/v1/requirements/deeper");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await ShouldBeProblem(response, "not-found");
    }

    [Fact]
    public async Task A_refusal_of_a_service_arrives_unchanged()
    {
        const string Problem = """{"status":422,"code":"model-not-found","nextStep":"Look."}""";
        await using var upstream = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 422;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync(Problem);
        });
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start();
        var response = await client.GetAsync("/api/v1/models/huggingface/none");
        ((int)response.StatusCode).ShouldBe(422);
        (await response.Content.ReadAsStringAsync()).ShouldBe(Problem);
    }

    [Fact]
    public async Task The_trace_goes_on_in_the_service()
    {
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync(context.Request.Headers.TraceParent.ToString()));
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start();
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/models") { Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" } } };
        var seen = await (await client.SendAsync(request)).Content.ReadAsStringAsync();
        seen.ShouldStartWith($"00-{trace}-");
    }

    [Fact]
    public async Task An_event_arrives_while_the_stream_is_open()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("id: 1\ndata: {}\n\n");
            await context.Response.Body.FlushAsync();
            await more.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync($"id: 2\ndata: after {context.Request.Headers["Last-Event-ID"]}\n\n");
        });
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events") { Headers = { { "Last-Event-ID", "0" } } };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        (await reader.ReadLineAsync(deadline.Token)).ShouldBe("id: 1");
        more.SetResult();
        (await reader.ReadToEndAsync(deadline.Token)).ShouldEndWith("data: after 0\n\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_one_mebibyte_is_refused(bool chunked)
    {
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("read");
        });
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/environments")
        {
            Content = new StringContent(new string('x', (1024 * 1024) + 1), Encoding.UTF8, "application/json"),
            Headers = { TransferEncodingChunked = chunked },
        };
        var response = await client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await ShouldBeProblem(response, "body-too-large");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_of_prices_may_be_larger(bool chunked)
    {
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync(body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        });
        await using var gateway = GatewayApp.Over(upstream.Address);
        using var client = gateway.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/offers/import?cloud=aws")
        {
            Content = new StringContent(new string('x', 20 * 1024 * 1024), Encoding.UTF8, "text/csv"),
            Headers = { TransferEncodingChunked = chunked },
        };
        (await (await client.SendAsync(request)).Content.ReadAsStringAsync()).ShouldBe("20971520");
    }

    internal static async Task<JsonElement> ShouldBeProblem(HttpResponseMessage response, string code)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrEmpty();
        return problem;
    }
}
