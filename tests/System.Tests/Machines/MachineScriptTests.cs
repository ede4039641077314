using System.Text.Json;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.Testing;

namespace Terradev.SystemTests.Machines;

/// <summary>The small scripts that every machine has.</summary>
public sealed class MachineScriptTests(SystemServers servers)
{
    [Theory]
    [InlineData("plain")]
    [InlineData("'single' \"double\" `id` $(id) ${HOME} \\ \\n")]
    [InlineData("first\nsecond\r\n\tthird")]
    [InlineData("--option; rm -rf / # é 東京")]
    public async Task A_setting_is_printed_as_it_is(string value)
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator, settings: new() { ["model"] = value });

        (await machine.RunAsync("terradev-setting", "model")).ShouldBe((0, value));
    }

    [Fact]
    public async Task A_missing_setting_is_its_default_or_an_error()
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator, settings: new() { ["empty"] = "" });

        (await machine.RunAsync("terradev-setting", "dataset", "none")).ShouldBe((0, "none"));
        (await machine.RunAsync("terradev-setting", "empty", "none")).ShouldBe((0, "none"));
        (await machine.RunAsync("terradev-setting", "dataset")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Hooks_run_once_on_a_notice_with_its_time()
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator);
        const string Hooks = "opt/terradev/hooks/interruption.d";
        File.Delete(Path.Combine(machine.Root, Hooks, "10-checkpoint"));
        foreach (var (name, text) in new[] { ("10-first", "echo \"$1\" >>\"$TERRADEV_ROOT/hooked\""), ("20-broken", "exit 1"), ("30-not-executable", "touch \"$TERRADEV_ROOT/wrong\"") })
        {
            machine.Write($"{Hooks}/{name}", $"#!/bin/bash\n{text}\n");
            File.SetUnixFileMode(Path.Combine(machine.Root, Hooks, name), name.StartsWith("30", StringComparison.Ordinal) ? UnixFileMode.UserRead : UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using var watch = machine.Start("terradev-spot-watch");
        machine.Metadata.Interruption = new DateTimeOffset(2030, 1, 31, 18, 0, 0, TimeSpan.Zero);
        await Until.TrueAsync(() => Task.FromResult(watch.LogContains("10-first is done") && watch.LogContains("20-broken failed")), TimeSpan.FromSeconds(30), () => watch.Tail());
        var asked = machine.Metadata.Asked;
        await Until.TrueAsync(() => Task.FromResult(machine.Metadata.Asked > asked + 2), TimeSpan.FromSeconds(30), () => watch.Tail());

        machine.Read("hooked").ShouldBe("2030-01-31T18:00:00Z\n");
        machine.Has("wrong").ShouldBeFalse();
    }

    [Fact]
    public async Task The_heartbeat_sends_the_metrics_that_alarms_watch()
    {
        var simulator = await servers.Simulator;
        var space = $"Terradev/{Guid.NewGuid():N}";
        await using var machine = await Machine.CreateBareAsync(simulator, settings: new() { ["metrics_namespace"] = space, ["autoscaling_group"] = "group-1" });
        machine.Write("gpu-utilization", "73");

        (await machine.RunAsync("terradev-heartbeat")).ExitCode.ShouldBe(0);

        var metrics = (await simulator.AskAsync("cloudwatch", "list-metrics", "--namespace", space)).GetProperty("Metrics").EnumerateArray()
            .Select(metric => $"{metric.GetProperty("MetricName").GetString()} {metric.GetProperty("Dimensions")[0].GetProperty("Value").GetString()}");
        string[] names = ["DiskUsedPercent", "GpuMemoryUtilization", "GpuUtilization", "Heartbeat", "UptimeHours"];
        metrics.ShouldBe(names.SelectMany(name => new[] { $"{name} {machine.InstanceId}", $"{name} group-1" }), ignoreOrder: true);
        var sent = JsonDocument.Parse(machine.Read("run/terradev/metrics.json")).RootElement.EnumerateArray().ToDictionary(metric => metric.GetProperty("MetricName").GetString() + metric.GetProperty("Dimensions")[0].GetProperty("Name").GetString(), metric => metric.GetProperty("Value").GetDouble());
        sent["GpuUtilizationInstanceId"].ShouldBe(73);
        sent["GpuMemoryUtilizationInstanceId"].ShouldBe(25);
        machine.Has("run/terradev/busy").ShouldBeTrue();
    }

    [Theory]
    [InlineData("60", "0", "", true)]
    [InlineData("60", "50", "", false)]
    [InlineData("60", "0", "ada pts/0", false)]
    [InlineData("0", "0", "", false)]
    [InlineData("180", "0", "", false)]
    public async Task A_machine_ends_when_it_has_been_idle_for_long_enough(string minutes, string utilization, string loggedIn, bool ends)
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator, settings: new() { ["idle_minutes"] = minutes });
        machine.Write("run/terradev/busy", "");
        machine.Write("gpu-utilization", utilization);
        machine.Write("logged-in", loggedIn);
        File.SetLastWriteTimeUtc(Path.Combine(machine.Root, "run/terradev/busy"), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-90));

        await machine.RunAsync("terradev-idle");

        machine.Calls.Any(call => call.Contains($"terminate-instances --region us-east-1 --instance-ids {machine.InstanceId}", StringComparison.Ordinal)).ShouldBe(ends);
        machine.Calls.Any(call => call.StartsWith("poweroff", StringComparison.Ordinal)).ShouldBe(ends);
    }

    [Fact]
    public async Task A_machine_that_has_just_booted_is_not_idle()
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator, settings: new() { ["idle_minutes"] = "1" });

        await machine.RunAsync("terradev-idle");

        machine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_powers_off_even_when_AWS_does_not_answer()
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator);
        await machine.Metadata.DisposeAsync();

        await machine.RunAsync("terradev-terminate", "success");

        machine.Calls.ShouldBe(["poweroff "]);
        machine.Read("var/log/terradev/terradev.log").ShouldEndWith("Ending the machine: success\n");
    }

    [Fact]
    public async Task Only_large_logs_are_cut_and_keep_their_end()
    {
        await using var machine = await Machine.CreateBareAsync(await servers.Simulator);
        machine.Write("var/log/terradev/small.log", "small");
        machine.Write("var/log/terradev/large.log", new string('x', 65 * 1024 * 1024) + "the end");

        await machine.RunAsync("terradev-log-free");

        machine.Read("var/log/terradev/small.log").ShouldBe("small");
        machine.Read("var/log/terradev/large.log").ShouldEndWith("the end\n");
        new FileInfo(Path.Combine(machine.Root, "var/log/terradev/large.log")).Length.ShouldBe((8 * 1024 * 1024) + 1);
    }

    public static TheoryData<string> AllScripts() => [.. Directory.GetFiles(Machine.Scripts)
        .Concat(Directory.GetFiles(Path.Combine(TestRun.Repository, "terraform", "blueprints"), "*.sh", SearchOption.AllDirectories))
        .Concat(Directory.GetFiles(Machine.Sandbox))
        .Select(file => Path.GetRelativePath(TestRun.Repository, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(AllScripts))]
    public async Task A_script_is_clean(string script)
    {
        await LocalProcess.RunAsync("bash-n", Requires.Tool("bash"), ["-n", script], workingDirectory: TestRun.Repository);
        await LocalProcess.RunAsync("shellcheck", Requires.Tool("shellcheck"), [script], workingDirectory: TestRun.Repository);
        File.GetUnixFileMode(Path.Combine(TestRun.Repository, script)).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
    }

    [Fact]
    public async Task The_training_program_reads_settings_data_and_checkpoints_as_it_should() =>
        await LocalProcess.RunAsync("train-test", Requires.Tool("python3"), ["-B", "tests/train_test.py"], workingDirectory: Machine.Training);

    [Fact]
    public void Scripts_are_small_enough_for_user_data()
    {
        Directory.GetFiles(Machine.Scripts).Sum(file => new FileInfo(file).Length).ShouldBeLessThan(14 * 1024);
        new FileInfo(Path.Combine(Machine.Training, "scripts", "train.sh")).Length.ShouldBeLessThanOrEqualTo(12 * 1024);
    }
}
