using System.Text.RegularExpressions;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.Testing;

namespace Terradev.SystemTests;

/// <summary>The other tests' ground: what they start is really there, only on this machine, and gone afterwards.</summary>
public sealed partial class FixtureTests(SystemServers servers)
{
    [Fact]
    public async Task Every_server_listens_on_the_loopback_address_only()
    {
        var starting = new Task[] { servers.Postgres, servers.Broker, servers.Redis, servers.Simulator, servers.Dashboard };
        await Task.WhenAll(starting);

        var ours = await ListenersAsync();

        ours.Count.ShouldBeGreaterThanOrEqualTo(6);
        ours.ShouldAllBe(address => address.StartsWith("127.0.0.1:") || address.StartsWith("[::1]:"));
    }

    [Fact]
    public async Task Postgres_is_back_with_its_databases_after_a_crash()
    {
        await using var postgres = await Postgres.StartAsync();
        await postgres.CreateDatabaseAsync("kept");
        await postgres.QueryAsync("kept", "create table things (name text); insert into things values ('one')");

        await postgres.RestartAsync();

        (await postgres.QueryAsync("kept", "select name from things")).ShouldBe("one");
    }

    [Fact]
    public async Task A_stopped_process_takes_its_children_along()
    {
        var child = Path.Combine(TestRun.NewFolder("children"), "pid");
        var parent = LocalProcess.Start("parent", "sh", ["-c", $"sleep 600 & echo $! > {child}; wait"]);
        await Until.TrueAsync(() => Task.FromResult(File.Exists(child) && File.ReadAllText(child).EndsWith('\n')), TimeSpan.FromSeconds(10), () => "no child");

        await parent.DisposeAsync();

        var status = $"/proc/{File.ReadAllText(child).Trim()}/stat";
        await Until.TrueAsync(
            () => Task.FromResult(!File.Exists(status) || File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(10),
            () => "the child lives on");
    }

    // ss prints: LISTEN 0 128 127.0.0.1:5432 0.0.0.0:* users:(("postgres",pid=71,fd=6))
    private static async Task<IReadOnlyList<string>> ListenersAsync()
    {
        var output = await LocalProcess.RunAsync("ss", Requires.Tool("ss"), ["--no-header", "--listening", "--tcp", "--numeric", "--processes"]);
        return [.. output.Split('\n').Where(line => Pid().Matches(line).Any(match => Reaper.IsWatched(ProcessGroup(match.Groups["pid"].Value)))).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])];
    }

    // The fields of /proc/<pid>/stat after the name in brackets: state, parent, process group.
    private static int ProcessGroup(string pid) =>
        File.Exists($"/proc/{pid}/stat") ? int.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[2]) : 0;

    [GeneratedRegex(@"pid=(?<pid>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pid();
}
