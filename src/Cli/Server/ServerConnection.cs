using System.Net.Http.Headers;
using Terradev.Cli.Terminal;
using Terradev.ServiceDefaults;

namespace Terradev.Cli.Server;

/// <summary>A server to talk to: one that runs somewhere, or one that lives in this process for as long as the command.</summary>
internal sealed class ServerConnection : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly EmbeddedServer? _embedded;

    private ServerConnection(Uri address, string? key, EmbeddedServer? embedded)
    {
        _embedded = embedded;
        _http = new HttpClient { BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _http.DefaultRequestHeaders.UserAgent.ParseAdd($"terradev/{ProductVersion.Number}");
        Client = new TerradevClient(_http, TimeProvider.System);
    }

    public TerradevClient Client { get; }

    /// <summary>True when what runs ends with this process.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>Connects to <paramref name="server"/>, or starts a server of its own when it is null.</summary>
    public static async Task<ServerConnection> OpenAsync(Uri? server, Screen screen, bool verbose, CancellationToken cancellationToken)
    {
        if (server is not null)
        {
            return new ServerConnection(server, KeyFor(server), null);
        }

        var embedded = await EmbeddedServer.StartAsync(screen, verbose, cancellationToken);
        return new ServerConnection(embedded.Address, embedded.Key, embedded);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
    }

    // A server on this machine that made its own key keeps it where this user can read it.
    private static string? KeyFor(Uri server)
    {
        if (Environment.GetEnvironmentVariable(ApiKeys.EnvironmentVariable) is { Length: > 0 } configured)
        {
            return configured.Trim();
        }

        var folder = Environment.GetEnvironmentVariable("Terradev__DataDirectory") is { Length: > 0 } named ? named : new TerradevOptions().DataDirectory;
        var file = Path.Combine(folder, ApiKeys.FileName);
        return server.IsLoopback && File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
