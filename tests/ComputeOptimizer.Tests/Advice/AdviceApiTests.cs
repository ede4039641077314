using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class AdviceApiTests(OptimizerApp app) : IClassFixture<OptimizerApp>
{
    private const string Compare = "/api/v1/recommendations/compare";
    private const string Ask = "/api/v1/recommendations/what-if";
    private const string RightSizeAddress = "/api/v1/advice/right-size";

    [Fact]
    public async Task A_model_is_compared_over_all_clouds()
    {
        var (status, compared) = await app.PostAsync<CloudComparison>(Compare, """{ "model": "google-bert/bert-base-uncased", "dataset": "huggingface:stanfordnlp/imdb", "mode": "full" }""");

        status.ShouldBe(200);
        compared.Clouds.Count.ShouldBe(3);
        compared.Assumptions.ShouldContain("fp16 where the caller names no precision");
        compared.Clouds.SelectMany(cloud => new[] { cloud.OnDemand, cloud.Spot }).Where(offer => offer.Offer is not null).ShouldAllBe(offer => offer.PerHourPercent >= 0);
    }

    [Fact]
    public async Task Other_budgets_are_answered_in_their_order()
    {
        var (status, answer) = await app.PostAsync<WhatIf>(Ask, """
            { "request": { "model": "google-bert/bert-base-uncased", "goal": "cheapest-hour" }, "hourly": [1, 0.0001] }
            """);

        status.ShouldBe(200);
        answer.Budgets.Select(entry => entry.Budget).ShouldBe([1m, 0.0001m]);
        answer.Budgets[0].Choice!.Cost.PerHour.ShouldBe(answer.SmallestBudget);
        answer.Budgets[1].Refusal!.Code.ShouldBe(RefusalCodes.NoOfferFits);
        answer.Changes.ShouldHaveSingleItem().From.ShouldBe(answer.SmallestBudget);
    }

    [Fact]
    public async Task A_total_budget_needs_an_end()
    {
        var (status, problem) = await app.PostAsync<Problem>(Ask, """{ "request": { "model": "google-bert/bert-base-uncased" }, "total": [1] }""");

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(["request.constraints.maxRuntimeHours"]);
    }

    [Fact]
    public async Task A_running_instance_is_right_sized()
    {
        var (status, advice) = await app.PostAsync<RightSize>(RightSizeAddress, """
            { "cloud": "aws", "region": "us-east-1", "instanceType": "g5.12xlarge", "capacity": "on-demand", "hoursObserved": 48,
              "gpuUtilisationPercent": { "p50": 5, "p95": 40 }, "gpuMemoryUsedMiB": 9000, "gpusUsed": 1, "vcpusUsed": 3, "memoryUsedGiB": 12 }
            """);

        status.ShouldBe(200);
        advice.Verdict.ShouldBe(RightSizeVerdict.Smaller);
        advice.Candidates.Count.ShouldBeInRange(1, 10);
        advice.Candidates.ShouldAllBe(candidate => candidate.SavingPerHour > 0 && candidate.Offer.Gpu.MemoryMiB >= 10_800);
        advice.Candidates.Select(candidate => candidate.Offer.PricePerHour).ShouldBeInOrder();
        advice.Reasons.ShouldContain(reason => reason.Contains("stopping the machine"));
    }

    [Fact]
    public async Task An_unknown_instance_type_is_refused_with_the_closest_names()
    {
        var (status, problem) = await app.PostAsync<Problem>(RightSizeAddress, """
            { "cloud": "aws", "region": "us-east-1", "instanceType": "g5.12xlage", "capacity": "on-demand", "hoursObserved": 48,
              "gpuUtilisationPercent": { "p50": 5, "p95": 40 }, "gpuMemoryUsedMiB": 9000, "vcpusUsed": 3, "memoryUsedGiB": 12 }
            """);

        (status, problem.Code).ShouldBe((422, RefusalCodes.UnknownInstanceType));
        problem.Detail.ShouldContain("g5.12xlarge");
    }

    [Theory]
    [InlineData(Ask, "{}", "hourly request")]
    [InlineData(Ask, """{ "request": {}, "hourly": [], "total": [0] }""", "hourly total request.model request.constraints.maxRuntimeHours")]
    [InlineData(Ask, """{ "request": { "model": "a b", "limit": 0, "constraints": { "maxHourly": 1 } }, "hourly": [1, -1] }""", "hourly request.model request.limit request.constraints.maxHourly")]
    [InlineData(Ask, """{ "request": { "model": "a/b", "job": { "tokens": 1 }, "constraints": { "totalBudget": 1 } }, "total": [1000001] }""", "total request.constraints.totalBudget")]
    [InlineData(Compare, """{ "model": "a b", "limit": 0 }""", "model limit")]
    [InlineData(RightSizeAddress, "{}", "cloud region instanceType capacity hoursObserved gpuUtilisationPercent.p50 gpuUtilisationPercent.p95 gpuMemoryUsedMiB vcpusUsed memoryUsedGiB")]
    [InlineData(RightSizeAddress, """
        { "cloud": "aws", "region": "us-east-1", "instanceType": "\u0000", "capacity": "spot", "hoursObserved": 0.9, "gpuUtilisationPercent": { "p50": 50, "p95": 40 },
          "gpuMemoryUsedMiB": -1, "gpusUsed": 0, "vcpusUsed": 1e20, "memoryUsedGiB": 1 }
        """, "instanceType hoursObserved gpuUtilisationPercent.p95 gpuMemoryUsedMiB gpusUsed vcpusUsed")]
    public async Task All_faults_of_a_body_are_answered_at_once(string address, string body, string fields)
    {
        var (status, problem) = await app.PostAsync<Problem>(address, body);

        status.ShouldBe(400);
        problem.Code.ShouldBe(RefusalCodes.InvalidRequest);
        problem.Errors!.Keys.ShouldBe(fields.Split(' '), ignoreOrder: true);
    }

    [Theory]
    [InlineData(Ask, """{ "request": { "model": "a/b" }, "hourly": [1e99] }""")]
    [InlineData(Ask, """{ "request": { "model": "a/b" }, "hourly": [null] }""")]
    [InlineData(Ask, """{ "request": { "model": "a/b" }, "budgets": [1] }""")]
    [InlineData(Compare, """{ "model": "a/b", "clouds": ["aws"] }""")]
    [InlineData(RightSizeAddress, """{ "gpuUtilisationPercent": { "p99": 1 } }""")]
    [InlineData(RightSizeAddress, "[]")]
    public async Task A_body_of_another_shape_is_malformed(string address, string body)
    {
        var (status, problem) = await app.PostAsync<Problem>(address, body);

        (status, problem.Code).ShouldBe((400, RefusalCodes.MalformedBody));
    }

    [Theory]
    [InlineData(Ask, """{ "request": { "model": "nobody/nothing" }, "hourly": [1] }""", RefusalCodes.ModelNotFound)]
    [InlineData(Compare, """{ "model": "nobody/nothing" }""", RefusalCodes.ModelNotFound)]
    [InlineData(Compare, """{ "model": "google-bert/bert-base-uncased", "constraints": { "maxHourly": 0.01 } }""", RefusalCodes.NoOfferFits)]
    [InlineData(Ask, """{ "request": { "model": "google-bert/bert-base-uncased", "constraints": { "regions": ["mars-north-1"] } }, "hourly": [1] }""", RefusalCodes.UnknownRegion)]
    public async Task What_cannot_be_answered_is_refused_with_its_code(string address, string body, string code)
    {
        var (status, problem) = await app.PostAsync<Problem>(address, body);

        (status, problem.Code).ShouldBe((422, code));
        problem.NextStep.ShouldNotBeNullOrWhiteSpace();
    }
}
