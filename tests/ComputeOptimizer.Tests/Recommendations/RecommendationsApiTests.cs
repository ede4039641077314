using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class RecommendationsApiTests(OptimizerApp app) : IClassFixture<OptimizerApp>
{
    private const string Address = "/api/v1/recommendations";

    [Fact]
    public async Task A_model_and_a_dataset_become_a_ranking()
    {
        var (status, recommendation) = await app.PostAsync<Recommendation>(Address, """
            { "model": "google-bert/bert-base-uncased", "dataset": "huggingface:stanfordnlp/imdb", "mode": "full",
              "constraints": { "clouds": ["aws"], "regions": ["us-east-1"], "capacity": "spot-preferred", "maxHourly": 1.00, "maxRuntimeHours": 6 } }
            """);

        status.ShouldBe(200);
        recommendation.Ranked[0].Offer.InstanceType.ShouldBe("g4dn.xlarge");
        recommendation.Ranked[0].Cost.AtDeadline.ShouldBe(1.1364m);
        recommendation.Ranked[0].Cost.HoursToFinish.ShouldBe(0.8699m); // 332 tokens per row
        recommendation.Considered.ShouldBe(recommendation.Fitting + recommendation.Rejected.Sum(rejected => rejected.Offers));
        recommendation.Assumptions.ShouldContain("fp16 where the caller names no precision");
        recommendation.Assumptions.ShouldContain("A row of stanfordnlp/imdb has about 332 tokens: its decoded size / rows / 4 bytes per token.");
    }

    [Fact]
    public async Task Without_a_dataset_the_hours_are_left_open()
    {
        var (_, recommendation) = await app.PostAsync<Recommendation>(Address, """{ "model": "google-bert/bert-base-uncased" }""");

        recommendation.Ranked.ShouldAllBe(offer => offer.Cost.HoursToFinish == null && offer.Cost.ToFinish == null);
        recommendation.Assumptions.ShouldContain("The hours are not estimated: the number of rows or of tokens per row is not known.");
    }

    [Theory]
    [InlineData("""{ "model": "nobody/nothing" }""", 422, RefusalCodes.ModelNotFound)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "dataset": "secret/data" }""", 422, RefusalCodes.DatasetGated)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "constraints": { "maxHourly": 0.01 } }""", 422, RefusalCodes.NoOfferFits)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "constraints": { "regions": ["mars-north-1"] } }""", 422, RefusalCodes.UnknownRegion)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "constraints": { "instanceTypes": ["p9.huge"] } }""", 422, RefusalCodes.UnknownInstanceType)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "constraints": { "gpus": ["Z1"] } }""", 400, RefusalCodes.InvalidRequest)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "maxHourly": 1 }""", 400, RefusalCodes.MalformedBody)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "mode": 1 }""", 400, RefusalCodes.MalformedBody)]
    [InlineData("""{ "model": "google-bert/bert-base-uncased", "constraints": { "maxHourly": "NaN" } }""", 400, RefusalCodes.MalformedBody)]
    [InlineData("""{ "model": """, 400, RefusalCodes.MalformedBody)]
    [InlineData("{}", 400, RefusalCodes.InvalidRequest)]
    public async Task A_refusal_has_its_code_and_a_next_step(string body, int status, string code)
    {
        var (answered, problem) = await app.PostAsync<Problem>(Address, body);

        problem.Code.ShouldBe(code);
        answered.ShouldBe(status);
        problem.Status.ShouldBe(status);
        problem.Detail.ShouldNotBeNullOrWhiteSpace();
        problem.NextStep.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Requirements_that_are_given_need_no_registry()
    {
        var request = new RecommendationRequest { Requirements = Workloads.Llama8B(), Goal = Goal.CheapestToFinish, Job = new Job { Tokens = 1_000_000, Replicas = 2 }, Limit = 3 };

        var (status, recommendation) = await app.PostAsync<Recommendation>(Address, JsonSerializer.Serialize(request, TerradevJson.Options));

        status.ShouldBe(200);
        recommendation.Ranked.Count.ShouldBe(3);
        recommendation.Ranked.ShouldAllBe(entry => entry.Cost.ToFinish != null && entry.Throughput != null && entry.Risk != null);
        recommendation.Mixed.ShouldNotBeNull();
        recommendation.Snapshot.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Requirements_are_held_within_bounds_and_stand_alone()
    {
        var needs = Workloads.Llama8B();
        var request = new RecommendationRequest
        {
            Model = "a/b",
            BatchSize = 1,
            Requirements = needs with
            {
                ContextLength = 0,
                HostMemoryBytes = -1,
                Memory = needs.Memory with { WeightsBytes = long.MaxValue },
                Gpus = new GpuRequirements("new", [0], 0),
                Assumptions = null!,
                Parameters = needs.Parameters with { Active = -1 },
            },
        };

        var (status, problem) = await app.PostAsync<Problem>(Address, JsonSerializer.Serialize(request, TerradevJson.Options));

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(
            [
                "model", "batchSize", "requirements.contextLength", "requirements.hostMemoryBytes", "requirements.memory", "requirements.parameters",
                "requirements.gpus.tensorParallelDegrees", "requirements.gpus.keyValueHeads", "requirements.gpus.minComputeCapability", "requirements.assumptions",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_deadline_is_refused_before_anyone_is_asked_where_no_work_can_be_known()
    {
        var (status, problem) = await app.PostAsync<Problem>(Address, """{ "model": "nobody/nothing", "constraints": { "deadlineHours": 5, "totalBudget": 5 } }""");

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(["constraints.deadlineHours", "constraints.maxRuntimeHours"], ignoreOrder: true);
    }

    [Fact]
    public async Task All_faults_of_a_body_are_answered_at_once()
    {
        var (status, problem) = await app.PostAsync<Problem>(Address, """
            { "model": "a b", "dataset": "../x", "contextLength": 0, "batchSize": 70000,
              "limit": 0, "job": { "tokens": 0, "epochs": 1001, "flopsUtilisation": 1.1, "interruptionsPerHour": -1, "restartMinutes": 1441 },
              "constraints": { "maxHourly": -1, "regions": [null], "gpus": ["\"; rm"], "minGpus": 4, "maxGpus": 2, "maxInterruptionPercent": 101, "deadlineHours": 0,
                "data": { "region": "${x}", "sizeGB": 2000000 } } }
            """);

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(
            [
                "model", "dataset", "contextLength", "batchSize", "limit", "job.tokens", "job.epochs", "job.flopsUtilisation", "job.interruptionsPerHour", "job.restartMinutes",
                "constraints.maxHourly", "constraints.regions", "constraints.gpus", "constraints.maxGpus", "constraints.maxInterruptionPercent", "constraints.deadlineHours",
                "constraints.data.cloud", "constraints.data.region", "constraints.data.sizeGB",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task The_message_is_answered_like_the_request()
    {
        await using var scope = app.Services.CreateAsyncScope();
        var client = scope.ServiceProvider.GetRequiredService<IRequestClient<Recommend>>();

        var fits = await client.GetResponse<Recommended>(Workloads.Asking(Workloads.Bert, new Constraints { Clouds = [Cloud.Aws], MaxHourly = 1 }));
        var fitsNot = await client.GetResponse<Recommended>(Workloads.Asking(Workloads.Bert, new Constraints { MaxHourly = 0.01m }));

        fits.Message.Refusal.ShouldBeNull();
        fits.Message.Recommendation!.Ranked[0].Offer.InstanceType.ShouldBe("g4dn.xlarge");
        fits.Message.Recommendation.Ranked[0].Offer.PricePerHour.ShouldBe(0.1894m);
        fitsNot.Message.Recommendation.ShouldBeNull();
        fitsNot.Message.Refusal!.Code.ShouldBe(RefusalCodes.NoOfferFits);
    }
}
