using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Servers;

/// <summary>A Redis server of this run that keeps nothing on disk.</summary>
internal sealed class Redis(int port, LocalProcess server) : IAsyncDisposable
{
    public string ConnectionString => $"127.0.0.1:{port},abortConnect=false";

    public static async Task<Redis> StartAsync()
    {
        var port = TestRun.FreePort();
        var server = LocalProcess.Start("redis", Requires.Tool("redis-server"), ["--bind", "127.0.0.1", "--port", $"{port}", "--save", "", "--appendonly", "no", "--dir", TestRun.NewFolder("redis")]);
        await server.ReadyAsync(() => TestRun.IsListeningAsync(port), TimeSpan.FromSeconds(30));
        return new Redis(port, server);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
