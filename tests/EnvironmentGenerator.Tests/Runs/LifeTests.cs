using System.Net;
using System.Net.Http.Json;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Tests.Runs;

/// <summary>An environment's life with a Terraform that does as it is told.</summary>
public sealed class LifeTests
{
    private static readonly EnvironmentRequest AutoApproved = EnvironmentGeneratorApp.Bert with { AutoApprove = true };

    [Fact]
    public async Task An_approved_environment_becomes_ready_and_is_destroyed()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        var waiting = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.AwaitingApproval);
        waiting.Plan.ShouldBe(new PlanSummary(2, 0, 0));
        terraform.Calls.ShouldNotContain(call => call.StartsWith("apply", StringComparison.Ordinal));

        (await app.Client.PostAsJsonAsync($"/api/v1/environments/{asked.Name}/approve", new Decision { Comment = "go" }, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var ready = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready);
        ready.Outputs.ShouldBe(new Dictionary<string, string?> { ["instance_id"] = "i-1" });
        var run = await app.GetAsync<RunResponse>($"/api/v1/environments/{asked.Id}/runs/1");
        (run.Status, run.DecidedBy, run.Comment).ShouldBe((RunStatus.Applied, "admin", "go"));

        await app.Client.DeleteAsync($"/api/v1/environments/{asked.Id}", TestContext.Current.CancellationToken);
        await app.Client.DeleteAsync($"/api/v1/environments/{asked.Id}", TestContext.Current.CancellationToken);
        var gone = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Destroyed);
        gone.LastRun.ShouldBe(2);
        Directory.Exists(Path.Combine(app.Folder, "environments", asked.Name)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_rejected_plan_is_not_applied_and_can_be_planned_again()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.AwaitingApproval);
        await app.Client.PostAsync($"/api/v1/environments/{asked.Id}/reject", null, TestContext.Current.CancellationToken);
        (await app.GetAsync(asked.Id)).Status.ShouldBe(EnvironmentStatus.Generated);
        (await app.GetAsync<RunResponse>($"/api/v1/environments/{asked.Id}/runs/1")).Status.ShouldBe(RunStatus.Rejected);
        (await app.Client.PostAsync($"/api/v1/environments/{asked.Id}/approve", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        (await app.Client.PostAsJsonAsync($"/api/v1/environments/{asked.Id}/apply", new ApplyRequest { AutoApprove = true }, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready)).LastRun.ShouldBe(2);
    }

    [Fact]
    public async Task An_apply_that_fails_half_way_says_why_and_what_is_left()
    {
        using var terraform = new FakeTerraform(applyExitCode: 1);
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(AutoApproved);
        var failed = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Failed);
        failed.Reason!.Code.ShouldBe(RefusalCodes.TerraformFailed);
        failed.Reason.Detail.ShouldBe("fake.b: Quota: no b");
        (await EventsAsync(app, asked.Id)).ShouldContain("\"stillExisting\":[\"fake.a\"]");

        await app.Client.DeleteAsync($"/api/v1/environments/{asked.Id}", TestContext.Current.CancellationToken);
        await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Destroyed);
    }

    [Fact]
    public async Task Ending_an_environment_in_the_middle_of_its_apply_interrupts_terraform_once()
    {
        using var terraform = new FakeTerraform(stopInApply: true);
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(AutoApproved);
        await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Provisioning && e.LastSequence >= 6);
        await app.Client.DeleteAsync($"/api/v1/environments/{asked.Id}", TestContext.Current.CancellationToken);
        await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Destroyed);
        (await app.GetAsync<RunResponse>($"/api/v1/environments/{asked.Id}/runs/1")).Status.ShouldBe(RunStatus.Canceled);
        terraform.Interrupts.ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_stops_hands_its_run_over_to_the_next()
    {
        using var terraform = new FakeTerraform(stopInApply: true);
        var folder = Directory.CreateTempSubdirectory("terradev-").FullName;
        try
        {
            EnvironmentResponse asked;
            await using (var first = await EnvironmentGeneratorApp.StartAsync(terraform.Settings, folder: folder))
            {
                asked = await first.RequestAsync(AutoApproved);
                await first.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Provisioning && e.LastSequence >= 6);
            }

            terraform.Interrupts.ShouldBe(1);
            terraform.GoOn();
            await using var second = await EnvironmentGeneratorApp.StartAsync(terraform.Settings, folder: folder);
            await second.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready);
            (await EventsAsync(second, asked.Id)).ShouldContain("event: EnvironmentInterrupted");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Two_services_on_one_store_never_run_an_environment_twice()
    {
        using var terraform = new FakeTerraform();
        var folder = Directory.CreateTempSubdirectory("terradev-").FullName;
        try
        {
            await using var first = await EnvironmentGeneratorApp.StartAsync(terraform.Settings, folder: folder);
            await using var second = await EnvironmentGeneratorApp.StartAsync(terraform.Settings, folder: folder);
            var asked = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? first : second).RequestAsync(AutoApproved)));
            foreach (var environment in asked)
            {
                await first.UntilAsync(environment.Id, e => e.Status == EnvironmentStatus.Ready);
            }

            terraform.Calls.Count(call => call.StartsWith("apply", StringComparison.Ordinal)).ShouldBe(12);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Without_terraform_the_environment_fails_with_the_next_step()
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync(new() { ["Terraform:Path"] = "/nowhere/terraform" });
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        var failed = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Failed);
        failed.Reason!.Code.ShouldBe(RefusalCodes.TerraformMissing);
        failed.Reason.NextStep.ShouldContain("Terraform__Path");
    }

    [Fact]
    public async Task Events_of_an_environment_have_no_gaps_and_can_be_resumed()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(AutoApproved);
        var ready = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready);
        var all = Ids(await EventsAsync(app, asked.Id));
        all.ShouldBe(Enumerable.Range(1, (int)ready.LastSequence).Select(i => (long)i));
        Ids(await EventsAsync(app, asked.Id, "3")).ShouldBe(all.Skip(3));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/environments/{asked.Id}/events") { Headers = { { "Last-Event-ID", "x" } } };
        (await app.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    // Reads what is there: the stream itself never ends.
    private static async Task<string> EventsAsync(EnvironmentGeneratorApp app, string id, string? after = null)
    {
        var last = (await app.GetAsync(id)).LastSequence;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/environments/{id}/events");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var text = new System.Text.StringBuilder();
        var seenLast = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            text.Append(line).Append('\n');
            seenLast |= line == $"id: {last}";
            if (seenLast && line.Length == 0)
            {
                break;
            }
        }

        return text.ToString();
    }

    private static List<long> Ids(string events) =>
        [.. events.Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).Select(line => long.Parse(line[4..]))];
}
