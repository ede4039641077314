namespace Terradev.Blueprints.Tests;

/// <summary>Every blueprint is created, does not drift and is taken away again, all of them at the same time.</summary>
public sealed class SimulatorTests
{
    private static readonly Dictionary<string, Lazy<Task>> Lives = Repository.Blueprints.ToDictionary(name => name, name => new Lazy<Task>(() => Task.Run(() => LiveAsync(name))));

    // What AWS still lists after its end.
    private static readonly string[] Gone = [":instance/", ":natgateway/", ":key/"];

    public static TheoryData<string> All => [.. Repository.Blueprints];

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_is_created_without_drift_passes_the_checklist_and_leaves_nothing(string blueprint)
    {
        foreach (var life in Lives.Values)
        {
            _ = life.Value;
        }

        await Lives[blueprint].Value;
    }

    private static async Task LiveAsync(string blueprint)
    {
        await using var simulator = await Simulator.StartAsync();
        var terraform = new Terraform(Repository.CopyOf(blueprint), simulator.Environment);
        var values = Values.WithSwitches(blueprint, rehearsal: false);
        values["s3_use_path_style"] = true;
        values["ami_ssm_parameter"] = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
        Values.Write(terraform.Folder, values);

        await terraform.InitAsync();
        await terraform.SuccessAsync("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=30");
        var state = Resource.OfState(await terraform.ShowAsync());
        Checklist.Faults(state, Values.ExpiresAt).ShouldBeEmpty();
        await UserData.CheckAsync(state, terraform.Folder);

        var second = await terraform.RunAsync("plan", "-detailed-exitcode", "-input=false", "-no-color");
        second.Code.ShouldBe(0, second.Error + second.Output);

        await terraform.SuccessAsync("destroy", "-auto-approve", "-input=false", "-no-color", "-parallelism=30");
        (await terraform.SuccessAsync("state", "list")).Output.Trim().ShouldBeEmpty();
        await NothingIsLeftAsync(simulator, $"env-{blueprint}");
    }

    private static async Task NothingIsLeftAsync(Simulator simulator, string environment)
    {
        var filter = $"Name=tag:terradev:environment,Values={environment}";
        var tagged = (await simulator.AskAsync("resourcegroupstaggingapi", "get-resources", "--tag-filters", $"Key=terradev:environment,Values={environment}")).GetProperty("ResourceTagMappingList");
        // AWS shows terminated machines and deleted NAT gateways for a while, and keys until seven days later.
        var left = tagged.EnumerateArray().Select(resource => resource.GetProperty("ResourceARN").GetString()!).ToLookup(arn => Gone.FirstOrDefault(kind => arn.Contains(kind, StringComparison.Ordinal)));
        left[null].ShouldBeEmpty();
        foreach (var key in left[":key/"])
        {
            (await simulator.AskAsync("kms", "describe-key", "--key-id", key)).GetProperty("KeyMetadata").GetProperty("KeyState").GetString().ShouldBe("PendingDeletion");
        }

        (await simulator.AskAsync("ec2", "describe-nat-gateways", "--filter", filter)).GetProperty("NatGateways").EnumerateArray()
            .Select(nat => nat.GetProperty("State").GetString()).ShouldAllBe(state => state == "deleted");
        (await simulator.AskAsync("ec2", "describe-instances", "--filters", filter, "Name=instance-state-name,Values=pending,running,stopping,stopped")).GetProperty("Reservations").GetArrayLength().ShouldBe(0);
        (await simulator.AskAsync("ec2", "describe-vpcs", "--filters", filter)).GetProperty("Vpcs").GetArrayLength().ShouldBe(0);
        (await simulator.AskAsync("ec2", "describe-volumes", "--filters", filter)).GetProperty("Volumes").GetArrayLength().ShouldBe(0);
        (await simulator.AskAsync("s3api", "list-buckets")).GetProperty("Buckets").GetArrayLength().ShouldBe(0);
        (await simulator.AskAsync("scheduler", "list-schedules")).GetProperty("Schedules").GetArrayLength().ShouldBe(0);
        (await simulator.AskAsync("iam", "list-roles")).GetProperty("Roles").EnumerateArray()
            .Select(role => role.GetProperty("RoleName").GetString()!).Where(name => name.StartsWith("it-", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
