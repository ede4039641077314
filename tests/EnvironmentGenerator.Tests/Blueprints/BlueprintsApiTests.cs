using System.Net;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Bundles;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

public sealed class BlueprintsApiTests
{
    [Fact]
    public async Task The_list_and_each_of_its_entries_tell_of_the_blueprints()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        var list = await app.GetAsync<Page<BlueprintSummary>>("/api/v1/blueprints");
        list.Items.Select(blueprint => blueprint.Name).ShouldBe(Blueprint.All.Select(blueprint => blueprint.Name).Order(StringComparer.Ordinal));
        foreach (var summary in list.Items)
        {
            var blueprint = await app.GetAsync<BlueprintResponse>($"/api/v1/blueprints/{Wire.Name(summary.Cloud)}/{summary.Name}");
            (blueprint.Cloud, blueprint.Name, blueprint.Description, blueprint.Origin, blueprint.Version).ShouldBe((summary.Cloud, summary.Name, summary.Description, summary.Origin, summary.Version));
            blueprint.Modules.ShouldContain(new BlueprintModule("network", "./modules/network"));
            blueprint.Variables.GetProperty("properties").GetProperty("nat_gateway").GetProperty("type").GetString().ShouldBe("boolean");
            blueprint.Variables.GetProperty("properties").TryGetProperty("region", out _).ShouldBeFalse();
            blueprint.Switches.ShouldContain(option => option.Option == "nat_gateway" && option.Default == false);
            blueprint.Outputs.ShouldContain(output => output.Name == "expires_at");
        }
    }

    [Theory]
    [InlineData("aws/none")]
    [InlineData("gcp/training")]
    [InlineData("mars/training")]
    [InlineData("aws/..%2Ftraining")]
    public async Task A_blueprint_that_does_not_exist_is_not_found(string path)
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        using var response = await app.Client.GetAsync($"/api/v1/blueprints/{path}");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_request_with_a_misspelt_option_is_refused_before_anything_is_chosen()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        using var content = new StringContent("""{"model":"google-bert/bert-base-uncased","variables":{"nat_gatway":true,"alarms":"no"}}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await app.Client.PostAsync("/api/v1/environments", content);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldContain("variables.nat_gatway");
        body.ShouldContain("Did you mean nat_gateway?");
        body.ShouldContain("variables.alarms");
    }
}
