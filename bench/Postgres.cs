using System.Diagnostics;
using System.Globalization;

namespace Terradev.Bench;

/// <summary>A PostgreSQL of this run's own, with the settings of a small server and every write on disk before it counts.</summary>
internal sealed class Postgres : IDisposable
{
    private readonly string _data;
    private readonly string _programs;

    private Postgres(string programs, string data, int port)
    {
        (_programs, _data) = (programs, data);
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=terradev;Database=bench");
    }

    public string ConnectionString { get; }

    /// <summary>Processor time of the server and of all connections that are open.</summary>
    // postmaster.pid begins with the process id; all other processes of the server are its children.
    public TimeSpan ProcessorTime
    {
        get
        {
            var server = int.Parse(File.ReadLines(Path.Combine(_data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
            var children = File.ReadAllText($"/proc/{server}/task/{server}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture));
            return children.Append(server).Select(Process.GetProcessById).Aggregate(TimeSpan.Zero, (sum, process) => sum + process.TotalProcessorTime);
        }
    }

    public static Postgres Start(string folder)
    {
        var programs = Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")).LastOrDefault()
            ?? throw new InvalidOperationException("PostgreSQL is missing: apt-get install postgresql.");
        var data = Path.Combine(folder, "postgres");
        Directory.CreateDirectory(data);
        if (System.Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", data);
            Run("chmod", "o+x", folder);
        }

        var port = LocalServer.FreePort();
        RunAsPostgres(Path.Combine(programs, "initdb"), "-D", data, "-U", "terradev", "--auth", "trust", "-E", "UTF8", "--no-locale");
        RunAsPostgres(Path.Combine(programs, "pg_ctl"), "-D", data, "-w", "-l", Path.Combine(data, "log"), "-o",
            string.Create(CultureInfo.InvariantCulture, $"-h 127.0.0.1 -p {port} -k {data} -c shared_buffers=1GB -c max_wal_size=8GB -c maintenance_work_mem=256MB -c random_page_cost=1.1 -c effective_io_concurrency=0"), "start");
        return new Postgres(programs, data, port);
    }

    public void Dispose() => RunAsPostgres(Path.Combine(_programs, "pg_ctl"), "-D", _data, "-m", "immediate", "stop");

    // PostgreSQL refuses to run as root.
    private static void RunAsPostgres(string program, params string[] arguments)
    {
        if (System.Environment.IsPrivilegedProcess)
        {
            Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program, .. arguments]);
        }
        else
        {
            Run(program, arguments);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server inherits what it is given: without a file of its own it would keep our pipe open.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with code {process.ExitCode}.");
        }
    }
}
