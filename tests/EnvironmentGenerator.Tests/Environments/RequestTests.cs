using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class RequestTests
{
    [Theory]
    [InlineData("""{"model":"no/such-model"}""", 422, "model-not-found")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","dataset":"no/such-dataset"}""", 422, "dataset-not-found")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","blueprint":"nope"}""", 422, "unknown-blueprint")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","budget":{"maxHourly":0.01}}""", 422, "no-offer-fits")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","budget":{"total":0.5}}""", 422, "budget-exceeded")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","name":"a\"b${x}\n"}""", 400, "invalid-request")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","variables":{"region":"mars-1"}}""", 400, "invalid-request")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","variables":[]}""", 400, "malformed-body")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","blueprint":"workstation","variables":{"data_volume_gib":16384},"budget":{"total":5}}""", 422, "budget-exceeded")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","tags":{"Name":"x"}}""", 400, "invalid-request")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","tags":{"a":null}}""", 400, "invalid-request")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","tags":{"a":1}}""", 400, "malformed-body")]
    [InlineData("""{"model":7}""", 400, "malformed-body")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","budget":{"maxHourley":1}}""", 400, "malformed-body")]
    [InlineData("""{"model":"google-bert/bert-base-uncased","capacity":"cheap"}""", 400, "malformed-body")]
    [InlineData("""{"model":""", 400, "malformed-body")]
    [InlineData("""{}""", 400, "invalid-request")]
    public async Task A_bad_request_is_refused_with_code_and_next_step_and_nothing_is_stored(string body, int status, string code)
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        using var response = await app.Client.PostAsync("/api/v1/environments", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, text);
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(code, text);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        problem.GetProperty("nextStep").GetString().ShouldNotBeNullOrWhiteSpace();
        (await app.GetAsync<Page<EnvironmentResponse>>("/api/v1/environments")).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_over_one_mebibyte_is_refused()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        using var response = await app.Client.PostAsync(
            "/api/v1/environments", new StringContent($$"""{"model":"{{new string('a', 1 << 21)}}"}""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Options_and_tags_are_kept_and_reach_the_bundle()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert with
        {
            Variables = new Dictionary<string, JsonElement> { ["notification_emails"] = JsonSerializer.SerializeToElement(new[] { "someone@example.com" }) },
            Tags = new Dictionary<string, string> { ["team"] = "research" },
        });
        var planned = await app.UntilAsync(asked.Id, e => e.Plan is not null);
        planned.Request.Variables!["notification_emails"][0].GetString().ShouldBe("someone@example.com");
        planned.Request.Tags.ShouldBe(new Dictionary<string, string> { ["team"] = "research" });

        using var zip = new ZipArchive(await app.Client.GetStreamAsync($"/api/v1/environments/{asked.Id}/bundle", TestContext.Current.CancellationToken));
        using var content = zip.GetEntry("terraform.tfvars.json")!.Open();
        var values = (await JsonDocument.ParseAsync(content, cancellationToken: TestContext.Current.CancellationToken)).RootElement;
        values.GetProperty("notification_emails")[0].GetString().ShouldBe("someone@example.com");
        values.GetProperty("tags").GetProperty("team").GetString().ShouldBe("research");
    }

    [Fact]
    public async Task The_same_idempotency_key_makes_one_environment()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(app, "key-1", EnvironmentGeneratorApp.Bert)));
        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Accepted);
        answers.Select(answer => answer.Body.GetProperty("id").GetString()).Distinct().ShouldHaveSingleItem();

        var other = await SendAsync(app, "key-1", EnvironmentGeneratorApp.Bert with { AutoApprove = true });
        other.Body.GetProperty("code").GetString().ShouldBe(RefusalCodes.IdempotencyKeyReused);
        (await app.GetAsync<Page<EnvironmentResponse>>("/api/v1/environments")).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_name_belongs_to_one_living_environment()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var first = await app.RequestAsync(EnvironmentGeneratorApp.Bert with { Name = "bert-one", AutoApprove = true });
        (await SendAsync(app, null, EnvironmentGeneratorApp.Bert with { Name = "bert-one" })).Body.GetProperty("code").GetString().ShouldBe(RefusalCodes.NameTaken);
        await app.UntilAsync(first.Id, e => e.Status == EnvironmentStatus.Ready);
        await app.Client.DeleteAsync("/api/v1/environments/bert-one", TestContext.Current.CancellationToken);
        await app.UntilAsync(first.Id, e => e.Status == EnvironmentStatus.Destroyed);
        (await app.RequestAsync(EnvironmentGeneratorApp.Bert with { Name = "bert-one" })).Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task Lists_come_in_pages_newest_first()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await app.RequestAsync(EnvironmentGeneratorApp.Bert)).Id);
        }

        ids.Reverse();
        var first = await app.GetAsync<Page<EnvironmentResponse>>("/api/v1/environments?limit=3");
        var second = await app.GetAsync<Page<EnvironmentResponse>>($"/api/v1/environments?limit=3&cursor={first.NextCursor}");
        first.Items.Concat(second.Items).Select(e => e.Id).ShouldBe(ids);
        second.NextCursor.ShouldBeNull();
        first.Items.ShouldAllBe(e => e.Quote!.PerHour > 0 && e.Recommendation == null);
        (await app.Client.GetAsync("/api/v1/environments?limit=0&status=odd&cursor=x", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Applying_without_credentials_is_refused_with_the_next_step()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync(new() { ["Terraform:Path"] = "/nowhere/terraform" });
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        using var response = await app.Client.PostAsync($"/api/v1/environments/{asked.Id}/apply", null, TestContext.Current.CancellationToken);
        (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString().ShouldBe(RefusalCodes.CredentialsMissing);
    }

    [Fact]
    public async Task A_draft_is_kept_when_the_other_services_do_not_answer()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync(otherServices: false);
        (await app.RequestAsync(EnvironmentGeneratorApp.Bert)).Status.ShouldBe(EnvironmentStatus.Draft);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(EnvironmentGeneratorApp app, string? key, EnvironmentRequest body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/environments") { Content = JsonContent.Create(body, options: TerradevJson.Options) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await app.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
