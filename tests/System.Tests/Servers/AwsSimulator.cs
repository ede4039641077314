using System.Text.Json;
using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Servers;

/// <summary>The local AWS simulator, and the AWS CLI to ask it what exists: never through the product's own code.</summary>
internal sealed class AwsSimulator : IAsyncDisposable
{
    private readonly int _port = TestRun.FreePort();
    private LocalProcess? _server;

    /// <summary>What a program needs to take the simulator for AWS.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{_port}",
        ["AWS_ACCESS_KEY_ID"] = "testing",
        ["AWS_SECRET_ACCESS_KEY"] = "testing",
        ["AWS_REGION"] = "us-east-1",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
    };

    public static async Task<AwsSimulator> StartAsync()
    {
        var simulator = new AwsSimulator();
        await simulator.StartServerAsync();
        return simulator;
    }

    /// <summary>Starts it empty: it keeps everything in memory.</summary>
    public async Task StartServerAsync()
    {
        Requires.Tool("moto_server");
        var program = Path.Combine(TestRun.Repository, "tests", "aws-simulator", "aws_simulator.py");
        _server = LocalProcess.Start("aws-simulator", Requires.Tool("python3"), [program, "-H", "127.0.0.1", "-p", $"{_port}"], new Dictionary<string, string> { ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true" });
        await _server.ReadyAsync(() => TestRun.IsListeningAsync(_port), TimeSpan.FromSeconds(60));
    }

    public Task KillAsync() => _server!.KillAsync();

    /// <summary>Instances that carry the environment's tag, with what the simulator knows of each.</summary>
    public async Task<IReadOnlyList<JsonElement>> InstancesOfAsync(string environmentId)
    {
        var answer = await AskAsync("ec2", "describe-instances", "--filters", $"Name=tag:terradev:environment,Values={environmentId}");
        return [.. answer.GetProperty("Reservations").EnumerateArray().SelectMany(reservation => reservation.GetProperty("Instances").EnumerateArray())];
    }

    /// <summary>Instances of the environment that are not terminated.</summary>
    public async Task<IReadOnlyList<JsonElement>> LiveInstancesOfAsync(string environmentId) =>
        [.. (await InstancesOfAsync(environmentId)).Where(instance => instance.GetProperty("State").GetProperty("Name").GetString() is not ("terminated" or "shutting-down"))];

    public async Task<IReadOnlyList<JsonElement>> NetworksOfAsync(string environmentId) =>
        [.. (await AskAsync("ec2", "describe-vpcs", "--filters", $"Name=tag:terradev:environment,Values={environmentId}")).GetProperty("Vpcs").EnumerateArray()];

    public async Task<IReadOnlyList<string>> BucketsOfAsync(string environmentId)
    {
        var buckets = (await AskAsync("s3api", "list-buckets")).GetProperty("Buckets").EnumerateArray().Select(bucket => bucket.GetProperty("Name").GetString()!);
        var owned = new List<string>();
        foreach (var bucket in buckets)
        {
            var (exitCode, output) = await TryAskAsync("s3api", "get-bucket-tagging", "--bucket", bucket);
            if (exitCode == 0 && output.Contains($"\"{environmentId}\"", StringComparison.Ordinal))
            {
                owned.Add(bucket);
            }
        }

        return owned;
    }

    /// <summary>The answer of an AWS CLI command.</summary>
    public async Task<JsonElement> AskAsync(params string[] command)
    {
        var (exitCode, output) = await TryAskAsync(command);
        exitCode.ShouldBe(0, $"aws {string.Join(' ', command)}:\n{output}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task<(int ExitCode, string Output)> TryAskAsync(params string[] command) =>
        LocalProcess.TryRunAsync("aws", Requires.Tool("aws"), [.. command, "--output", "json"], Environment);
}
