using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.Cli.Server;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Tests.Server;

public sealed class TerradevClientTests
{
    [Fact]
    public async Task A_problem_becomes_its_refusal()
    {
        await using var server = await FakeServer.StartAsync(app => app.Run(context => FakeServer.WriteProblemAsync(context, 400, new
        {
            title = "The request is not valid",
            detail = "Two fields are wrong.",
            code = "invalid-request",
            nextStep = "Correct them.",
            errors = new Dictionary<string, string[]> { ["name"] = ["too long", "has a quote"] },
        })));

        var refusal = (await Should.ThrowAsync<RefusedException>(Client(server).ListAsync(default))).Refusal;

        refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);
        refusal.Detail.ShouldBe("Two fields are wrong.");
        refusal.NextStep.ShouldBe("Correct them.");
        refusal.Errors!["name"].ShouldBe(["too long", "has a quote"]);
    }

    [Fact]
    public async Task A_missing_key_is_explained_by_the_variable_that_holds_it()
    {
        await using var server = await FakeServer.StartAsync(app => app.Run(context => FakeServer.WriteProblemAsync(context, 401, new { code = "unauthorized", detail = "x", nextStep = "y" })));

        var refusal = (await Should.ThrowAsync<RefusedException>(Client(server).ListAsync(default))).Refusal;

        refusal.Code.ShouldBe(RefusalCodes.Unauthorized);
        refusal.NextStep.ShouldContain("TERRADEV_API_KEY");
    }

    [Theory]
    [InlineData(500, "text/html", "<html>")]
    [InlineData(502, "application/problem+json", "{ not json")]
    [InlineData(404, "application/problem+json", "{}")]
    [InlineData(200, "application/json", "[]")]
    [InlineData(200, "application/json", "null")]
    public async Task Another_server_is_not_taken_for_ours(int status, string type, string body)
    {
        await using var server = await FakeServer.StartAsync(app => app.Run(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        }));

        var unreachable = await Should.ThrowAsync<ServerUnreachableException>(Client(server).ListAsync(default));

        unreachable.Message.ShouldContain(server.Address.ToString());
        unreachable.NextStep.ShouldContain("Is that a Terradev server");
    }

    [Fact]
    public async Task A_name_cannot_leave_its_place_in_the_address()
    {
        string? asked = null;
        await using var server = await FakeServer.StartAsync(app => app.Run(context =>
        {
            asked = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            return FakeServer.WriteProblemAsync(context, 404, new { code = "not-found", detail = "x", nextStep = "y" });
        }));

        await Should.ThrowAsync<RefusedException>(Client(server).GetAsync("../models?x=1#y", default));

        asked.ShouldBe("/api/v1/environments/..%2Fmodels%3Fx%3D1%23y");
    }

    [Fact]
    public async Task A_creation_carries_an_idempotency_key()
    {
        string? key = null;
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/environments", (HttpContext context) =>
        {
            key = context.Request.Headers["Idempotency-Key"];
            return FakeServer.Json(Sample.Draft);
        }));

        var environment = await Client(server).CreateAsync(new EnvironmentRequest { Model = "gpt2" }, default);

        environment.Name.ShouldBe(Sample.Draft.Name);
        key.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_stream_that_ends_goes_on_where_it_was()
    {
        EnvironmentEvent[] events = [Interrupted(1), Interrupted(2), Interrupted(3)];
        var asked = new List<string>();
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/environments/x/events", async (HttpContext context) =>
        {
            asked.Add(context.Request.Headers["Last-Event-ID"].ToString());
            await FakeServer.WriteEventsAsync(context, events.Take(asked.Count));
        }));

        var sequences = new List<long>();
        await foreach (var item in Client(server).FollowAsync("x", after: 0, default))
        {
            sequences.Add(item.Sequence);
            if (item.Sequence == 3)
            {
                break;
            }
        }

        sequences.ShouldBe([1, 2, 3]);
        asked.ShouldBe(["0", "1", "2"]);
    }

    [Fact]
    public async Task An_event_of_a_later_version_is_passed_on_unread()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/environments/x/events", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(": keep-alive\n\nevent: EnvironmentSang\nid: 1\ndata: {\"song\":\"la\"}\n\n");
        }));

        await foreach (var item in Client(server).FollowAsync("x", after: 0, default))
        {
            item.Type.ShouldBe("EnvironmentSang");
            item.Event.ShouldBeNull();
            item.Json.ShouldBe("{\"song\":\"la\"}");
            break;
        }
    }

    [Fact]
    public async Task A_server_that_stays_away_ends_the_stream()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}/") };
        var client = new TerradevClient(http, TimeProvider.System) { StreamPatience = TimeSpan.Zero };

        var unreachable = await Should.ThrowAsync<ServerUnreachableException>(async () =>
        {
            await foreach (var item in client.FollowAsync("x", after: 0, default))
            {
                item.ShouldBeNull();
            }
        });

        unreachable.NextStep.ShouldContain("terradev show x");
    }

    private static EnvironmentInterrupted Interrupted(long sequence) => new() { Sequence = sequence, Run = 1 };

    private static TerradevClient Client(FakeServer server) => new(new HttpClient { BaseAddress = server.Address }, TimeProvider.System);
}
