using System.Text.Json;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.Tests;

public sealed class BodiesTests
{
    private static readonly Dictionary<string, object> Bodies = new()
    {
        [nameof(EnvironmentRequest)] = Examples.Request,
        [nameof(EnvironmentResponse)] = Examples.Environment,
        [nameof(Offer)] = Examples.Offer,
        [nameof(RecommendationRequest)] = Examples.RecommendationRequest,
        [nameof(Recommendation)] = Examples.Recommendation,
        [nameof(ModelRequirements)] = Examples.Requirements,
        [nameof(RegisterModel)] = ModelExamples.Registration,
        [nameof(VerifyRequest)] = ModelExamples.Verify,
        [nameof(CopyReport)] = ModelExamples.Report,
        [nameof(PriceImportRequest)] = ImportExamples.Request,
        [nameof(PriceImportReport)] = ImportExamples.Report,
        [nameof(PricePoint)] = ImportExamples.Point,
        [nameof(ForecastRequest)] = AdviceExamples.ForecastRequest,
        [nameof(CostForecast)] = AdviceExamples.Forecast,
        [nameof(CloudComparison)] = AdviceExamples.Comparison,
        [nameof(WhatIfRequest)] = AdviceExamples.WhatIfRequest,
        [nameof(WhatIf)] = AdviceExamples.WhatIf,
        [nameof(RightSizeRequest)] = AdviceExamples.RightSizeRequest,
        [nameof(RightSize)] = AdviceExamples.RightSize,
        [nameof(BlueprintSummary)] = BlueprintExamples.Summary,
        [nameof(BlueprintResponse)] = BlueprintExamples.Blueprint,
    };

    public static TheoryData<string> Names => [.. Bodies.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_json_of_a_body_stays_as_it_is(string name)
    {
        Golden.ShouldMatch(name, Bodies[name]);
        Golden.ShouldRoundTrip(name, Bodies[name].GetType());
    }

    [Theory]
    [InlineData("""{"budgett":{"total":1}}""")]
    [InlineData("""{"budget":{"max":1}}""")]
    [InlineData("""{"name":"a","name":"b"}""")]
    [InlineData("""{"name":"a","Name":"b"}""")]
    [InlineData("""{"cloud":0}""")]
    [InlineData("""{"cloud":"0"}""")]
    [InlineData("""{"capacity":"spot,on-demand"}""")]
    [InlineData("""{"capacity":"SpotPreferred"}""")]
    [InlineData("""{"capacity":" spot"}""")]
    [InlineData("""{"batchSize":"16"}""")]
    [InlineData("""{"autoApprove":"true"}""")]
    [InlineData("""{"autoApprove":null}""")]
    public void A_request_with_an_unknown_doubled_or_mistyped_field_is_refused(string json) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<EnvironmentRequest>(json, TerradevJson.Options));

    [Fact]
    public void Memory_parts_sum_to_the_total()
    {
        var memory = new MemoryBreakdown(WeightsBytes: 1, KvCacheBytesPerToken: 1_000_000, KvCacheBytes: 2, ActivationBytes: 4, GradientBytes: 8, OptimizerBytes: 16, OverheadBytes: 32);
        memory.TotalBytes.ShouldBe(63);
    }
}
