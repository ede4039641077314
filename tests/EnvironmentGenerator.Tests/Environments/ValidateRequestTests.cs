using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class ValidateRequestTests
{
    private static readonly EnvironmentRequest Good = new() { Model = "google-bert/bert-base-uncased" };

    [Fact]
    public void Defaults_are_filled_in()
    {
        var (request, refusal) = ValidateRequest.Check(Good, "eu-west-1");
        refusal.ShouldBeNull();
        request.Model.ShouldBe("huggingface:google-bert/bert-base-uncased");
        request.Cloud.ShouldBe(Cloud.Aws);
        request.Region.ShouldBe("eu-west-1");
        request.Blueprint.ShouldBe("training");
        request.Capacity.ShouldBe(CapacityPreference.SpotPreferred);
        request.MaxRuntimeHours.ShouldBe(12);
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("line\nbreak")]
    [InlineData("name\n")]
    [InlineData("${path.module}")]
    [InlineData("UPPER")]
    [InlineData("ab")]
    [InlineData("-abc")]
    [InlineData("abc-")]
    [InlineData("xn--abc")]
    [InlineData("naïve-name")]
    public void Hostile_names_are_refused(string name) =>
        ValidateRequest.Check(Good with { Name = name }, "us-east-1").Refusal!.Errors!.Keys.ShouldBe(["name"]);

    [Fact]
    public void A_name_of_300_characters_is_refused() =>
        ValidateRequest.Check(Good with { Name = new string('a', 300) }, "us-east-1").Refusal!.Code.ShouldBe(RefusalCodes.InvalidRequest);

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        var refusal = ValidateRequest.Check(
            new EnvironmentRequest
            {
                Name = "?",
                Model = "../etc/passwd",
                Dataset = "a b",
                Task = "A",
                ContextLength = 0,
                BatchSize = -1,
                Region = "x y",
                InstanceType = "g4dn xlarge",
                MaxRuntimeHours = 0,
                Owner = "a\u0007",
                Budget = new Budget { MaxHourly = -1, Total = 0 },
            },
            "us-east-1").Refusal!;
        refusal.Errors!.Keys.ShouldBe(
            ["batchSize", "budget.maxHourly", "budget.total", "contextLength", "dataset", "instanceType", "maxRuntimeHours", "model", "name", "owner", "region", "task"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("inference", Cloud.Aws)]
    [InlineData("training", Cloud.Gcp)]
    [InlineData("../training", Cloud.Aws)]
    public void An_unknown_blueprint_is_refused_with_those_that_exist(string blueprint, Cloud cloud)
    {
        var refusal = ValidateRequest.Check(Good with { Blueprint = blueprint, Cloud = cloud }, "us-east-1").Refusal!;
        refusal.Code.ShouldBe(RefusalCodes.UnknownBlueprint);
        refusal.NextStep.ShouldContain("training on aws");
    }

    [Fact]
    public void A_derived_name_is_always_a_valid_one() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>(),
        text => Regex.IsMatch(ValidateRequest.DeriveName(text.Get, new Random(1)), @"\A[a-z][a-z0-9-]{1,22}[a-z0-9]\z", RegexOptions.None, TimeSpan.FromSeconds(1))).QuickCheckThrowOnFailure();
}
