using System.Text.Json;
using System.Text.Json.Nodes;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

public sealed class BlueprintOptionsTests
{
    private static readonly Blueprint Example = new(Cloud.Aws, "example",
    [
        new BundleFile("variables.tf", """
            variable "name" { type = string }
            variable "size" {
              description = "Size in $${GiB}."
              type        = number
              nullable    = false
              default     = 8
              validation {
                condition     = var.size >= 0 && var.size <= 100 && floor(var.size) == var.size
                error_message = "size must be a whole number from 0 to 100."
              }
            }
            variable "level" {
              type    = string
              default = null
              validation {
                condition     = var.level == null || contains(["low", "high"], var.level)
                error_message = "level must be low or high."
              }
            }
            variable "key" {
              type    = string
              default = "a1"
              validation {
                condition     = can(regex("^[a-z][0-9]$", var.key))
                error_message = "key must be a letter and a digit."
              }
            }
            variable "ranges" {
              type     = set(string)
              nullable = false
              default  = []
              validation {
                condition     = length(var.ranges) <= 2
                error_message = "at most two ranges."
              }
            }
            variable "feeds" {
              type = map(object({ kind = string, rate = optional(string, "1 day"), parts = optional(list(number)) }))
              default = {}
            }
            variable "anything" { default = null }
            variable "switch" {
              type    = bool
              default = true
            }
            """),
        new BundleFile("main.tf", """
            module "extra" {
              source = "./modules/extra"
              count  = var.switch && var.size > 0 ? 1 : 0
            }
            module "always" {
              source = "./modules/always"
              on     = var.switch
            }
            """),
        new BundleFile("modules/extra/variables.tf", "variable \"not_an_option\" {}"),
        new BundleFile("README.md", "# Example\n\nMakes an\nexample.\n\nMore.\n"),
    ]);

    [Theory]
    [InlineData("""{"size":9,"level":null,"key":"b2","ranges":["a","b"],"feeds":{"a":{"kind":"s3"},"b":{"kind":"http","rate":null,"parts":[1,2.5]}},"anything":[{"a":1}],"switch":false}""", null, null)]
    [InlineData("""{"sise":9}""", "sise", "The blueprint example has no such option. Did you mean size?")]
    [InlineData("""{"zzzzzz":9}""", "zzzzzz", "The blueprint example has no such option. Known: anything, feeds, key, level, ranges, size, switch.")]
    [InlineData("""{"not_an_option":9}""", "not_an_option", "The blueprint example has no such option. Known: anything, feeds, key, level, ranges, size, switch.")]
    [InlineData("""{"name":"x"}""", "name", "Terradev sets this from the other fields of the request.")]
    [InlineData("""{"size":"9"}""", "size", "Give a number, without quotes.")]
    [InlineData("""{"size":101}""", "size", "size must be a whole number from 0 to 100.")]
    [InlineData("""{"size":-1}""", "size", "size must be a whole number from 0 to 100.")]
    [InlineData("""{"size":1.5}""", "size", "size must be a whole number from 0 to 100.")]
    [InlineData("""{"size":null}""", "size", "Not null; leave it out for the default.")]
    [InlineData("""{"level":"middle"}""", "level", "level must be low or high.")]
    [InlineData("""{"key":"${path.module}"}""", "key", "key must be a letter and a digit.")]
    [InlineData("""{"switch":"true"}""", "switch", "Give true or false, without quotes.")]
    [InlineData("""{"ranges":"a"}""", "ranges", "Give a list.")]
    [InlineData("""{"ranges":["a",1]}""", "ranges", "[1]: Give a text in quotes.")]
    [InlineData("""{"ranges":["a",null]}""", "ranges", "[1]: Give a text in quotes.")]
    [InlineData("""{"ranges":["a","a"]}""", "ranges", "[1]: It is in the list already.")]
    [InlineData("""{"ranges":["a","b","c"]}""", "ranges", "at most two ranges.")]
    [InlineData("""{"feeds":[]}""", "feeds", "Give an object of names and values.")]
    [InlineData("""{"feeds":{"a":{"rate":"x"}}}""", "feeds", "a.kind: It is needed.")]
    [InlineData("""{"feeds":{"a":{"kind":"s3","raet":"x"}}}""", "feeds", "a.raet: Not known. Did you mean rate?")]
    [InlineData("""{"feeds":{"a":{"kind":"s3","parts":[true]}}}""", "feeds", "a.parts[0]: Give a number, without quotes.")]
    public void A_value_is_of_its_type_and_keeps_the_rules_that_can_be_told(string variables, string? option, string? message)
    {
        var errors = BlueprintOptions.Check(Example, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(variables));
        errors.ToDictionary(error => error.Key, error => error.Value.ShouldHaveSingleItem()).ShouldBe(
            option is null ? [] : new Dictionary<string, string> { [$"variables.{option}"] = message! });
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once() => BlueprintOptions.Check(
        Example, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"sise":1,"size":"1","feeds":{"a":{"knid":"x"}}}"""))
        .SelectMany(error => error.Value.Select(message => $"{error.Key}: {message}")).ShouldBe(
        [
            "variables.feeds: a.knid: Not known. Did you mean kind?",
            "variables.feeds: a.kind: It is needed.",
            "variables.sise: The blueprint example has no such option. Did you mean size?",
            "variables.size: Give a number, without quotes.",
        ]);

    [Fact]
    public void An_option_without_a_default_is_needed()
    {
        var blueprint = new Blueprint(Cloud.Aws, "example", [new BundleFile("variables.tf", "variable \"must\" {}\nvariable \"region\" {}\n")]);
        BlueprintOptions.Check(blueprint, null).Keys.ShouldBe(["variables.must"]);
    }

    [Fact]
    public void A_blueprint_that_cannot_be_read_refuses_with_file_and_line()
    {
        var blueprint = new Blueprint(Cloud.Aws, "example", [new BundleFile("variables.tf", "\nvariable \"a\" { type = strnig }\n")]);
        BlueprintOptions.Check(blueprint, null)["variables"].ShouldBe(["variables.tf, line 2: the type of a: there is no type strnig."]);
    }

    [Fact]
    public void The_schema_says_types_defaults_descriptions_and_rules()
    {
        var schema = JsonNode.Parse(BlueprintShape.Of(Example).ToResponse(Example).Variables.GetRawText())!;
        schema.ToJsonString().ShouldBe(JsonNode.Parse("""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{
              "anything":{"default":null},
              "feeds":{"type":["object","null"],"additionalProperties":{"type":"object","properties":{
                "kind":{"type":"string"},"parts":{"type":["array","null"],"items":{"type":"number"}},"rate":{"type":["string","null"],"default":"1 day"}},
                "additionalProperties":false,"required":["kind"]},"default":{}},
              "key":{"type":["string","null"],"default":"a1","pattern":"^[a-z][0-9]$"},
              "level":{"type":["string","null"],"default":null,"enum":["low","high",null]},
              "ranges":{"type":"array","items":{"type":"string"},"uniqueItems":true,"default":[],"maxItems":2},
              "size":{"type":"integer","description":"Size in ${GiB}.","default":8,"minimum":0,"maximum":100},
              "switch":{"type":["boolean","null"],"default":true}},
             "required":[],"additionalProperties":false}
            """)!.ToJsonString());
    }

    [Fact]
    public void Modules_and_what_switches_them_come_from_the_files()
    {
        var response = BlueprintShape.Of(Example).ToResponse(Example);
        response.Description.ShouldBe("Makes an example.");
        response.Modules.Select(module => $"{module.Name} {module.Source}").ShouldBe(["always ./modules/always", "extra ./modules/extra"]);
        var only = response.Switches.ShouldHaveSingleItem();
        (only.Option, only.Default).ShouldBe(("switch", true));
        only.Modules.ShouldBe(["extra"]);
    }

    public static TheoryData<string> Shipped => [.. Blueprint.All.Select(blueprint => blueprint.Name)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_blueprint_can_be_read_and_takes_its_own_defaults(string name)
    {
        var blueprint = Blueprint.Find(Cloud.Aws, name)!;
        var shape = BlueprintShape.Of(blueprint);
        shape.Faults.ShouldBeEmpty();
        shape.Description.ShouldNotBeEmpty();
        shape.Options.ShouldNotBeEmpty();
        shape.Options.ShouldAllBe(option => option.HasDefault && option.Description != null);
        BlueprintOptions.Check(blueprint, null).ShouldBeEmpty();
        var defaults = shape.Options.ToDictionary(option => option.Name, option => JsonSerializer.SerializeToElement(option.Default));
        BlueprintOptions.Check(blueprint, defaults).ShouldBeEmpty();
    }

    [Fact]
    public void Every_shipped_blueprint_declares_what_Terradev_sets() =>
        Blueprint.All.ShouldAllBe(blueprint => RequestVariables.SetByTerradev.IsSubsetOf(BlueprintShape.Of(blueprint).Variables.Keys));
}
