using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests.Models;

/// <summary>The real program against a server whose answers are written here.</summary>
[SupportedOSPlatform("linux")]
public sealed class VerifyCommandTests : IAsyncLifetime
{
    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("terradev-verify-");
    private FakeServer _server = null!;
    private VerifyRequest? _asked;
    private CopyVerdict _verdict = CopyVerdict.Intact;

    public async ValueTask InitializeAsync() => _server = await FakeServer.StartAsync(app =>
    {
        app.MapGet("/api/v1/models/huggingface/{**id}", (string id) => FakeServer.Json(new ModelDetail(
            Sample.Bert with { Id = id }, "r1", null, [new ModelFile("empty", 0, EmptySha256), new ModelFile("pipe", 0, EmptySha256)], null)));
        app.MapPost("/api/v1/models/verify", (VerifyRequest request) =>
        {
            _asked = request;
            return FakeServer.Json(new CopyReport("huggingface:acme/tiny", "r1", Sample.Bert.Provenance, _verdict, new FileCounts(1, 0, 0, 0, 0),
                [new("empty", FileStatus.Ok, 0, 0, "sha256", EmptySha256, EmptySha256)]));
        });
    });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_on_disk_is_sent_and_the_answer_printed()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "empty"), []);
        // Reading a pipe would wait for its writer for ever.
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_folder.FullName, "pipe")]))
        {
            await mkfifo.WaitForExitAsync();
        }

        var result = await RunAsync("verify", "acme/tiny", _folder.FullName);

        result.Error.ShouldBeEmpty();
        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("intact: 1 ok by checksum");
        _asked.ShouldNotBeNull().Model.ShouldBe("huggingface:acme/tiny");
        _asked.Files!.Select(file => (file!.Path, file.Sha256)).ShouldBe([("empty", EmptySha256), ("pipe", EmptySha256)]);
    }

    [Theory]
    [InlineData(CopyVerdict.Unverified, 0)]
    [InlineData(CopyVerdict.Extended, 1)]
    [InlineData(CopyVerdict.Damaged, 1)]
    public async Task Differences_end_with_1(CopyVerdict verdict, int code)
    {
        _verdict = verdict;

        var result = await RunAsync("verify", "huggingface:acme/tiny", _folder.FullName, "--output", "json");

        result.ExitCode.ShouldBe(code);
        JsonDocument.Parse(result.Output).RootElement.GetProperty("verdict").GetString().ShouldBe(Wire.Name(verdict));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_wrong_usage() => (await RunAsync("verify", "acme/tiny", _folder.FullName + "/none")).ExitCode.ShouldBe(2);

    [Fact]
    public async Task A_model_that_is_none_is_refused_before_anything_is_asked()
    {
        var result = await RunAsync("verify", "../x?y", _folder.FullName);

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldStartWith("error: invalid-request\n");
    }

    private Task<TerradevProcess.Result> RunAsync(params string[] args) => TerradevProcess.RunAsync([.. args, "--server", _server.Address.ToString()]);
}
