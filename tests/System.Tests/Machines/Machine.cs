using System.Text.Json;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.Testing;

namespace Terradev.SystemTests.Machines;

/// <summary>
/// A folder that looks like a GPU machine to the scripts under test: their own files, settings, a metadata service,
/// the real AWS CLI against the simulator, and small stand-ins for GPU, containers and power.
/// </summary>
internal sealed class Machine : IAsyncDisposable
{
    public static readonly string Scripts = Path.Combine(TestRun.Repository, "terraform", "modules", "aws", "bootstrap", "files", "bin");
    public static readonly string Training = Path.Combine(TestRun.Repository, "terraform", "blueprints", "aws", "training");
    public static readonly string Sandbox = Path.Combine(TestRun.Repository, "tests", "System.Tests", "Machines", "sandbox");

    private readonly AwsSimulator _simulator;
    private readonly MetadataService _metadata;

    private Machine(AwsSimulator simulator, MetadataService metadata, string bucket, string instance) =>
        (_simulator, _metadata, Bucket, InstanceId) = (simulator, metadata, bucket, instance);

    public string Root { get; } = TestRun.NewFolder("machine");

    /// <summary>Name of the outputs bucket; the datasets bucket has <c>-data</c> behind it.</summary>
    public string Bucket { get; }

    public string InstanceId { get; }

    public MetadataService Metadata => _metadata;

    /// <summary>A machine whose container runs <paramref name="program"/>, a Bash script.</summary>
    public static async Task<Machine> CreateAsync(AwsSimulator simulator, string program = "true", Dictionary<string, string>? settings = null, string? bucket = null)
    {
        if (bucket is null)
        {
            bucket = $"machine-{Guid.NewGuid():N}";
            await simulator.AskAsync("s3api", "create-bucket", "--bucket", bucket);
            await simulator.AskAsync("s3api", "create-bucket", "--bucket", $"{bucket}-data");
        }

        var image = (await simulator.AskAsync("ec2", "describe-images", "--query", "Images[0].ImageId")).GetString()!;
        var instance = (await simulator.AskAsync("ec2", "run-instances", "--image-id", image, "--instance-type", "g5.xlarge", "--query", "Instances[0].InstanceId")).GetString()!;
        return await CreateAsync(simulator, bucket, instance, program, settings);
    }

    /// <summary>A machine without buckets that the simulator does not know; what asks nothing of AWS needs no more.</summary>
    public static Task<Machine> CreateBareAsync(AwsSimulator simulator, Dictionary<string, string>? settings = null) =>
        CreateAsync(simulator, "none", "i-0123456789abcdef0", "true", settings);

    private static async Task<Machine> CreateAsync(AwsSimulator simulator, string bucket, string instance, string program, Dictionary<string, string>? settings)
    {
        Requires.Tool("bash");
        Requires.Tool("curl");
        var machine = new Machine(simulator, await MetadataService.StartAsync(instance), bucket, instance);
        machine.Install(Directory.GetFiles(Scripts), "opt/terradev/bin");
        machine.Install([Path.Combine(Training, "scripts", "train.sh")], "opt/terradev/bin", "train");
        machine.Install([Path.Combine(Training, "scripts", "checkpoint-hook.sh")], "opt/terradev/hooks/interruption.d", "10-checkpoint");
        machine.Write("program", program);
        var known = new Dictionary<string, string>
        {
            ["environment"] = "env-1",
            ["region"] = "us-east-1",
            ["datasets_bucket"] = $"{bucket}-data",
            ["outputs_bucket"] = bucket,
        };
        foreach (var (name, value) in settings ?? [])
        {
            known[name] = value;
        }

        machine.Write("etc/terradev/environment.json", JsonSerializer.Serialize(known));
        return machine;
    }

    /// <summary>Runs one of the installed scripts to its end.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string script, params string[] arguments) =>
        await LocalProcess.TryRunAsync(Path.GetFileName(script), PathOf(script), arguments, Environment(), deadline: TimeSpan.FromMinutes(3));

    public LocalProcess Start(string script, params string[] arguments) =>
        LocalProcess.Start(Path.GetFileName(script), PathOf(script), arguments, Environment());

    public void Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public string Read(string path) => File.Exists(Path.Combine(Root, path)) ? File.ReadAllText(Path.Combine(Root, path)) : "";

    public bool Has(string path) => File.Exists(Path.Combine(Root, path));

    /// <summary>What the scripts asked of the outside, in order.</summary>
    public IReadOnlyList<string> Calls => Read("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Position of the first call that contains all of <paramref name="words"/>; fails the test when there is none.</summary>
    public int CallOf(params string[] words)
    {
        var calls = Calls.ToList();
        var index = calls.FindIndex(call => words.All(word => call.Contains(word, StringComparison.Ordinal)));
        index.ShouldBeGreaterThanOrEqualTo(0, $"no call with {string.Join(' ', words)} among\n{string.Join('\n', calls)}");
        return index;
    }

    public async Task<bool> IsTerminatedAsync() =>
        (await _simulator.AskAsync("ec2", "describe-instances", "--instance-ids", InstanceId, "--query", "Reservations[0].Instances[0].State.Name")).GetString() == "terminated";

    /// <summary>Keys of the outputs bucket below the run that LATEST names, without <c>runs/&lt;run&gt;/</c>.</summary>
    public async Task<IReadOnlyList<string>> RunKeysAsync()
    {
        var prefix = $"runs/{await ObjectAsync("runs/LATEST")}/";
        var listing = await _simulator.AskAsync("s3api", "list-objects-v2", "--bucket", Bucket, "--prefix", prefix);
        return listing.TryGetProperty("Contents", out var contents) ? [.. contents.EnumerateArray().Select(item => item.GetProperty("Key").GetString()![prefix.Length..])] : [];
    }

    /// <summary>Text of a file of the latest run.</summary>
    public async Task<string> RunFileAsync(string path) => await ObjectAsync($"runs/{await ObjectAsync("runs/LATEST")}/{path}");

    /// <summary>Text of an object in the outputs bucket, without the last line's end.</summary>
    public async Task<string> ObjectAsync(string key)
    {
        var file = Path.Combine(Root, $"object-{Guid.NewGuid():N}");
        await _simulator.AskAsync("s3api", "get-object", "--bucket", Bucket, "--key", key, file);
        return (await File.ReadAllTextAsync(file)).TrimEnd('\n');
    }

    public async Task PutAsync(string bucket, string key, string text)
    {
        Write("upload", text);
        await _simulator.AskAsync("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", Path.Combine(Root, "upload"));
    }

    public ValueTask DisposeAsync() => _metadata.DisposeAsync();

    private Dictionary<string, string> Environment() => new(_simulator.Environment)
    {
        ["PATH"] = $"{Sandbox}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["REAL_AWS"] = Requires.Tool("aws"),
        ["TERRADEV_ROOT"] = Root,
        ["TERRADEV_IMDS"] = _metadata.Address,
        ["TERRADEV_POLL_SECONDS"] = "1",
        ["TERRADEV_RETRY_SECONDS"] = "0",
        ["TERRADEV_LINGER_SECONDS"] = "0",
    };

    private string PathOf(string script) => Path.Combine(Root, "opt/terradev", script.Contains('/') ? script : $"bin/{script}");

    private void Install(IEnumerable<string> files, string folder, string? name = null)
    {
        Directory.CreateDirectory(Path.Combine(Root, folder));
        foreach (var file in files)
        {
            var target = Path.Combine(Root, folder, name ?? Path.GetFileName(file));
            File.Copy(file, target);
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
