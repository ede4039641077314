using System.Net;
using System.Net.Sockets;

namespace Terradev.SystemTests.Processes;

/// <summary>Where this run keeps its files, and which ports are its own.</summary>
internal static class TestRun
{
    private static readonly HashSet<int> GivenPorts = [];
    private static int _logs;

    /// <summary>Top folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Build configuration of these tests, as the folder names below <c>artifacts/bin</c> say it.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Output of every process that the last run started.</summary>
    public static string Logs { get; } = EmptyFolder(Path.Combine(Repository, "artifacts", "system-tests"));

    /// <summary>Data of this run's processes; removed when it ends.</summary>
    public static string Folder { get; } = Directory.CreateTempSubdirectory("terradev-").FullName;

    public static string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, $"{name}-{Guid.NewGuid().ToString("N")[..8]}")).FullName;

    public static string NewLogFile(string name) => Path.Combine(Logs, $"{Interlocked.Increment(ref _logs):000}-{name}.log");

    /// <summary>A free port on the loopback address that no other part of this run was given.</summary>
    public static int FreePort()
    {
        lock (GivenPorts)
        {
            while (true)
            {
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (GivenPorts.Add(port))
                {
                    return port;
                }
            }
        }
    }

    public static async Task<bool> IsListeningAsync(int port)
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

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Terradev.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
        }

        return folder.FullName;
    }

    private static string EmptyFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        return Directory.CreateDirectory(path).FullName;
    }
}
