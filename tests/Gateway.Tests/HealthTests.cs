using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Terradev.Gateway.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task A_dead_service_is_unavailable_and_named()
    {
        var dead = await Dead();
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync("alive"));
        await using var gateway = GatewayApp.Over(upstream.Address, ("datasetregistry", dead));
        using var client = gateway.Start();

        var response = await client.GetAsync("/api/v1/datasets");
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var problem = await RoutesTests.ShouldBeProblem(response, "service-unavailable");
        problem.GetProperty("status").GetInt32().ShouldBe(503);
        problem.GetProperty("detail").GetString()!.ShouldContain("datasetregistry");
        (await client.GetStringAsync("/api/v1/models")).ShouldBe("alive");
    }

    [Fact]
    public async Task Health_lists_every_service_and_fails_with_one_of_them()
    {
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync("alive"));
        var lost = await Upstream.StartAsync(context => context.Response.WriteAsync("alive"));
        await using var gateway = GatewayApp.Over(upstream.Address, ("computeoptimizer", lost.Address));
        using var client = gateway.Start(key: null);
        await GatewayApp.UntilHealthIs(true, client);

        await lost.DisposeAsync();
        await GatewayApp.UntilHealthIs(false, client);

        var response = await client.GetAsync("/health");
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var checks = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks").EnumerateObject()
            .ToDictionary(check => check.Name, check => check.Value.GetProperty("status").GetString());
        checks.ShouldBe(
            new Dictionary<string, string?> { ["modelregistry"] = "healthy", ["datasetregistry"] = "healthy", ["computeoptimizer"] = "unhealthy", ["environmentgenerator"] = "healthy" },
            ignoreOrder: true);
        (await client.GetAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_lost_replica_fails_at_most_one_request()
    {
        await using var upstream = await Upstream.StartAsync(context => context.Response.WriteAsync("one"));
        var lost = await Upstream.StartAsync(context => context.Response.WriteAsync("two"));
        await using var gateway = GatewayApp.Over(upstream.Address, ("environmentgenerator", upstream.Address), ("environmentgenerator", lost.Address));
        using var client = gateway.Start();
        var answers = new HashSet<string>();
        for (var n = 0; n < 200 && answers.Count < 2; n++)
        {
            answers.Add(await client.GetStringAsync("/api/v1/environments"));
        }

        answers.ShouldBe(["one", "two"], ignoreOrder: true);

        await lost.DisposeAsync();
        var failed = 0;
        for (var n = 0; n < 100; n++)
        {
            failed += (await client.GetAsync("/api/v1/environments")).IsSuccessStatusCode ? 0 : 1;
        }

        failed.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Missing_and_wrong_addresses_stop_the_start_and_are_named()
    {
        await using var gateway = new GatewayApp(("modelregistry", new Uri("http://127.0.0.1:1")), ("datasetregistry", new Uri("ftp://127.0.0.1:1")));
        var failure = Should.Throw<InvalidOperationException>(() => gateway.Start());
        failure.Message.ShouldContain("services__datasetregistry__http__0 is 'ftp://127.0.0.1:1/'");
        failure.Message.ShouldContain("services__computeoptimizer__http__0 is not set");
        failure.Message.ShouldContain("services__environmentgenerator__http__0 is not set");
        failure.Message.ShouldNotContain("modelregistry__http");
    }

    private static async Task<Uri> Dead()
    {
        await using var upstream = await Upstream.StartAsync(_ => Task.CompletedTask);
        return upstream.Address;
    }
}
