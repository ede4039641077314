using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Terradev.SystemTests.Processes;

/// <summary>A program in a process group of its own, with its output in a file.</summary>
internal sealed partial class LocalProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    // What the caller's shell has set must not reach the programs under test.
    private static readonly string[] NotInherited = ["TERRADEV_", "Terradev__", "AWS_", "ConnectionStrings__", "OTEL_", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "HF_", "RABBITMQ_", "PG", "TF_VAR_", "XDG_"];
    private readonly Process _process;

    private LocalProcess(string name, Process process, string logFile)
    {
        (Name, _process, LogFile) = (name, process, logFile);
        Reaper.Watch(process.Id);
    }

    public string Name { get; }

    public int Id => _process.Id;

    public string LogFile { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static LocalProcess Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null)
    {
        var logFile = TestRun.NewLogFile(name);
        // The shell becomes setsid, which becomes the program: its process id is also its group's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec setsid \"$@\" >\"$log\" 2>&1 </dev/null", "sh", logFile, program, .. arguments])
        {
            WorkingDirectory = workingDirectory ?? TestRun.Folder,
        };
        foreach (var inherited in start.Environment.Keys.Where(key => NotInherited.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        return new LocalProcess(name, Process.Start(start)!, logFile);
    }

    /// <summary>Runs a program to its end and returns its output; anything but exit code 0 fails the test.</summary>
    public static async Task<string> RunAsync(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null, TimeSpan? deadline = null)
    {
        var (exitCode, output) = await TryRunAsync(name, program, arguments, environment, workingDirectory, deadline);
        exitCode.ShouldBe(0, $"{name}:\n{output}");
        return output;
    }

    public static async Task<(int ExitCode, string Output)> TryRunAsync(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null, TimeSpan? deadline = null)
    {
        await using var process = Start(name, program, arguments, environment, workingDirectory);
        await process.WaitForExitAsync(deadline ?? TimeSpan.FromMinutes(2));
        return (process.ExitCode, await File.ReadAllTextAsync(process.LogFile));
    }

    public async Task WaitForExitAsync(TimeSpan deadline)
    {
        using var timer = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException late)
        {
            await KillAsync();
            throw new TimeoutException($"{Name} did not end within {deadline.TotalSeconds:0} s.\n{Tail()}", late);
        }
    }

    /// <summary>Waits until <paramref name="ready"/> holds; a program that ends before that fails at once with its last words.</summary>
    public async Task<LocalProcess> ReadyAsync(Func<Task<bool>> ready, TimeSpan deadline)
    {
        await Until.TrueAsync(
            async () => HasExited ? throw new InvalidOperationException($"{Name} ended with code {ExitCode}.\n{Tail()}") : await ready(),
            deadline,
            () => $"{Name} is not ready.\n{Tail()}");
        return this;
    }

    public bool LogContains(string text) => File.Exists(LogFile) && File.ReadAllText(LogFile).Contains(text, StringComparison.Ordinal);

    /// <summary>The last lines of the output.</summary>
    public string Tail(int lines = 40) =>
        $"--- {Name} ({LogFile})\n" + (File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(lines)) : "no output");

    /// <summary>SIGTERM to the program, and SIGKILL to its group when that is not enough.</summary>
    public async Task StopAsync(TimeSpan? grace = null)
    {
        if (!HasExited)
        {
            _ = Kill(_process.Id, SigTerm);
            using var late = new CancellationTokenSource(grace ?? TimeSpan.FromSeconds(20));
            await _process.WaitForExitAsync(late.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await KillAsync();
    }

    /// <summary>SIGKILL to the program alone, as the kernel does when memory runs out; what it started lives on.</summary>
    public async Task KillAloneAsync()
    {
        _ = Kill(_process.Id, SigKill);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGKILL to the program and everything it started, as when its container is removed.</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _ = Kill(-_process.Id, SigKill);
        await _process.WaitForExitAsync();
        Reaper.Forget(_process.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
