using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Testing;

namespace Terradev.EnvironmentGenerator.Tests.Blueprints;

public sealed class RegisterBlueprintTests
{
    [Fact]
    public async Task A_blueprint_is_registered_used_replaced_and_removed_and_environments_keep_their_version()
    {
        Requires.Tool("terraform");
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        (await PutAsync(app, "mine", ExampleBlueprint.Files())).Status.ShouldBe(HttpStatusCode.Created);
        var first = await app.GetAsync<BlueprintResponse>("/api/v1/blueprints/aws/mine");
        (first.Origin, first.Description).ShouldBe((BlueprintOrigin.Registered, "One bucket."));
        first.Variables.GetProperty("properties").EnumerateObject().Select(option => option.Name).ShouldBe(["colour"]);

        var environment = await app.RequestAsync(EnvironmentGeneratorApp.Bert with { Blueprint = "mine", Name = "keeper" });
        environment = await app.UntilAsync(environment.Id, e => e.Status is EnvironmentStatus.Ready or EnvironmentStatus.Failed or EnvironmentStatus.Planning or EnvironmentStatus.AwaitingApproval || e.Plan is not null);

        (await PutAsync(app, "mine", ExampleBlueprint.Files(("note.txt", "second")))).Status.ShouldBe(HttpStatusCode.OK);
        (await app.GetAsync<BlueprintResponse>("/api/v1/blueprints/aws/mine")).Version.ShouldNotBe(first.Version);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
            (await db.Environments.SingleAsync(e => e.Id == environment.Id, TestContext.Current.CancellationToken)).BlueprintVersion.ShouldBe(first.Version);
            (await db.BlueprintVersions.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(2);
        }

        var done = await app.UntilAsync(environment.Id, e => e.Plan is not null || e.Status == EnvironmentStatus.Failed);
        done.Plan.ShouldNotBeNull(done.Reason?.Detail);
        done.Plan.Add.ShouldBe(1);
        await using var zip = await app.Client.GetStreamAsync($"/api/v1/environments/{environment.Id}/bundle", TestContext.Current.CancellationToken);
        using var bundle = new System.IO.Compression.ZipArchive(zip);
        using (var note = new StreamReader(bundle.GetEntry("note.txt")!.Open()))
        {
            (await note.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("note");
        }

        using (var used = await app.Client.DeleteAsync("/api/v1/blueprints/aws/mine", TestContext.Current.CancellationToken))
        {
            used.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await used.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("keeper");
        }

        using (await app.Client.DeleteAsync($"/api/v1/environments/{environment.Id}", TestContext.Current.CancellationToken))
        {
            await app.UntilAsync(environment.Id, e => e.Status == EnvironmentStatus.Destroyed);
        }

        (await app.Client.DeleteAsync("/api/v1/blueprints/aws/mine", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await app.Client.DeleteAsync("/api/v1/blueprints/aws/mine", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.Client.GetAsync("/api/v1/blueprints/aws/mine", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_Terraform_itself_refuses_is_refused_with_file_and_line()
    {
        Requires.Tool("terraform");
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        var (status, body) = await PutAsync(app, "mine", ExampleBlueprint.Files(("more.tf", "\nresource \"aws_s3_bucket\" \"b\" {\n  buckett = var.nothing\n}\n")));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity, body);
        var problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(RefusalCodes.BlueprintInvalid);
        problem.GetProperty("errors").GetProperty("more.tf").EnumerateArray().ShouldContain(error => error.GetString()!.StartsWith("line 3: ", StringComparison.Ordinal));
        (await app.GetAsync<Page<BlueprintSummary>>("/api/v1/blueprints")).Items.ShouldAllBe(blueprint => blueprint.Origin == BlueprintOrigin.Shipped);
    }

    [Theory]
    [InlineData("training", HttpStatusCode.Conflict)]
    [InlineData("Mine", HttpStatusCode.BadRequest)]
    [InlineData("..%2Fmine", HttpStatusCode.BadRequest)]
    public async Task A_name_that_is_shipped_or_none_is_refused(string name, HttpStatusCode status)
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        (await PutAsync(app, name, ExampleBlueprint.Files())).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Every_fault_is_said_at_once_and_neither_JSON_nor_a_body_over_4_MiB_is_taken()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        var (status, body) = await PutAsync(app, "mine", ExampleBlueprint.Files(("variables.tf", ""), ("a.tf", "data \"external\" \"a\" {}"), ("modules/network/main.tf", ""), ("b.tf", "module \"n\" {\n  source = \"../../../modules/aws/network\"\n}")));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity, body);
        JsonDocument.Parse(body).RootElement.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(["modules/network", "a.tf", "variables.tf"], ignoreOrder: true);
        (await app.Client.PutAsJsonAsync("/api/v1/blueprints/aws/mine", new { }, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await PutAsync(app, "mine", new byte[(4 << 20) + 1])).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    private static Task<(HttpStatusCode Status, string Body)> PutAsync(EnvironmentGeneratorApp app, string name, Dictionary<string, string> files) => PutAsync(app, name, ExampleBlueprint.Zip(files));

    private static async Task<(HttpStatusCode Status, string Body)> PutAsync(EnvironmentGeneratorApp app, string name, byte[] zip)
    {
        using var content = new ByteArrayContent(zip);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        using var response = await app.Client.PutAsync($"/api/v1/blueprints/aws/{name}", content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
