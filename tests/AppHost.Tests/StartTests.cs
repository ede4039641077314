using System.Diagnostics;
using System.Net;

namespace Terradev.AppHost.Tests;

public sealed class StartTests
{
    private static readonly string[] Connections = ["modelregistry", "datasetregistry", "computeoptimizer", "environmentgenerator", "rabbitmq", "redis"];

    [Fact]
    public async Task The_gateway_becomes_healthy()
    {
        var missing = Connections.Where(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable($"ConnectionStrings__{name}"))).ToArray();
        Assert.SkipUnless(
            missing.Length == 0 || HasContainerRuntime("docker") || HasContainerRuntime("podman"),
            $"Neither Docker nor Podman runs here, and these are not set: {string.Join(", ", missing.Select(name => $"ConnectionStrings__{name}"))}.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(5));

        await using var host = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(deadline.Token);
        await using var app = await host.BuildAsync(deadline.Token);
        await app.StartAsync(deadline.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", deadline.Token);

        using var client = app.CreateHttpClient("gateway");
        (await client.GetAsync("/health", deadline.Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/api/v1/models", deadline.Token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static bool HasContainerRuntime(string command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, "info") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // The command is not installed.
            return false;
        }
    }
}
