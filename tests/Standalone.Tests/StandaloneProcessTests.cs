using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;

namespace Terradev.Standalone.Tests;

/// <summary>The program as it is run.</summary>
[SupportedOSPlatform("linux")]
public sealed class StandaloneProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("terradev-standalone-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task It_says_where_its_data_and_its_key_are_and_never_the_key()
    {
        using var process = Start();
        var lines = new List<string>();
        try
        {
            var address = await ReadAddressAsync(process, lines);
            var key = await File.ReadAllTextAsync(Path.Combine(_data.FullName, "admin.key"));
            using var http = new HttpClient { BaseAddress = address };

            (await HealthAsync(http)).ShouldBe(HttpStatusCode.OK);
            (await http.GetAsync("/api/v1/environments")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            (await http.GetAsync("/api/v1/environments")).StatusCode.ShouldBe(HttpStatusCode.OK);

            address.Host.ShouldBe("127.0.0.1");
            lines.ShouldContain(line => line.Contains($"Data directory: {_data.FullName}", StringComparison.Ordinal));
            lines.ShouldContain(line => line.Contains($"The admin key is in {Path.Combine(_data.FullName, "admin.key")}", StringComparison.Ordinal));
            string.Join('\n', lines).ShouldNotContain(key);
            File.GetUnixFileMode(Path.Combine(_data.FullName, "admin.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Terradev.Standalone.dll"), "--urls", "http://127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = _data.FullName,
        };
        start.Environment.Remove("TERRADEV_API_KEY");
        start.Environment["Terradev__DataDirectory"] = _data.FullName;
        return Process.Start(start)!;
    }

    /// <summary>Reads the log up to its last line of the start and returns the address that it names.</summary>
    private static async Task<Uri> ReadAddressAsync(Process process, List<string> lines)
    {
        using var deadline = new CancellationTokenSource(Patience);
        Uri? address = null;
        while (address is null || !lines.Exists(line => line.Contains("The admin key is", StringComparison.Ordinal)))
        {
            var line = await process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("It ended: " + string.Join('\n', lines));
            lines.Add(line);
            const string Listening = "Now listening on: ";
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                address = new Uri(line[(at + Listening.Length)..].Trim());
            }
        }

        return address;
    }

    private static async Task<HttpStatusCode> HealthAsync(HttpClient http)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            using var answer = await http.GetAsync("/health", deadline.Token);
            if (answer.IsSuccessStatusCode)
            {
                return answer.StatusCode;
            }

            await Task.Delay(100, deadline.Token);
        }
    }
}
