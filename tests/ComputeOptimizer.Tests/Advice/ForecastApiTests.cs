using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class ForecastApiTests(OptimizerApp app) : IClassFixture<OptimizerApp>
{
    private const string Address = "/api/v1/advice/forecast";

    [Fact]
    public async Task An_offer_is_forecast_at_its_price_with_the_range_of_spot()
    {
        var (status, forecast) = await app.PostAsync<CostForecast>(Address, """
            { "cloud": "aws", "region": "us-east-1", "instanceType": "g4dn.xlarge", "capacity": "spot",
              "startedAt": "2026-09-01T00:00:00Z", "until": "2026-09-11T00:00:00Z", "budget": 50 }
            """);

        status.ShouldBe(200);
        forecast.Cost.ShouldBe(new CostRange(45.4560m, 45.4560m, 126.2400m)); // 240 h x 0.1894, and x 0.526 on-demand
        forecast.Offer!.PricePerHour.ShouldBe(0.1894m);
        forecast.Budget!.Left.ShouldBe(4.5440m);
        forecast.Snapshot.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_price_is_forecast_without_an_offer()
    {
        var (status, forecast) = await app.PostAsync<CostForecast>(Address, """
            { "pricePerHour": 1.5, "startedAt": "2026-09-01T00:00:00Z", "until": "2026-09-01T02:00:00Z" }
            """);

        status.ShouldBe(200);
        forecast.Cost.ShouldBe(new CostRange(3m, 3m, 3m));
        forecast.Offer.ShouldBeNull();
    }

    [Fact]
    public async Task The_message_is_answered_like_the_request()
    {
        await using var scope = app.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<IRequestClient<ForecastCost>>();
        var start = new DateTimeOffset(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);
        var request = new ForecastRequest
        {
            Cloud = Cloud.Aws,
            Region = "us-east-1",
            InstanceType = "g4dn.xlarge",
            Capacity = Capacity.OnDemand,
            StartedAt = start,
            Until = start.AddHours(10),
        };

        var answer = (await client.GetResponse<CostForecasted>(new ForecastCost(request))).Message;
        var refused = (await client.GetResponse<CostForecasted>(new ForecastCost(request with { InstanceType = "g4dn.xlage" }))).Message;

        answer.Forecast!.Cost.ShouldBe(new CostRange(5.26m, 5.26m, 5.26m));
        refused.Refusal!.Code.ShouldBe(RefusalCodes.UnknownInstanceType);
        refused.Refusal.Detail.ShouldContain("g4dn.xlarge");
    }

    [Theory]
    [InlineData("aws", "mars-north-1", "g4dn.xlarge", 422, RefusalCodes.UnknownRegion)]
    [InlineData("gcp", "us-central1", "g4dn.xlarge", 422, RefusalCodes.UnknownInstanceType)]
    [InlineData("aws", "us-east-1", "\\\"; rm", 400, RefusalCodes.InvalidRequest)]
    [InlineData("moon", "us-east-1", "g4dn.xlarge", 400, RefusalCodes.MalformedBody)]
    public async Task A_name_that_is_none_is_refused(string cloud, string region, string instanceType, int status, string code)
    {
        var (answered, problem) = await app.PostAsync<Problem>(Address, $$"""
            { "cloud": "{{cloud}}", "region": "{{region}}", "instanceType": "{{instanceType}}", "capacity": "on-demand",
              "startedAt": "2026-09-01T00:00:00Z", "until": "2026-09-11T00:00:00Z" }
            """);

        (answered, problem.Code).ShouldBe((status, code));
        problem.NextStep.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("{}", "cloud region instanceType capacity startedAt until")]
    [InlineData("""{ "pricePerHour": 0, "region": "r", "startedAt": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z" }""", "pricePerHour region startedAt")]
    [InlineData("""{ "pricePerHour": 1, "startedAt": "2026-09-01T00:00:00Z", "until": "9999-12-31T23:59:59Z", "stopsAt": "2026-08-31T00:00:00Z", "budget": -1, "spentSoFar": -1, "extraPerHour": 1e20 }""",
        "until stopsAt budget spentSoFar extraPerHour")]
    public async Task All_faults_of_a_body_are_answered_at_once(string body, string fields)
    {
        var (status, problem) = await app.PostAsync<Problem>(Address, body);

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(fields.Split(' '), ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{ "price": 1 }""")]
    [InlineData("""{ "pricePerHour": 1e99 }""")]
    [InlineData("""{ "startedAt": "yesterday" }""")]
    [InlineData("[]")]
    public async Task A_body_of_another_shape_is_malformed(string body) =>
        (await app.PostAsync<Problem>(Address, body)).Body.Code.ShouldBe(RefusalCodes.MalformedBody);
}
