using System.Text.Json;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.SystemTests.Servers;

namespace Terradev.SystemTests.Journeys;

/// <summary>What the cloud itself says about an environment.</summary>
internal static class Cloud
{
    /// <summary>One running GPU instance as chosen, hardened, and two private buckets.</summary>
    public static async Task HasExactlyWhatIsPromisedAsync(AwsSimulator simulator, EnvironmentResponse environment)
    {
        var instance = (await simulator.InstancesOfAsync(environment.Id)).ShouldHaveSingleItem();
        instance.GetProperty("State").GetProperty("Name").GetString().ShouldBe("running");
        instance.GetProperty("MetadataOptions").GetProperty("HttpTokens").GetString().ShouldBe("required");
        var type = instance.GetProperty("InstanceType").GetString()!;
        type.ShouldBe(environment.Quote.ShouldNotBeNull().Offer.InstanceType);
        var described = await simulator.AskAsync("ec2", "describe-instance-types", "--instance-types", type);
        described.GetProperty("InstanceTypes")[0].GetProperty("GpuInfo").GetProperty("Gpus").GetArrayLength().ShouldBeGreaterThan(0);

        var volumes = await simulator.AskAsync("ec2", "describe-volumes", "--filters", $"Name=attachment.instance-id,Values={instance.GetProperty("InstanceId").GetString()}");
        var root = volumes.GetProperty("Volumes").EnumerateArray().ShouldHaveSingleItem();
        root.GetProperty("Encrypted").GetBoolean().ShouldBeTrue();
        root.GetProperty("VolumeType").GetString().ShouldBe("gp3");

        var buckets = await simulator.BucketsOfAsync(environment.Id);
        buckets.Order().ShouldBe(new[] { environment.Outputs["datasets_bucket"], environment.Outputs["outputs_bucket"] }.Order());
        foreach (var bucket in buckets)
        {
            await IsPrivateEncryptedAndVersionedAsync(simulator, bucket);
        }

        environment.Outputs["instance_id"].ShouldBe(instance.GetProperty("InstanceId").GetString());
        (await simulator.NetworksOfAsync(environment.Id)).Count.ShouldBe(1);
    }

    /// <summary>At most terminated instances, which the cloud shows for a while.</summary>
    public static async Task HasNothingLeftAsync(AwsSimulator simulator, string environmentId)
    {
        (await simulator.LiveInstancesOfAsync(environmentId)).ShouldBeEmpty();
        (await simulator.BucketsOfAsync(environmentId)).ShouldBeEmpty();
        (await simulator.NetworksOfAsync(environmentId)).ShouldBeEmpty();
    }

    private static async Task IsPrivateEncryptedAndVersionedAsync(AwsSimulator simulator, string bucket)
    {
        var encryption = await simulator.AskAsync("s3api", "get-bucket-encryption", "--bucket", bucket);
        encryption.GetProperty("ServerSideEncryptionConfiguration").GetProperty("Rules").GetArrayLength().ShouldBeGreaterThan(0);
        (await simulator.AskAsync("s3api", "get-bucket-versioning", "--bucket", bucket)).GetProperty("Status").GetString().ShouldBe("Enabled");
        var access = (await simulator.AskAsync("s3api", "get-public-access-block", "--bucket", bucket)).GetProperty("PublicAccessBlockConfiguration");
        access.EnumerateObject().Select(setting => (setting.Name, setting.Value.ValueKind)).ShouldBe(
            [("BlockPublicAcls", JsonValueKind.True), ("IgnorePublicAcls", JsonValueKind.True), ("BlockPublicPolicy", JsonValueKind.True), ("RestrictPublicBuckets", JsonValueKind.True)],
            ignoreOrder: true);
    }
}
