using System.Text.Json;

namespace Terradev.Blueprints.Tests;

/// <summary>Every blueprint plans without credentials and network, and what it plans is sound.</summary>
public sealed class PlanTests
{
    // Started together; a theory's cases run one after another.
    private static readonly Dictionary<(string Blueprint, bool Switches), Lazy<Task<JsonElement>>> Plans = (
        from blueprint in Repository.Blueprints
        from switches in new[] { false, true }
        select (blueprint, switches)).ToDictionary(key => key, key => new Lazy<Task<JsonElement>>(() => Task.Run(() => PlanAsync(key.blueprint, key.switches))));

    public static TheoryData<string, bool> All => [.. Plans.Keys.Select(key => new TheoryDataRow<string, bool>(key.Blueprint, key.Switches))];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_plan_needs_nobody_and_passes_the_checklist(string blueprint, bool switches)
    {
        foreach (var plan in Plans.Values)
        {
            _ = plan.Value;
        }

        var resources = Resource.OfPlan(await Plans[(blueprint, switches)].Value);
        resources.Count.ShouldBeGreaterThan(20);
        resources.Select(resource => resource.Type).ShouldContain(type => type == "aws_instance" || type == "aws_autoscaling_group");
        resources.Count(resource => resource.Values.TryGetProperty("tags_all", out _)).ShouldBeGreaterThan(10);
        Checklist.Faults(resources, Values.ExpiresAt).ShouldBeEmpty();
    }

    private static async Task<JsonElement> PlanAsync(string blueprint, bool switches)
    {
        var terraform = new Terraform(Repository.CopyOf(blueprint));
        await terraform.InitAsync();
        Values.Write(terraform.Folder, switches ? Values.WithSwitches(blueprint, rehearsal: true) : Values.For(blueprint, rehearsal: true));
        return await terraform.OfflinePlanAsync();
    }
}
