using System.Text.Json;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;

namespace Terradev.SystemTests.Machines;

/// <summary>The training job of a machine from boot to end, with the real scripts.</summary>
public sealed class TrainingJobTests(SystemServers servers)
{
    private const string Hostile = "a 'quoted' \"value\"\n$(touch /tmp/never) `id` ${HOME} \\ ; & | * é";

    [Fact]
    public async Task A_run_that_ends_well_leaves_outputs_then_SUCCESS_then_no_machine()
    {
        await using var machine = await Machine.CreateAsync(await servers.Simulator, """
            cat "$TERRADEV_DATA/rows.csv" >"$TERRADEV_OUTPUTS/model"
            echo trained
            """);
        await machine.PutAsync($"{machine.Bucket}-data", "processed/rows.csv", "a,b");
        await machine.PutAsync($"{machine.Bucket}-data", "raw/raw.csv", "not this one");

        var (_, output) = await machine.RunAsync("train");

        (await machine.RunKeysAsync()).ShouldBe(["SUCCESS", "logs/train.log", "logs/training.log", "outputs/model"], ignoreOrder: true, output);
        (await machine.RunFileAsync("outputs/model")).ShouldBe("a,b");
        (await machine.RunFileAsync("logs/training.log")).ShouldBe("trained");
        machine.CallOf("s3 sync", "/outputs/").ShouldBeLessThan(machine.CallOf("s3 cp", "/SUCCESS"));
        machine.CallOf("s3 cp", "/SUCCESS").ShouldBeLessThan(machine.CallOf("terminate-instances", machine.InstanceId));
        machine.CallOf("terminate-instances").ShouldBeLessThan(machine.CallOf("poweroff"));
        (await machine.IsTerminatedAsync()).ShouldBeTrue();
        machine.Has("var/lib/terradev/job/data/raw.csv").ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_that_fails_leaves_outputs_its_last_checkpoint_then_FAILURE_then_no_machine()
    {
        await using var machine = await Machine.CreateAsync(await servers.Simulator, """
            mkdir "$TERRADEV_CHECKPOINTS/checkpoint-1" && touch "$TERRADEV_CHECKPOINTS/checkpoint-1/COMPLETE"
            echo half >"$TERRADEV_OUTPUTS/partial"
            exit 3
            """);

        var (_, output) = await machine.RunAsync("train");

        (await machine.RunKeysAsync()).ShouldBe(["FAILURE", "checkpoints/checkpoint-1/COMPLETE", "logs/train.log", "logs/training.log", "outputs/partial"], ignoreOrder: true, output);
        var failure = JsonDocument.Parse(await machine.RunFileAsync("FAILURE")).RootElement;
        failure.GetProperty("exitCode").GetInt32().ShouldBe(3);
        failure.GetProperty("step").GetString().ShouldBe("training");
        failure.GetProperty("checkpoint").GetString().ShouldBe("checkpoint-1");
        machine.CallOf("s3 sync", "/outputs/").ShouldBeLessThan(machine.CallOf("s3 cp", "/FAILURE"));
        machine.CallOf("s3 cp", "/FAILURE").ShouldBeLessThan(machine.CallOf("terminate-instances", machine.InstanceId));
        (await machine.IsTerminatedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_machine_that_gets_no_image_does_not_stay()
    {
        await using var machine = await Machine.CreateAsync(await servers.Simulator, settings: new() { ["image"] = "example.org/none:1" });
        machine.Write("no-image", "");

        await machine.RunAsync("train");

        machine.Calls.Count(call => call == "docker pull").ShouldBe(5);
        machine.Calls.ShouldNotContain("docker run");
        (await machine.IsTerminatedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_machine_that_cannot_read_its_data_says_so_and_does_not_stay()
    {
        await using var machine = await Machine.CreateAsync(await servers.Simulator, settings: new() { ["datasets_bucket"] = "no-such-bucket" });

        await machine.RunAsync("train");

        machine.Calls.ShouldNotContain("docker run");
        machine.Read("var/log/terradev/train.log").ShouldContain("Failure: step data");
        (await machine.IsTerminatedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task An_interrupted_run_goes_on_from_its_checkpoint_on_the_next_machine()
    {
        var simulator = await servers.Simulator;
        const string Program = """
            latest=$(cat "$TERRADEV_CHECKPOINTS"/*/weights 2>/dev/null) && { echo "from $latest" >"$TERRADEV_OUTPUTS/model"; exit 0; }
            save() { mkdir "$TERRADEV_CHECKPOINTS/checkpoint-7"; echo seven >"$TERRADEV_CHECKPOINTS/checkpoint-7/weights"; touch "$TERRADEV_CHECKPOINTS/checkpoint-7/COMPLETE"; }
            trap save USR1
            echo ready >"$TERRADEV_OUTPUTS/ready"
            while true; do sleep 0.2; done
            """;
        await using var first = await Machine.CreateAsync(simulator, Program);
        await using (var job = first.Start("train"))
        await using (var watch = first.Start("terradev-spot-watch"))
        {
            await Until.TrueAsync(() => Task.FromResult(first.Has("var/lib/terradev/job/outputs/ready")), TimeSpan.FromSeconds(90), () => job.Tail());
            first.Metadata.Interruption = TimeProvider.System.GetUtcNow().AddMinutes(2);
            await Until.TrueAsync(() => Task.FromResult(watch.LogContains("Hook 10-checkpoint is done")), TimeSpan.FromSeconds(90), () => watch.Tail());
            await job.WaitForExitAsync(TimeSpan.FromSeconds(60));
        }

        var keys = await first.RunKeysAsync();
        keys.ShouldContain("INTERRUPTED");
        keys.ShouldNotContain("SUCCESS");
        keys.ShouldNotContain("FAILURE");
        first.CallOf("s3 sync", "checkpoint-7").ShouldBeLessThan(first.CallOf("s3 cp", "checkpoint-7/COMPLETE"));
        first.CallOf("s3 cp", "checkpoint-7/COMPLETE").ShouldBeLessThan(first.CallOf("s3 cp", "/INTERRUPTED"));
        first.Calls.ShouldNotContain(call => call.Contains("terminate-instances"));
        var run = await first.ObjectAsync("runs/LATEST");

        await using var second = await Machine.CreateAsync(simulator, Program, bucket: first.Bucket);
        await second.RunAsync("train");

        (await second.ObjectAsync("runs/LATEST")).ShouldBe(run);
        (await second.RunFileAsync("outputs/model")).ShouldBe("from seven");
        keys = await second.RunKeysAsync();
        keys.ShouldContain("SUCCESS");
        keys.ShouldNotContain("INTERRUPTED");
    }

    [Fact]
    public async Task A_checkpoint_without_COMPLETE_is_not_resumed_from()
    {
        await using var machine = await Machine.CreateAsync(await servers.Simulator, """ls "$TERRADEV_CHECKPOINTS" >"$TERRADEV_OUTPUTS/found" """);
        await machine.PutAsync(machine.Bucket, "runs/LATEST", "env-1-before");
        await machine.PutAsync(machine.Bucket, "runs/env-1-before/checkpoints/checkpoint-1/weights", "whole");
        await machine.PutAsync(machine.Bucket, "runs/env-1-before/checkpoints/checkpoint-1/COMPLETE", "");
        await machine.PutAsync(machine.Bucket, "runs/env-1-before/checkpoints/checkpoint-2/weights", "torn");

        await machine.RunAsync("train");

        (await machine.ObjectAsync("runs/LATEST")).ShouldBe("env-1-before");
        (await machine.RunFileAsync("outputs/found")).ShouldBe("checkpoint-1");
    }

    [Fact]
    public async Task A_run_that_succeeded_is_not_resumed()
    {
        await using var machine = await Machine.CreateAsync(await servers.Simulator);
        await machine.PutAsync(machine.Bucket, "runs/LATEST", "env-1-before");
        await machine.PutAsync(machine.Bucket, "runs/env-1-before/SUCCESS", "{}");

        await machine.RunAsync("train");

        (await machine.ObjectAsync("runs/LATEST")).ShouldMatch("^env-1-[0-9]{8}T[0-9]{6}Z$");
        (await machine.RunKeysAsync()).ShouldContain("SUCCESS");
    }

    [Fact]
    public async Task What_a_user_typed_reaches_the_container_as_it_is()
    {
        string[] command = ["python3", Hostile, "--flag=$(id)", "", "last\n"];
        await using var machine = await Machine.CreateAsync(await servers.Simulator, settings: new()
        {
            ["image"] = "--privileged",
            ["command"] = JsonSerializer.Serialize(command),
        });

        await machine.RunAsync("train");

        var arguments = machine.Read("docker-run").Split('\0')[..^1];
        arguments[Array.IndexOf(arguments, "--")..].ShouldBe(["--", "--privileged", .. command]);
    }

    [Fact]
    public async Task The_hub_token_reaches_the_program_and_nothing_that_is_kept()
    {
        const string Token = "hf_TokenThatNobodyMaySee0123456789";
        var simulator = await servers.Simulator;
        var secret = $"secret-{Guid.NewGuid():N}";
        await simulator.AskAsync("secretsmanager", "create-secret", "--name", secret, "--secret-string", Token);
        await using var machine = await Machine.CreateAsync(simulator, """
            printf %s "$HF_TOKEN" | sha256sum | cut -d' ' -f1 >"$TERRADEV_OUTPUTS/sha256"
            stat -c %a "$TERRADEV_ROOT/run/terradev/job.env" >"$TERRADEV_OUTPUTS/mode"
            """, new() { ["hub_token_secret"] = secret });

        await machine.RunAsync("train");

        (await machine.RunFileAsync("outputs/sha256")).ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Token))));
        (await machine.RunFileAsync("outputs/mode")).ShouldBe("600");
        var files = Directory.GetFiles(machine.Root, "*", SearchOption.AllDirectories);
        files.ShouldNotContain(file => File.ReadAllText(file).Contains(Token, StringComparison.Ordinal));
        files.Length.ShouldBeGreaterThan(10);
    }
}
