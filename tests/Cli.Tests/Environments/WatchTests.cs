using System.CommandLine;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Tests.Environments;

/// <summary>Whole commands in this process against a server whose environment the test moves along.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task A_rehearsal_ends_with_0_and_says_that_nothing_was_created()
    {
        await using var job = await Job.StartAsync((Sample.Draft, Requested(1)), (Sample.Rehearsed with { Plan = null }, Generated(2)), (Sample.Rehearsed, Planned(3, rehearsal: true)));

        var (exitCode, output, error) = await job.RunAsync("up google-bert/bert-base-uncased --dataset stanfordnlp/imdb");

        exitCode.ShouldBe(0);
        error.ShouldBeEmpty();
        output.Split('\n').Select(line => line.Length > 2 ? line[2..].Split(' ')[0] : "").Where(label => label.Length > 0)
            .ShouldBe(["model", "dataset", "needs", "choice", "bundle", "plan", "cost", "done"]);
        output.ShouldContain("Nothing was created. With credentials: terradev apply bert-base-uncased-x7k2");
    }

    [Fact]
    public async Task Json_is_one_document_and_nothing_else()
    {
        await using var job = await Job.StartAsync((Sample.Draft, Requested(1)), (Sample.Rehearsed, Planned(2, rehearsal: true)));

        var (exitCode, output, error) = await job.RunAsync("up google-bert/bert-base-uncased --output json");

        exitCode.ShouldBe(0);
        error.ShouldBeEmpty();
        JsonSerializer.Deserialize<EnvironmentResponse>(output, TerradevJson.Options)!.Plan.ShouldBe(new PlanSummary(38, 0, 0));
    }

    [Fact]
    public async Task A_failure_ends_with_1_and_gives_the_reason()
    {
        var refusal = new Refusal(RefusalCodes.NoOfferFits, "No offer fits 1.00 USD.", "Raise --max-hourly.");
        await using var job = await Job.StartAsync(
            (Sample.Draft, Requested(1)),
            (Sample.Draft with { Status = EnvironmentStatus.Failed, Reason = refusal }, Failed(2, refusal)));

        var (exitCode, output, error) = await job.RunAsync("up google-bert/bert-base-uncased");

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        error.ShouldBe("error: no-offer-fits\n  No offer fits 1.00 USD.\n  Next step: Raise --max-hourly.\n");
    }

    [Fact]
    public async Task Without_a_terminal_a_plan_that_waits_ends_with_4()
    {
        var waiting = Sample.Rehearsed with { Rehearsal = false, Status = EnvironmentStatus.AwaitingApproval };
        await using var job = await Job.StartAsync((waiting, Planned(1, rehearsal: false)), (waiting, Waiting(2)));

        var (exitCode, output, _) = await job.RunAsync("up google-bert/bert-base-uncased");

        exitCode.ShouldBe(4);
        output.ShouldContain("Nothing was created. To create it: terradev approve bert-base-uncased-x7k2");
        job.Calls.ShouldNotContain(call => call.Contains("approve", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Yes_approves_what_waits_and_follows_to_ready()
    {
        var waiting = Sample.Rehearsed with { Rehearsal = false, Status = EnvironmentStatus.AwaitingApproval };
        await using var job = await Job.StartAsync(
            (waiting, Waiting(1)),
            (waiting with { Status = EnvironmentStatus.Provisioning }, Started(2, RunKind.Apply)),
            (Sample.Ready, Ready(3)));

        var (exitCode, output, _) = await job.RunAsync("up google-bert/bert-base-uncased --yes");

        exitCode.ShouldBe(0);
        job.Calls.ShouldContain("POST /api/v1/environments/0193/approve");
        output.ShouldContain("i-0abc");
        output.ShouldContain("Sooner: terradev destroy bert-base-uncased-x7k2");
    }

    [Fact]
    public async Task Destroy_without_a_terminal_needs_yes()
    {
        await using var job = await Job.StartAsync((Sample.Ready, Ready(1)));

        var (exitCode, _, error) = await job.RunAsync("destroy bert-base-uncased-x7k2");

        exitCode.ShouldBe(4);
        error.ShouldContain("terradev destroy bert-base-uncased-x7k2 --yes");
        job.Calls.ShouldNotContain(call => call.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Destroy_ends_once_the_environment_is_gone()
    {
        var gone = Sample.Ready with { Status = EnvironmentStatus.Destroyed, Desired = DesiredState.Destroyed, LastSequence = 0 };
        await using var job = await Job.StartAsync(
            (Sample.Ready with { Desired = DesiredState.Destroyed, LastSequence = 0 }, Started(1, RunKind.Destroy)),
            (gone, new EnvironmentDestroyed { Sequence = 2, Run = 1 }));

        var (exitCode, output, _) = await job.RunAsync("destroy bert-base-uncased-x7k2 --yes");

        exitCode.ShouldBe(0);
        output.ShouldBe("  gone      Nothing of bert-base-uncased-x7k2 is left.\n");
    }

    [Fact]
    public async Task An_earlier_run_does_not_end_an_apply()
    {
        var start = Sample.Rehearsed with { LastRun = 2, LastSequence = 0 };
        await using var job = await Job.StartAsync(
            (start, Planned(1, rehearsal: true)),
            (Sample.Ready with { LastRun = 2 }, Ready(2) with { Run = 2 }));

        var (exitCode, output, _) = await job.RunAsync("apply bert-base-uncased-x7k2 --yes");

        exitCode.ShouldBe(0);
        output.ShouldContain("ready");
        output.ShouldNotContain("38 to add");
    }

    [Fact]
    public async Task Interrupting_says_where_things_stand_and_how_to_go_on()
    {
        using var interrupted = new CancellationTokenSource();
        await using var job = await Job.StartAsync((Sample.Draft, Requested(1)), (Sample.Rehearsed with { Status = EnvironmentStatus.Planning, Plan = null }, Generated(2)));
        job.WhenAllSent = interrupted.Cancel;

        var (exitCode, _, error) = await job.RunAsync("up google-bert/bert-base-uncased", interrupted.Token);

        exitCode.ShouldBe(130);
        error.ShouldContain("Interrupted while bert-base-uncased-x7k2 was planning.");
        error.ShouldContain("terradev events bert-base-uncased-x7k2");
    }

    [Fact]
    public async Task Verbose_streams_terraform_s_lines_to_standard_error()
    {
        await using var job = await Job.StartAsync((Sample.Draft, Requested(1)), (Sample.Rehearsed, Planned(2, rehearsal: true)));
        job.Log = "Initializing the backend...\nPlan: 38 to add, \u001b[31m0 to change\n";

        var (_, _, error) = await job.RunAsync("up google-bert/bert-base-uncased --verbose");

        error.ShouldBe("Initializing the backend...\nPlan: 38 to add, \\u001B[31m0 to change\n");
    }

    private static EnvironmentRequested Requested(long sequence) => new() { Sequence = sequence, Model = "m", Owner = "admin" };

    private static EnvironmentGenerated Generated(long sequence) => new() { Sequence = sequence, Offer = Sample.T4Spot, PerHour = 0.2m, AtDeadline = 1.2m };

    private static EnvironmentPlanned Planned(long sequence, bool rehearsal) => new() { Sequence = sequence, Run = 1, Plan = new PlanSummary(38, 0, 0), Rehearsal = rehearsal };

    private static EnvironmentAwaitingApproval Waiting(long sequence) => new() { Sequence = sequence, Run = 1, PerHour = 0.2m, AtDeadline = 1.2m };

    private static ProvisioningStarted Started(long sequence, RunKind kind) => new() { Sequence = sequence, Run = 1, Kind = kind };

    private static EnvironmentReady Ready(long sequence) => new() { Sequence = sequence, Run = 1, Outputs = Sample.Ready.Outputs, PerHour = 0.2m };

    private static ProvisioningFailed Failed(long sequence, Refusal reason) => new() { Sequence = sequence, Run = 1, Reason = reason, StillExisting = [] };

    /// <summary>Sends one event after the other; the environment is what belongs to the last one sent.</summary>
    private sealed class Job : IAsyncDisposable
    {
        private readonly (EnvironmentResponse Environment, EnvironmentEvent Event)[] _steps;
        private FakeServer? _server;
        private EnvironmentResponse _now;

        private Job((EnvironmentResponse, EnvironmentEvent)[] steps)
        {
            _steps = steps;
            _now = steps[0].Item1;
        }

        public List<string> Calls { get; } = [];

        public string Log { get; set; } = "";

        public Action? WhenAllSent { get; set; }

        public static async Task<Job> StartAsync(params (EnvironmentResponse, EnvironmentEvent)[] steps)
        {
            var job = new Job(steps);
            job._server = await FakeServer.StartAsync(job.Map);
            return job;
        }

        public async Task<(int ExitCode, string Output, string Error)> RunAsync(string line, CancellationToken cancellationToken = default)
        {
            using var output = new StringWriter { NewLine = "\n" };
            using var error = new StringWriter { NewLine = "\n" };
            var exitCode = await TerradevCommand.RunAsync(
                [.. line.Split(' '), "--server", _server!.Address.ToString()], new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
            return (exitCode, output.ToString(), error.ToString());
        }

        public ValueTask DisposeAsync() => _server!.DisposeAsync();

        private void Map(WebApplication app)
        {
            app.Use(async (context, next) =>
            {
                lock (Calls)
                {
                    Calls.Add($"{context.Request.Method} {context.Request.Path}");
                }

                await next(context);
            });
            app.MapPost("/api/v1/environments", () => FakeServer.Json(_now));
            app.MapPost("/api/v1/environments/{id}/{verb}", () => FakeServer.Json(_now));
            app.MapGet("/api/v1/environments/{id}", () => FakeServer.Json(_now));
            app.MapDelete("/api/v1/environments/{id}", () => FakeServer.Json(_now));
            app.MapGet("/api/v1/environments/{id}/runs/{run}/log", () => Log);
            app.MapGet("/api/v1/environments/{id}/events", SendAsync);
        }

        // One event an answer: the client comes back for the next, having seen this one.
        private async Task SendAsync(HttpContext context)
        {
            var after = int.Parse(context.Request.Headers["Last-Event-ID"].ToString());
            if (after >= _steps.Length)
            {
                WhenAllSent?.Invoke();
                return;
            }

            _now = _steps[after].Environment;
            await FakeServer.WriteEventsAsync(context, [_steps[after].Event]);
        }
    }
}
