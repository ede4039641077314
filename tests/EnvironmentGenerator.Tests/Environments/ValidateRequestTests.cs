using System.Text.Json;
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
    [InlineData("serverless", Cloud.Aws)]
    [InlineData("training", Cloud.Gcp)]
    [InlineData("../training", Cloud.Aws)]
    public void An_unknown_blueprint_is_refused_with_those_that_exist(string blueprint, Cloud cloud)
    {
        var refusal = ValidateRequest.Check(Good with { Blueprint = blueprint, Cloud = cloud }, "us-east-1").Refusal!;
        refusal.Code.ShouldBe(RefusalCodes.UnknownBlueprint);
        refusal.NextStep.ShouldContain("training on aws");
    }

    [Theory]
    [InlineData("""{"nat_gateway":true,"data_feeds":{"a":{"kind":"http"}},"command":null}""", null)]
    [InlineData("""{"region":"mars-1"}""", "variables.region")]
    [InlineData("""{"tags":{"terradev:owner":"x"}}""", "variables.tags")]
    [InlineData("""{"Nat-Gateway":true}""", "variables")]
    [InlineData("""{"x\n":true}""", "variables")]
    [InlineData("""{"a":[[[[[[[1]]]]]]]}""", null)]
    [InlineData("""{"a":[[[[[[[[1]]]]]]]]}""", "variables.a")]
    [InlineData("""{"a":1e999999999}""", "variables.a")]
    [InlineData("""{"a":-1e16}""", "variables.a")]
    [InlineData("""{"a":["\ud800"]}""", "variables.a")]
    [InlineData("""{"a":"\u0000"}""", "variables.a")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "variables.a")]
    [InlineData("""{"a":{"\udc00":1}}""", "variables.a")]
    public void Options_are_refused_that_cannot_be_a_value_or_are_not_the_callers_to_set(string variables, string? field)
    {
        var request = Good with { Variables = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(variables) };
        RequestVariables.Faults(request.Variables).Select(fault => fault.Field).ShouldBe(field is null ? [] : [field]);
    }

    [Fact]
    public void Options_beyond_32_KiB_are_refused() => ValidateRequest.Check(
        Good with { Variables = new Dictionary<string, JsonElement> { ["a"] = JsonSerializer.SerializeToElement(new string('a', 40_000)) } }, "us-east-1").Refusal!.Errors!.Keys.ShouldBe(["variables"]);

    [Theory]
    [InlineData("cost-centre", "42 / ü", null)]
    [InlineData("empty", "", null)]
    [InlineData("", "x", "tags")]
    [InlineData("a", "x\n", "tags.a")]
    [InlineData("a", "<b>", "tags.a")]
    [InlineData("a${b}", "x", "tags")]
    [InlineData("AWS:x", "x", "tags")]
    [InlineData("terradev:owner", "x", "tags")]
    [InlineData("Terradev:Owner", "x", "tags")]
    [InlineData("Name", "x", "tags")]
    [InlineData("name", "x", "tags")]
    public void Tags_are_refused_that_AWS_refuses_or_that_Terradev_sets(string key, string value, string? field) =>
        (ValidateRequest.Check(Good with { Tags = new Dictionary<string, string> { [key] = value } }, "us-east-1").Refusal?.Errors?.Keys ?? []).ShouldBe(field is null ? [] : [field]);

    [Fact]
    public void Tags_that_differ_only_in_case_or_are_too_many_are_refused()
    {
        RequestTags.Faults(new Dictionary<string, string> { ["Team"] = "a", ["team"] = "b" }).ShouldHaveSingleItem().Field.ShouldBe("tags");
        RequestTags.Faults(Enumerable.Range(0, 40).ToDictionary(n => $"key{n}", _ => "x")).ShouldBeEmpty();
        RequestTags.Faults(Enumerable.Range(0, 41).ToDictionary(n => $"key{n}", _ => "x")).ShouldHaveSingleItem().Field.ShouldBe("tags");
    }

    [Fact]
    public void A_derived_name_is_always_a_valid_one() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>(),
        text => Regex.IsMatch(ValidateRequest.DeriveName(text.Get, new Random(1)), @"\A[a-z][a-z0-9-]{1,22}[a-z0-9]\z", RegexOptions.None, TimeSpan.FromSeconds(1))).QuickCheckThrowOnFailure();
}
