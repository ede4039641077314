using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Terradev.Testing;

namespace Terradev.Blueprints.Tests;

/// <summary>An AWS simulator of its own for one blueprint.</summary>
internal sealed class Simulator : IAsyncDisposable
{
    private readonly int _port = FreePort();
    private Process? _process;

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{_port}",
        ["AWS_ACCESS_KEY_ID"] = "testing",
        ["AWS_SECRET_ACCESS_KEY"] = "testing",
        ["AWS_REGION"] = "us-east-1",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_PAGER"] = "",
        ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };

    public static async Task<Simulator> StartAsync()
    {
        Requires.Tool("moto_server");
        var simulator = new Simulator();
        var program = Path.Combine(Repository.Folder, "tests", "aws-simulator", "aws_simulator.py");
        var folder = TemporaryFolders.New("simulator");
        // The shell becomes Python; its output is for whoever looks into a failure.
        var start = Terraform.ProgramRun.Prepare(
            "/bin/sh", ["-c", "exec \"$@\" >simulator.log 2>&1", "sh", Requires.Tool("python3"), program, "-H", "127.0.0.1", "-p", $"{simulator._port}"], folder, simulator.Environment);
        simulator._process = Process.Start(start)!;
        var clock = Stopwatch.StartNew();
        while (!await IsListeningAsync(simulator._port))
        {
            if (simulator._process.HasExited || clock.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException($"The AWS simulator did not start.\n{await File.ReadAllTextAsync(Path.Combine(folder, "simulator.log"))}");
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        return simulator;
    }

    /// <summary>The answer of an AWS CLI command.</summary>
    public async Task<JsonElement> AskAsync(params string[] command)
    {
        var exit = await Terraform.ProgramRun.ToItsEndAsync(Requires.Tool("aws"), [.. command, "--output", "json"], Repository.Folder, Environment, TimeSpan.FromMinutes(1));
        exit.Code.ShouldBe(0, $"aws {string.Join(' ', command)}:\n{exit.Error}{exit.Output}");
        using var document = JsonDocument.Parse(exit.Output);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
