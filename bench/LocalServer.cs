using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Terradev.Bench;

/// <summary>A program of this run that answers HTTP on a free port of the loopback address.</summary>
internal abstract class LocalServer : IDisposable
{
    private readonly Process _process;

    protected LocalServer(int port, ProcessStartInfo start)
    {
        Address = AddressOf(port);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    protected int ProcessId => _process.Id;

    /// <summary>Processor time that the process has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    protected abstract string HealthPath { get; }

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address };
        while (true)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with code {_process.ExitCode}.");
            }

            try
            {
                using var answer = await http.GetAsync(HealthPath, cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // Not listening yet; the caller's token ends the wait.
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    public virtual void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    protected static Uri AddressOf(int port) => new($"http://127.0.0.1:{port}");

    /// <summary>Top folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Terradev.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
        }

        return folder.FullName;
    }
}
