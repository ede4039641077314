using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Servers;

/// <summary>A PostgreSQL server of this run, with its cluster in a temporary folder.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly int _port = TestRun.FreePort();
    private readonly string _folder = TestRun.NewFolder("postgres");
    private LocalProcess? _server;

    public static async Task<Postgres> StartAsync()
    {
        var postgres = new Postgres();
        var data = Path.Combine(postgres._folder, "data");
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL refuses to run as root.
            File.SetUnixFileMode(TestRun.Folder, File.GetUnixFileMode(TestRun.Folder) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
            await LocalProcess.RunAsync("chown", "chown", ["postgres", postgres._folder]);
        }

        await LocalProcess.RunAsync("initdb", AsPostgres, [.. Unprivileged(Requires.Tool("initdb")), "--pgdata", data, "--username", "terradev", "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"], workingDirectory: "/");
        await postgres.StartServerAsync();
        return postgres;
    }

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await LocalProcess.RunAsync("createdb", Requires.Tool("createdb"), ["--host", "127.0.0.1", "--port", $"{_port}", "--username", "terradev", name]);
        return $"Host=127.0.0.1;Port={_port};Database={name};Username=terradev";
    }

    /// <summary>What psql prints, without headers.</summary>
    public async Task<string> QueryAsync(string database, string sql) =>
        (await LocalProcess.RunAsync("psql", Requires.Tool("psql"), ["--host", "127.0.0.1", "--port", $"{_port}", "--username", "terradev", "--dbname", database, "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--command", sql])).Trim();

    /// <summary>Ends every connection at once, as a crash would, and starts again on the same data.</summary>
    public async Task RestartAsync()
    {
        await _server!.KillAsync();
        File.Delete(Path.Combine(_folder, "data", "postmaster.pid"));
        await StartServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task StartServerAsync()
    {
        _server = LocalProcess.Start("postgres", AsPostgres, [.. Unprivileged(Requires.Tool("postgres")), "-D", Path.Combine(_folder, "data"), "-h", "127.0.0.1", "-p", $"{_port}", "-k", _folder, "-F", "-c", "full_page_writes=off", "-c", "max_connections=300"], workingDirectory: "/");
        var isReady = Requires.Tool("pg_isready");
        await _server.ReadyAsync(async () => (await LocalProcess.TryRunAsync("pg_isready", isReady, ["-q", "-h", "127.0.0.1", "-p", $"{_port}"])).ExitCode == 0, Deadline);
    }

    private static string AsPostgres => Environment.IsPrivilegedProcess ? Requires.Tool("setpriv") : "env";

    private static string[] Unprivileged(string program) =>
        Environment.IsPrivilegedProcess ? ["--reuid=postgres", "--regid=postgres", "--init-groups", program] : [program];
}
