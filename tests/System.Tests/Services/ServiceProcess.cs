using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Services;

/// <summary>One process of the product, started as it is in production: by its assembly, with environment variables only.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    public const string ApiKey = "system-tests-key";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private ServiceProcess(string address, LocalProcess process) => (Address, Process) = (address, process);

    public string Address { get; }

    public LocalProcess Process { get; }

    /// <summary>Starts the project's process and waits until its <c>/health</c> is good.</summary>
    public static async Task<ServiceProcess> StartAsync(string project, IReadOnlyDictionary<string, string> environment, string? name = null, string? address = null)
    {
        address ??= $"http://127.0.0.1:{TestRun.FreePort()}";
        var assembly = Path.Combine(TestRun.Repository, "artifacts", "bin", project, TestRun.Configuration, $"Terradev.{project}.dll");
        File.Exists(assembly).ShouldBeTrue($"{assembly} is not built: dotnet build Terradev.Core.slnf -c Release");
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = address,
            ["TERRADEV_API_KEY"] = ApiKey,
            // The last lines of a log are of use when they are not the polling's SQL.
            ["Logging__LogLevel__Microsoft"] = "Warning",
            // No test depends on what a hub says today.
            ["HF_ENDPOINT"] = "http://127.0.0.1:1",
        };
        foreach (var (key, value) in environment)
        {
            settings[key] = value;
        }

        if (!settings.ContainsKey("Terradev__DataDirectory"))
        {
            settings["Terradev__DataDirectory"] = TestRun.NewFolder(project);
        }

        var process = LocalProcess.Start(name ?? project, Requires.Tool("dotnet"), [assembly], settings, workingDirectory: Path.GetDirectoryName(assembly));
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(5) };
        await process.ReadyAsync(() => IsHealthyAsync(http), Deadline);
        return new ServiceProcess(address, process);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static async Task<bool> IsHealthyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("/health");
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
