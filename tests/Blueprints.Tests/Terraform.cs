using System.Diagnostics;
using System.Text.Json;
using Terradev.Testing;

namespace Terradev.Blueprints.Tests;

internal sealed record Exit(int Code, string Output, string Error);

/// <summary>Terraform in one folder, with nothing of the caller's cloud settings; at most four run at once.</summary>
internal sealed class Terraform(string folder, IReadOnlyDictionary<string, string>? environment = null)
{
    private static readonly SemaphoreSlim Turns = new(4);
    private static readonly string[] NotInherited = ["AWS_", "TF_VAR_", "TF_CLI_ARGS", "GOOGLE_", "ARM_"];

    // No credentials, and a proxy where nobody listens: what asks anybody fails.
    private static readonly IReadOnlyDictionary<string, string> Offline = new Dictionary<string, string>
    {
        ["http_proxy"] = "http://127.0.0.1:9",
        ["https_proxy"] = "http://127.0.0.1:9",
        ["HTTP_PROXY"] = "http://127.0.0.1:9",
        ["HTTPS_PROXY"] = "http://127.0.0.1:9",
        ["no_proxy"] = "",
        ["NO_PROXY"] = "",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
    };

    public string Folder { get; } = folder;

    public Task InitAsync() => SuccessAsync("init", "-input=false", "-no-color");

    /// <summary>The plan as JSON, made without credentials and network.</summary>
    public async Task<JsonElement> OfflinePlanAsync()
    {
        var exit = await RunAsync(Offline, "plan", "-input=false", "-no-color", "-lock=false", "-out=plan.bin");
        exit.Code.ShouldBe(0, exit.Error + exit.Output);
        return await ShowAsync("plan.bin");
    }

    /// <summary>A plan file, or the state when none is named, as JSON.</summary>
    public async Task<JsonElement> ShowAsync(string? plan = null)
    {
        string[] arguments = plan is null ? ["show", "-json"] : ["show", "-json", plan];
        var exit = await SuccessAsync(arguments);
        using var document = JsonDocument.Parse(exit.Output);
        return document.RootElement.Clone();
    }

    public async Task<Exit> SuccessAsync(params string[] arguments)
    {
        var exit = await RunAsync(null, arguments);
        exit.Code.ShouldBe(0, $"terraform {string.Join(' ', arguments)}:\n{exit.Error}{exit.Output}");
        return exit;
    }

    public Task<Exit> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    private async Task<Exit> RunAsync(IReadOnlyDictionary<string, string>? extra, params string[] arguments)
    {
        // The script uses a provider mirror where the machine has one.
        var mirror = Path.Combine(Repository.Folder, "eng", "terraform-mirror.sh");
        var settings = new Dictionary<string, string>(environment ?? new Dictionary<string, string>()) { ["CHECKPOINT_DISABLE"] = "1" };
        foreach (var (key, value) in extra ?? new Dictionary<string, string>())
        {
            settings[key] = value;
        }

        var program = Requires.Tool("terraform");
        if (!await Turns.WaitAsync(TimeSpan.FromMinutes(15), CancellationToken.None))
        {
            throw new TimeoutException("Four Terraforms have been running for 15 minutes.");
        }

        try
        {
            return await ProgramRun.ToItsEndAsync("bash", ["-c", ". \"$0\"; exec \"$@\"", mirror, program, .. arguments], Folder, settings, TimeSpan.FromMinutes(4));
        }
        finally
        {
            Turns.Release();
        }
    }

    /// <summary>Runs a program to its end and kills what is left of it at the deadline.</summary>
    internal static class ProgramRun
    {
        public static ProcessStartInfo Prepare(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> settings)
        {
            var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
            foreach (var inherited in start.Environment.Keys.Where(key => NotInherited.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))).ToList())
            {
                start.Environment.Remove(inherited);
            }

            foreach (var (key, value) in settings)
            {
                start.Environment[key] = value;
            }

            return start;
        }

        public static async Task<Exit> ToItsEndAsync(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> settings, TimeSpan deadline)
        {
            using var process = Process.Start(Prepare(program, arguments, folder, settings))!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            // Tests share plans, so that a run may outlast the test that began it; the deadline alone ends it.
            using var timer = new CancellationTokenSource(deadline);
            try
            {
                await process.WaitForExitAsync(timer.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return new Exit(process.ExitCode, await output, await error);
        }
    }
}
