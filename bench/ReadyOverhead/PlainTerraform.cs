using System.Diagnostics;
using Terradev.Bench;

namespace Terradev.ReadyOverhead;

/// <summary>What a person with the bundle and Terraform alone would do.</summary>
internal static class PlainTerraform
{
    // Asked for once, outside of what is measured.
    private static readonly string CliConfiguration = FindCliConfiguration();

    /// <summary>Seconds of <c>init</c> and <c>apply</c>; what was made is destroyed afterwards.</summary>
    public static async Task<double> TimeToApplyAsync(string folder, Simulator simulator, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        await RunAsync(folder, simulator, cancellationToken, "init", "-input=false", "-no-color");
        await RunAsync(folder, simulator, cancellationToken, "apply", "-auto-approve", "-input=false", "-no-color");
        var seconds = clock.Elapsed.TotalSeconds;
        await RunAsync(folder, simulator, cancellationToken, "destroy", "-auto-approve", "-input=false", "-no-color");
        return seconds;
    }

    private static async Task RunAsync(string folder, Simulator simulator, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("terraform", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        simulator.Configure(start);
        start.Environment["TF_CLI_CONFIG_FILE"] = CliConfiguration;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"terraform {arguments[0]} ended with code {process.ExitCode}:\n{await output}\n{await errors}");
        }
    }

    private static string FindCliConfiguration()
    {
        var mirror = Path.Combine(LocalServer.Repository, "eng", "terraform-mirror.sh");
        var start = new ProcessStartInfo("bash", ["-c", ". \"$0\"; printf %s \"${TF_CLI_CONFIG_FILE:-}\"", mirror]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd();
    }
}
