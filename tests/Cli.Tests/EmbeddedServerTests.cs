using System.Runtime.Versioning;
using System.Text.Json;

namespace Terradev.Cli.Tests;

/// <summary>The real program with the server it starts inside itself.</summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedServerTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("terradev-cli-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task The_first_list_is_empty_and_makes_a_private_data_directory()
    {
        var result = await RunAsync("list");

        result.ShouldBe(new TerradevProcess.Result(0, "No environments. Make one: terradev up <model> --dataset <dataset>\n", ""));
        File.GetUnixFileMode(Path.Combine(_data.FullName, "admin.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task An_address_in_the_environment_does_not_open_the_embedded_server_to_others()
    {
        var port = FreePort.Next();
        var result = await RunAsync("list --verbose", ("ASPNETCORE_URLS", $"http://0.0.0.0:{port}"));

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldContain("Now listening on: http://127.0.0.1:");
        result.Error.ShouldNotContain($"0.0.0.0:{port}");
    }

    [Fact]
    public async Task A_request_that_is_not_valid_ends_with_1_and_names_every_field()
    {
        var result = await RunAsync("up gpt2 --max-hourly -1 --max-runtime 100000 --output json");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldStartWith("error: invalid-request\n");
        result.Error.ShouldContain("maxRuntimeHours: ");
        result.Error.ShouldContain("maxHourly: ");
        result.Error.ShouldContain("Next step: ");
    }

    [Fact]
    public async Task An_unknown_environment_ends_with_1()
    {
        var result = await RunAsync("show nothing");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldStartWith("error: not-found\n");
    }

    [Fact]
    public async Task Lists_are_one_json_document()
    {
        var result = await RunAsync("list --output json");

        JsonDocument.Parse(result.Output).RootElement.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_ends_with_3_and_says_so()
    {
        var file = Path.Combine(_data.FullName, "file");
        await File.WriteAllTextAsync(file, "");

        var result = await RunAsync("list", ("Terradev__DataDirectory", Path.Combine(file, "below")));

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldContain("The embedded server does not start");
        result.Error.ShouldContain("Check Terradev__DataDirectory");
    }

    private Task<TerradevProcess.Result> RunAsync(string line, params (string Name, string? Value)[] variables)
    {
        var environment = new Dictionary<string, string?> { ["Terradev__DataDirectory"] = _data.FullName };
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return TerradevProcess.RunAsync(line.Split(' '), environment);
    }
}
