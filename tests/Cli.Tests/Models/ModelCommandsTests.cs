using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests.Models;

[SupportedOSPlatform("linux")]
public sealed class ModelCommandsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("terradev-models-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_list_asks_for_what_was_typed()
    {
        string? asked = null;
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/models", (HttpContext context) =>
        {
            asked = context.Request.QueryString.Value;
            return FakeServer.Json(new ModelPage([Sample.Bert], null, null));
        }));

        var result = await RunAsync(server, "models", "--search", "a&b", "--min-parameters", "350M", "--fits", "24", "--mode", "qlora", "--precision", "int4", "--facets", "--sort", "size");

        result.ExitCode.ShouldBe(0);
        asked.ShouldBe("?search=a%26b&minParameters=350M&fitsInGiB=24&mode=qlora&precision=int4&sort=size&limit=20&facets=true");
    }

    [Fact]
    public async Task Registration_sends_the_file_as_it_is_and_removal_names_the_model()
    {
        var asked = new List<string>();
        await using var server = await FakeServer.StartAsync(app => app.Map("/api/v1/models/{**rest}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            asked.Add($"{context.Request.Method} {context.Request.Path} {await reader.ReadToEndAsync()}");
            return context.Request.Method == "DELETE" ? Results.NoContent() : FakeServer.Json(new ModelDetail(Sample.Bert with { Source = "custom", Id = "acme/x" }, null, null, [], null));
        }));
        var file = Path.Combine(_folder.FullName, "x.json");
        await File.WriteAllTextAsync(file, """{ "id": "acme/x", "parameters": 7 }""");

        (await RunAsync(server, "models", "register", file)).Output.ShouldBe("custom:acme/x is registered. To use it: terradev up custom:acme/x\n");
        (await RunAsync(server, "models", "register", file, "--replace")).ExitCode.ShouldBe(0);
        (await RunAsync(server, "models", "remove", "custom:acme/x", "--output", "json")).Output.ShouldContain("\"removed\": \"custom:acme/x\"");

        asked.ShouldBe(
        [
            """POST /api/v1/models { "id": "acme/x", "parameters": 7 }""", """PUT /api/v1/models/custom/acme/x { "id": "acme/x", "parameters": 7 }""", "DELETE /api/v1/models/custom/acme/x ",
        ]);
    }

    [Theory]
    [InlineData(SyncStatus.Done, 0)]
    [InlineData(SyncStatus.Failed, 1)]
    public async Task A_sync_is_followed_to_its_end(SyncStatus end, int code)
    {
        var asked = 0;
        SyncRequest? request = null;
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapPost("/api/v1/models/sync", (SyncRequest body) =>
            {
                request = body;
                return FakeServer.Json(States(SyncStatus.Queued));
            });
            app.MapGet("/api/v1/models/sync", () => FakeServer.Json(States(++asked < 2 ? SyncStatus.Running : end)));
        });

        var result = await RunAsync(server, "sync", "huggingface", "--full", "--wait", "--output", "json");

        result.ExitCode.ShouldBe(code, result.Error);
        request.ShouldNotBeNull().Full.ShouldBeTrue();
        request.Sources.ShouldBe(["huggingface"]);
        asked.ShouldBe(2);
        // The hub that was not asked for is not shown, however long it takes.
        JsonDocument.Parse(result.Output).RootElement.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("status").GetString().ShouldBe(Wire.Name(end));
    }

    [Fact]
    public async Task A_registered_model_is_shown_recommended_for_verified_and_removed()
    {
        var copy = _folder.CreateSubdirectory("copy");
        var content = new byte[1000];
        await File.WriteAllBytesAsync(Path.Combine(copy.FullName, "model.safetensors"), content);
        var file = Path.Combine(_folder.FullName, "x.json");
        await File.WriteAllTextAsync(file, $$"""{"id":"acme/x","parameters":7000000000,"files":[{"path":"model.safetensors","sizeBytes":1000,"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(content))}}"}]}""");

        (await EmbeddedAsync("models", "register", file)).ShouldBe(new TerradevProcess.Result(0, "custom:acme/x is registered. To use it: terradev up custom:acme/x\n", ""));
        (await EmbeddedAsync("models", "--source", "custom")).Output.ShouldContain("custom:acme/x");
        (await EmbeddedAsync("recommend", "custom:acme/x", "--mode", "inference")).ExitCode.ShouldBe(0);
        (await EmbeddedAsync("verify", "custom:acme/x", copy.FullName)).Output.ShouldContain("intact: 1 ok by checksum");
        await File.WriteAllBytesAsync(Path.Combine(copy.FullName, "model.safetensors"), [1, .. content[1..]]);
        var damaged = await EmbeddedAsync("verify", "custom:acme/x", copy.FullName);
        (damaged.ExitCode, damaged.Output.Contains("damaged: 1 differ", StringComparison.Ordinal)).ShouldBe((1, true));
        (await EmbeddedAsync("models", "remove", "custom:acme/x")).ExitCode.ShouldBe(0);
        (await EmbeddedAsync("models", "show", "custom:acme/x")).Error.ShouldStartWith("error: model-not-found\n");
    }

    private static Page<SyncState> States(SyncStatus status) => new([State("huggingface", status), State("pytorch-hub", SyncStatus.Running)], null);

    private static SyncState State(string source, SyncStatus status) => new(source, status, 1, 2, 1, 1, 0, [], null, null, DateTimeOffset.UnixEpoch, null, null, null);

    private static Task<TerradevProcess.Result> RunAsync(FakeServer server, params string[] args) => TerradevProcess.RunAsync([.. args, "--server", server.Address.ToString()]);

    private Task<TerradevProcess.Result> EmbeddedAsync(params string[] args) =>
        TerradevProcess.RunAsync(args, new Dictionary<string, string?> { ["Terradev__DataDirectory"] = Path.Combine(_folder.FullName, "data"), ["HF_ENDPOINT"] = "http://hub.invalid" });
}
