using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>What to run, where, and with which variables beside those every run gets.</summary>
/// <param name="Name">Short name of the step; Terraform's output goes to files of this name in the folder's <see cref="Terraform.OutputFolder"/>.</param>
/// <param name="Offline">Keeps the clouds' variables, and so every credential, from Terraform.</param>
internal sealed record TerraformStep(
    string Name, string Directory, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables, TimeSpan Timeout, bool Offline = false);

/// <summary>How a step ended. <see cref="Outcome.Killed"/>: no exit code was written, so what was in flight is unknown.</summary>
internal sealed record TerraformExit(int Code, TerraformExit.Outcome Ended, string StandardError)
{
    public enum Outcome
    {
        Exited,
        Interrupted,
        TimedOut,
        Killed,
    }
}

/// <summary>
/// The one place that starts Terraform. It runs in a session of its own with its output in files, so that it outlives the
/// service: a service that was killed finds it again by <see cref="AttachAsync"/> and goes on reading.
/// </summary>
internal sealed partial class Terraform(IOptions<TerraformOptions> options, TimeProvider time)
{
    /// <summary>Where a step's output, process ids and exit code lie, below its folder.</summary>
    public const string OutputFolder = ".run";

    private const int Sigint = 2;
    private const int Sigkill = 9;
    private const string MarkVariable = "TERRADEV_RUN_FOLDER";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadInterval = TimeSpan.FromMilliseconds(50);

    // The outer shell lives until it has left the exit code; the inner one's process id becomes Terraform's by exec.
    // Each file is moved into place, so that nobody reads half of it.
    private const string Script = """
        exec >/dev/null 2>&1 </dev/null
        out=$1; shift
        echo $$ >"$out.shell.new"; mv "$out.shell.new" "$out.shell"
        sh -c 'echo $$ >"$0.pid.new"; mv "$0.pid.new" "$0.pid"; exec "$@"' "$out" "$@" >"$out.out" 2>"$out.err"
        echo $? >"$out.exit.new"; mv "$out.exit.new" "$out.exit"
        """;

    // Nothing else of the service's environment reaches Terraform, above all not its keys and connection strings.
    private static readonly string[] PassedOn =
    [
        "PATH", "HOME", "USER", "TMPDIR", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
        "http_proxy", "https_proxy", "no_proxy", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR",
    ];

    private static readonly string[] PassedOnPrefixes = ["AWS_", "GOOGLE_", "CLOUDSDK_", "ARM_", "AZURE_"];

    /// <summary>Full path of the program, or null when it is not there.</summary>
    public string? FindProgram()
    {
        var program = options.Value.Path;
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return File.Exists(program) ? Path.GetFullPath(program) : null;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>Runs a step to its end. Cancelling interrupts Terraform once, waits for it to write its state, then kills it.</summary>
    public async Task<TerraformExit> RunAsync(TerraformStep step, Func<string, ValueTask> onLine, CancellationToken cancellationToken)
    {
        var program = FindProgram() ?? throw new FileNotFoundException("Terraform is missing.", options.Value.Path);
        var files = OutputFiles(step);
        Directory.CreateDirectory(Path.GetDirectoryName(files)!);
        foreach (var stale in new[] { ".out", ".err", ".shell", ".pid", ".exit" })
        {
            File.Delete(files + stale);
        }

        using var process = Process.Start(StartInfo(step, program, files)) ?? throw new InvalidOperationException("The shell did not start.");
        return await FollowAsync(step, files, onLine, cancellationToken);
    }

    /// <summary>
    /// Goes on with a step that an earlier process of this machine started. Null when that step never ran here.
    /// Every line is read again from the first.
    /// </summary>
    public async Task<TerraformExit?> AttachAsync(TerraformStep step, Func<string, ValueTask> onLine, CancellationToken cancellationToken)
    {
        var files = OutputFiles(step);
        return File.Exists(files + ".shell") ? await FollowAsync(step, files, onLine, cancellationToken) : null;
    }

    private async Task<TerraformExit> FollowAsync(TerraformStep step, string files, Func<string, ValueTask> onLine, CancellationToken cancellationToken)
    {
        using var lines = new LineReader(files + ".out");
        var started = time.GetTimestamp();
        var interruptedAt = 0L;
        var outcome = TerraformExit.Outcome.Exited;
        while (true)
        {
            // In this order: a shell that is gone has left the exit code before, and what it left is read after.
            var shellIsGone = IsGone(step.Directory, files, time.GetElapsedTime(started));
            var ended = File.Exists(files + ".exit");
            var gone = shellIsGone && !ended;
            foreach (var line in lines.Read())
            {
                await onLine(line);
            }

            if (ended)
            {
                var code = int.Parse((await File.ReadAllTextAsync(files + ".exit", CancellationToken.None)).Trim(), CultureInfo.InvariantCulture);
                return new TerraformExit(code, code is 128 + Sigkill ? TerraformExit.Outcome.Killed : outcome, await StandardErrorAsync(files));
            }

            if (gone)
            {
                return new TerraformExit(-1, TerraformExit.Outcome.Killed, await StandardErrorAsync(files));
            }

            if (interruptedAt == 0 && (cancellationToken.IsCancellationRequested || time.GetElapsedTime(started) > step.Timeout))
            {
                // Once: at a second interrupt Terraform leaves without writing its state. One that is just starting gets it at the next look.
                if (Signal(step.Directory, files, Sigint))
                {
                    outcome = cancellationToken.IsCancellationRequested ? TerraformExit.Outcome.Interrupted : TerraformExit.Outcome.TimedOut;
                    interruptedAt = time.GetTimestamp();
                }
            }
            else if (interruptedAt != 0 && time.GetElapsedTime(interruptedAt) > options.Value.InterruptGrace)
            {
                Signal(step.Directory, files, Sigkill);
                interruptedAt = time.GetTimestamp();
            }

            await Task.Delay(ReadInterval, time, CancellationToken.None);
        }
    }

    private static ProcessStartInfo StartInfo(TerraformStep step, string program, string files)
    {
        // A terminal's Ctrl+C goes to the whole process group; in a session of its own Terraform gets only our one interrupt.
        var start = File.Exists("/usr/bin/setsid") ? new ProcessStartInfo("/usr/bin/setsid", ["sh"]) : new ProcessStartInfo("/bin/sh");
        start.WorkingDirectory = step.Directory;
        foreach (var argument in (string[])["-c", Script, "sh", files, program, .. step.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.ToList())
        {
            var isCloud = PassedOnPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
            if (!PassedOn.Contains(name, StringComparer.Ordinal) && (step.Offline || !isCloud))
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment[MarkVariable] = step.Directory;
        start.Environment["TF_IN_AUTOMATION"] = "1";
        start.Environment["TF_INPUT"] = "0";
        start.Environment["CHECKPOINT_DISABLE"] = "1";
        foreach (var (name, value) in step.Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string OutputFiles(TerraformStep step) => Path.Combine(step.Directory, OutputFolder, step.Name);

    private static async Task<string> StandardErrorAsync(string files) =>
        File.Exists(files + ".err") ? (await File.ReadAllTextAsync(files + ".err")).Trim() : "";

    private static bool IsGone(string directory, string files, TimeSpan age) =>
        File.Exists(files + ".shell") ? ReadPid(directory, files + ".shell") is null : age > StartTime;

    private static bool Signal(string directory, string files, int signal) =>
        ReadPid(directory, files + ".pid") is { } pid && Kill(pid, signal) == 0;

    // The process id in the file while that process lives. The mark in its environment proves that the number was not given to another since.
    private static int? ReadPid(string directory, string file)
    {
        if (!File.Exists(file) || !int.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        if (!Directory.Exists("/proc/self"))
        {
            return Kill(pid, 0) == 0 ? pid : null;
        }

        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Split('\0').Contains(Mark(directory), StringComparer.Ordinal) ? pid : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No such process, or another user's by now.
            return null;
        }
    }

    private static string Mark(string directory) => $"{MarkVariable}={directory}";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    // Reads the complete lines that were added since the last call.
    private sealed class LineReader(string path) : IDisposable
    {
        private readonly List<byte> _rest = [];
        private FileStream? _file;

        public List<string> Read()
        {
            if (_file is null)
            {
                if (!File.Exists(path))
                {
                    return [];
                }

                _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }

            var lines = new List<string>();
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = _file.Read(buffer)) > 0)
            {
                foreach (var value in buffer.AsSpan(0, count))
                {
                    if (value == (byte)'\n')
                    {
                        lines.Add(System.Text.Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_rest)));
                        _rest.Clear();
                    }
                    else
                    {
                        _rest.Add(value);
                    }
                }
            }

            return lines;
        }

        public void Dispose() => _file?.Dispose();
    }
}
