using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Terradev.SystemTests.Processes;
using Terradev.Testing;

namespace Terradev.SystemTests.Servers;

/// <summary>The Aspire dashboard itself, receiving OTLP and asked through its own API.</summary>
internal sealed class AspireDashboard : IAsyncDisposable
{
    private readonly LocalProcess _server;
    private readonly HttpClient _http;

    private AspireDashboard(LocalProcess server, HttpClient http, int otlpPort)
    {
        (_server, _http) = (server, http);
        ServiceEnvironment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{otlpPort}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        };
    }

    /// <summary>What makes a service send its telemetry here.</summary>
    public IReadOnlyDictionary<string, string> ServiceEnvironment { get; }

    public static async Task<AspireDashboard> StartAsync()
    {
        var program = Requires.InstalledTool(Path.Combine(TestRun.Repository, "tests", "tools", "node_modules", "@microsoft", "aspire-cli-linux-x64", "bin", "aspire"));
        // The program unpacks itself into its home: 300 MB that the next run need not unpack again.
        var home = Directory.CreateDirectory(Path.Combine(TestRun.Repository, "artifacts", "aspire-home")).FullName;
        var environment = new Dictionary<string, string> { ["HOME"] = home, ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true" };
        await LocalProcess.RunAsync("aspire-setup", program, ["setup", "--non-interactive"], environment);

        var (frontend, grpc, http) = (TestRun.FreePort(), TestRun.FreePort(), TestRun.FreePort());
        var server = LocalProcess.Start(
            "aspire-dashboard",
            program,
            ["dashboard", "run", "--non-interactive", "--nologo", "--allow-anonymous", "--frontend-url", $"http://127.0.0.1:{frontend}", "--otlp-grpc-url", $"http://127.0.0.1:{grpc}", "--otlp-http-url", $"http://127.0.0.1:{http}"],
            environment);
        await server.ReadyAsync(async () => await TestRun.IsListeningAsync(frontend) && await TestRun.IsListeningAsync(grpc), TimeSpan.FromSeconds(60));
        return new AspireDashboard(server, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{frontend}") }, grpc);
    }

    /// <summary>The spans of a trace as the dashboard knows them; none while it knows nothing of the trace.</summary>
    public async Task<IReadOnlyList<(string Resource, string Name)>> SpansAsync(string traceId)
    {
        using var answer = await _http.GetAsync($"/api/telemetry/traces/{traceId}");
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }

        // OTLP's own JSON: data.resourceSpans[].{resource.attributes[], scopeSpans[].spans[]}
        var trace = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return
        [
            .. from resource in trace.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
               let name = resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
                   .Single(attribute => attribute.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString()
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select (name, span.GetProperty("name").GetString()!),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}
