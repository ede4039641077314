namespace Terradev.Cli.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("up")]
    [InlineData("list --bogus")]
    [InlineData("up gpt2 --precision fp12")]
    public async Task Wrong_usage_ends_with_2_and_says_where_to_look(string line)
    {
        var result = await TerradevProcess.RunAsync(line.Split(' '));

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith("error: ");
        result.Error.ShouldContain("Next step: see terradev " + line.Split(' ')[0] + " --help");
    }

    [Fact]
    public async Task An_unreachable_server_ends_with_3()
    {
        var result = await TerradevProcess.RunAsync(["list", "--server", $"http://127.0.0.1:{FreePort.Next()}"]);

        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("does not answer: Connection refused");
        result.Error.ShouldContain("Next step: Check --server or TERRADEV_URL");
    }

    [Fact]
    public async Task The_address_may_come_from_the_environment()
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var result = await TerradevProcess.RunAsync(["list"], new Dictionary<string, string?> { ["TERRADEV_URL"] = address });

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldContain(address);
    }

    [Fact]
    public async Task Help_tells_the_exit_codes()
    {
        var result = await TerradevProcess.RunAsync(["--help"]);

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 server not reachable,");
    }
}

internal static class FreePort
{
    /// <summary>A port on which nothing listened a moment ago.</summary>
    public static int Next()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
