using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.EnvironmentGenerator.State;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>
/// Takes one run as far as it goes: prepare, plan, check, then wait for approval or apply. Before and after each side effect
/// the run's status is stored, so that whoever takes the run over knows what may have happened.
/// </summary>
internal sealed partial class ExecuteRun(
    IServiceScopeFactory scopes, Terraform terraform, PrepareProviders providers, ProviderMirror mirror, StateStore states, StateCipher cipher, StateWatcher watcher,
    AwsAccess aws, RunFolders folders, IOptions<TerraformOptions> options, TimeProvider time, ILogger<ExecuteRun> logger)
{
    private const string PlanFile = "run.tfplan";
    private const int MostTakes = 20;
    private static readonly TimeSpan ServicesOutage = TimeSpan.FromMinutes(5);

    public async Task ExecuteAsync(RunSession session)
    {
        var (environment, run) = await session.LoadAsync();
        using var activity = ActivityContext.TryParse(run.TraceParent, null, out var parent)
            ? EnvironmentGeneratorTelemetry.Source.StartActivity($"run {Wire.Name(run.Kind)}", ActivityKind.Internal, parent)
            : EnvironmentGeneratorTelemetry.Source.StartActivity($"run {Wire.Name(run.Kind)}");
        activity?.SetTag("terradev.environment", environment.Id).SetTag("terradev.run", run.Number);
        LogTaken(run.Number, environment.Id, run.Kind, run.Status);
        switch (run.Status)
        {
            case RunStatus.Queued when run.LeaseToken > MostTakes:
                await FailAsync(session, RunStatus.Errored, [], new Refusal(
                    RefusalCodes.InternalError, $"The run broke off {MostTakes} times before anything was applied.", "The cause is in the server's log; POST .../apply tries again."));
                break;
            case RunStatus.Queued:
                await PlanAsync(session, run);
                break;
            case RunStatus.AwaitingApproval:
                await ApplyApprovedAsync(session, environment, run);
                break;
            case RunStatus.Applying or RunStatus.Interrupted or RunStatus.Reconciling:
                await ReconcileAsync(session, environment, run);
                break;
            default:
                // Its worker was lost in a phase that changes nothing in the cloud: from the start.
                await session.ChangeAsync((_, taken, _, _) => taken.Requeue());
                break;
        }
    }

    private async Task PlanAsync(RunSession session, TerraformRun run)
    {
        await session.ChangeAsync((_, r, _, now) => r.Prepare(now));
        var stored = await states.LoadAsync(session.Lease.EnvironmentId, session.Stopped);
        if (run.Kind == RunKind.Destroy && stored is null or { State.Addresses.Count: 0 })
        {
            // Nothing was ever created, or everything is gone already.
            await session.ChangeAsync((e, r, _, now) =>
            {
                e.BecomeDestroyed(r.Number, now);
                r.End(RunStatus.Applied, null, now);
            });
            folders.DeleteBundle(await EnvironmentAsync(session));
            return;
        }

        if (run.Kind != RunKind.Destroy && !await ChooseAsync(session))
        {
            return;
        }

        await session.ChangeAsync((e, _, _, now) =>
        {
            if (run.Kind == RunKind.Destroy)
            {
                e.StartProvisioning(run.Number, RunKind.Destroy, now);
            }
            else
            {
                var hours = (double)e.Generation!.Quote.MaxRuntimeHours;
                e.StartPlanning(new DateTimeOffset((now + TimeSpan.FromHours(hours)).Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero), now);
            }
        });

        var environment = await EnvironmentAsync(session);
        if (await MaterializeAsync(session, environment, run, stored?.State) is not { } folder)
        {
            return;
        }

        await session.ChangeAsync((_, r, _, _) => r.StartPlanning());
        if (run.DeleteData && !await AllowEmptyingAsync(session, run, folder))
        {
            return;
        }

        var arguments = new List<string> { "plan", "-json", "-input=false", $"-out={PlanFile}" };
        if (run.Kind == RunKind.Destroy)
        {
            arguments.Add("-destroy");
        }
        else if (run.Kind == RunKind.Rehearse)
        {
            arguments.AddRange(["-var", "rehearsal=true"]);
        }

        var step = Step(run, "plan", folder, arguments, options.Value.PlanTimeout);
        var (exit, progress) = await RunAsync(session, run, step, total: 0);
        if (exit is not { Code: 0, Ended: TerraformExit.Outcome.Exited })
        {
            await EndWithoutPlanAsync(session, exit, progress);
            return;
        }

        var plan = progress.Changes ?? new PlanSummary(0, 0, 0);
        var plannedFor = await states.LoadAsync(session.Lease.EnvironmentId, CancellationToken.None);
        var planFile = cipher.Encrypt(await File.ReadAllBytesAsync(Path.Combine(folder, PlanFile)), PlanContext(session.Lease));
        await session.ChangeAsync((e, r, _, now) =>
        {
            r.HavePlan(plan, planFile, plannedFor?.Version, plannedFor?.State.Serial, e.Generation?.Quote.Id, now);
            if (r.Kind != RunKind.Destroy)
            {
                e.Planned(r.Number, plan, now);
            }

            if (r.Kind == RunKind.Rehearse)
            {
                r.FinishRehearsal(now);
            }
        });
        if (run.Kind == RunKind.Rehearse)
        {
            folders.DeleteRun(session.Lease);
            return;
        }

        if (await CheckAsync(session, plan))
        {
            await ApplyAsync(session, run, plan);
        }
    }

    /// <summary>
    /// Notes in the state that the buckets may be emptied, which the provider reads from there and nowhere else; the cloud is
    /// not changed by it. False when the run ended here.
    /// </summary>
    private async Task<bool> AllowEmptyingAsync(RunSession session, TerraformRun run, string folder)
    {
        var step = Step(run, "empty", folder, ["apply", "-json", "-input=false", "-auto-approve", "-target=module.storage", "-var", "force_destroy=true"], options.Value.PlanTimeout);
        var (exit, progress) = await RunAsync(session, run, step, total: 0);
        if (exit is { Code: 0, Ended: TerraformExit.Outcome.Exited })
        {
            return true;
        }

        await EndWithoutPlanAsync(session, exit, progress);
        return false;
    }

    /// <summary>Cost and policy. True when the plan may be applied now.</summary>
    private static async Task<bool> CheckAsync(RunSession session, PlanSummary plan)
    {
        var goOn = false;
        await session.ChangeAsync((e, r, _, now) =>
        {
            goOn = false;
            if (r.Kind == RunKind.Apply && ChooseOffer.OverBudget(e.Generation!.Quote, e.Request.Budget) is { } over)
            {
                r.End(RunStatus.BudgetDenied, over, now);
                e.Fail(r.Number, over, [], now);
                return;
            }

            r.PassCost();
            r.PassPolicy();
            // What an apply would destroy is never destroyed without somebody's word.
            if (r.Kind == RunKind.Apply && (!r.AutoApprove || plan.Destroy > 0))
            {
                r.AwaitApproval();
                e.AwaitApproval(r.Number, now);
                return;
            }

            goOn = true;
        });
        return goOn;
    }

    private async Task ApplyApprovedAsync(RunSession session, GpuEnvironment environment, TerraformRun run)
    {
        var stored = await states.LoadAsync(environment.Id, session.Stopped);
        if (run.PlannedForState != stored?.Version || time.GetUtcNow() > environment.Generation!.Quote.ValidUntil)
        {
            // The plan is for another state, or its price is too old: plan again with the same approval.
            await session.ChangeAsync((_, r, _, _) => r.Requeue());
            return;
        }

        if (await MaterializeAsync(session, environment, run, stored?.State) is not { } folder)
        {
            return;
        }

        await File.WriteAllBytesAsync(Path.Combine(folder, PlanFile), cipher.Decrypt(run.PlanFile!, PlanContext(session.Lease)));
        await ApplyAsync(session, run, run.Plan!);
    }

    private async Task ApplyAsync(RunSession session, TerraformRun run, PlanSummary plan)
    {
        if (session.Stopped.IsCancellationRequested)
        {
            await StopBeforeApplyAsync(session);
            return;
        }

        await session.ChangeAsync((e, r, _, now) =>
        {
            r.StartApplying();
            if (r.Kind == RunKind.Apply)
            {
                e.StartProvisioning(r.Number, r.Kind, now);
            }
        });
        var step = ApplyStep(session, run);
        var (exit, progress) = await RunAsync(session, run, step, Total(plan));
        await FinishAsync(session, run, exit, progress);
    }

    /// <summary>
    /// The worker of an apply was lost. Terraform itself may have gone on: then this worker reads on from its files. If it
    /// never ran on this machine, or was killed as well, what was in flight is not known, and nothing is done again.
    /// </summary>
    private async Task ReconcileAsync(RunSession session, GpuEnvironment environment, TerraformRun run)
    {
        await session.ChangeAsync((e, r, _, now) =>
        {
            if (r.Status == RunStatus.Applying)
            {
                r.Interrupt();
                e.Interrupt(r.Number, now);
            }

            if (r.Status == RunStatus.Interrupted)
            {
                r.Reconcile();
                e.Reconcile(now);
            }
        });
        LogReconciling(run.Number, environment.Id);
        var (exit, progress) = await RunAsync(session, run, ApplyStep(session, run), Total(run.Plan ?? new PlanSummary(0, 0, 0)), attach: true);
        await FinishAsync(session, run, exit, progress);
    }

    private async Task FinishAsync(RunSession session, TerraformRun run, TerraformExit exit, RunProgress progress)
    {
        var left = (await states.LoadAsync(session.Lease.EnvironmentId, CancellationToken.None))?.State.Addresses ?? [];
        switch (exit)
        {
            case { Ended: TerraformExit.Outcome.Exited, Code: 0 } when run.Kind == RunKind.Destroy && left.Count == 0:
                await session.ChangeAsync((e, r, _, now) =>
                {
                    e.BecomeDestroyed(r.Number, now);
                    r.End(RunStatus.Applied, null, now);
                });
                folders.DeleteBundle(await EnvironmentAsync(session));
                break;
            case { Ended: TerraformExit.Outcome.Exited, Code: 0 } when run.Kind == RunKind.Apply:
                await session.ChangeAsync((e, r, _, now) =>
                {
                    e.BecomeReady(r.Number, progress.Outputs, now);
                    r.End(RunStatus.Applied, null, now);
                });
                break;
            case { Ended: TerraformExit.Outcome.Interrupted } when session.Reason == StopReason.LeaseLost:
                return;
            case { Ended: TerraformExit.Outcome.Interrupted } when session.Reason == StopReason.Stopping:
                // Terraform wrote its state, so what exists is known: the next worker plans from there.
                await session.ChangeAsync((e, r, _, now) =>
                {
                    if (r.Status == RunStatus.Applying)
                    {
                        r.Interrupt();
                        r.Reconcile();
                        e.Interrupt(r.Number, now);
                    }

                    r.Requeue();
                });
                return;
            case { Ended: TerraformExit.Outcome.Interrupted }:
                await session.ChangeAsync((_, r, _, now) => r.End(RunStatus.Canceled, null, now));
                break;
            case { Ended: TerraformExit.Outcome.TimedOut }:
                await FailAsync(session, RunStatus.TimedOut, left, new Refusal(
                    RefusalCodes.TimedOut, $"Terraform did not end within {options.Value.ApplyTimeout.TotalMinutes:0} minutes and was interrupted.",
                    "DELETE the environment, or POST .../apply to go on from where it stopped."));
                break;
            case { Ended: TerraformExit.Outcome.Killed }:
                await FailAsync(session, RunStatus.Errored, left, new Refusal(
                    RefusalCodes.RunInterrupted, "The worker and Terraform were lost in the middle of an apply; what was in flight at that moment is not known.",
                    $"Look for resources tagged terradev:environment={session.Lease.EnvironmentId} beside those listed, then DELETE the environment."));
                break;
            default:
                await FailAsync(session, RunStatus.Errored, left, TerraformFailure.Explain(exit, progress.Errors));
                break;
        }

        folders.DeleteRun(session.Lease);
    }

    private Task FailAsync(RunSession session, RunStatus end, IReadOnlyList<string> left, Refusal reason)
    {
        LogFailed(session.Lease.Number, session.Lease.EnvironmentId, reason.Code, reason.Detail);
        return session.ChangeAsync((e, r, _, now) =>
        {
            r.End(end, reason, now);
            e.Fail(r.Number, reason, left, now);
        });
    }

    /// <summary>Asks the other services; false when the run ended here.</summary>
    private async Task<bool> ChooseAsync(RunSession session)
    {
        var environment = await EnvironmentAsync(session);
        if (environment.Generation is { } known && known.Quote.ValidUntil > time.GetUtcNow())
        {
            await session.ChangeAsync((e, _, _, now) => e.Choose(e.Generation!, now));
            return true;
        }

        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var (generation, refusal) = await scope.ServiceProvider.GetRequiredService<ChooseOffer>().ForAsync(environment.Request, session.Stopped);
                if (refusal is not null)
                {
                    await FailAsync(session, RunStatus.Errored, [], refusal);
                    return false;
                }

                await session.ChangeAsync((e, _, _, now) => e.Choose(generation!, now));
                return true;
            }
            catch (OperationCanceledException) when (session.Stopped.IsCancellationRequested)
            {
                await StopBeforeApplyAsync(session);
                return false;
            }
            catch (Exception exception) when (exception is RequestException || Unavailable.Is(exception))
            {
                if (time.GetElapsedTime(started) > ServicesOutage)
                {
                    await FailAsync(session, RunStatus.Errored, [], new Refusal(
                        RefusalCodes.ServiceUnavailable, $"The registries or the optimizer did not answer for {ServicesOutage.TotalMinutes:0} minutes.", "POST .../apply when GET /health is healthy again."));
                    return false;
                }

                LogServicesDown(exception, session.Lease.EnvironmentId);
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    /// <summary>Writes the bundle, restores the newest state and prepares the providers; null when the run ended here.</summary>
    private async Task<string?> MaterializeAsync(RunSession session, GpuEnvironment environment, TerraformRun run, TerraformState? state)
    {
        if (terraform.FindProgram() is null)
        {
            await FailAsync(session, RunStatus.Errored, state?.Addresses ?? [], new Refusal(
                RefusalCodes.TerraformMissing, $"There is no program '{options.Value.Path}'.", "Install Terraform 1.9 or newer, or name it in Terraform__Path."));
            return null;
        }

        var blueprint = Blueprint.Find(environment.Request.Cloud!.Value, environment.Blueprint)!;
        await using var scope = scopes.CreateAsyncScope();
        var installation = await Installation.IdAsync(scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>(), CancellationToken.None);
        var files = RenderBundle.Files(blueprint, environment, new BundleTarget(installation, aws.SimulatedEndpoint), environment.ExpiresAt!.Value);

        string? prepared;
        await using (var progress = await ProgressAsync(session, run, "init", total: 0))
        {
            (prepared, var failure) = await providers.EnsureAsync(blueprint, progress.TakeAsync, session.Stopped);
            if (failure is not null)
            {
                await progress.DisposeAsync();
                await EndWithoutPlanAsync(session, failure, progress);
                return null;
            }
        }

        var bundle = folders.Bundle(environment);
        BundleFolder.Write(bundle, files);
        BundleFolder.LinkProviders(bundle, prepared!);

        var folder = folders.Run(session.Lease);
        BundleFolder.Write(folder, files);
        File.Copy(Path.Combine(prepared!, ".terraform.lock.hcl"), Path.Combine(folder, ".terraform.lock.hcl"), overwrite: true);
        Directory.CreateDirectory(Path.Combine(folder, ".run"));
        await File.WriteAllTextAsync(Path.Combine(folder, ".run", "data-dir"), Path.Combine(prepared!, ".terraform"));
        var statePath = Path.Combine(folder, StateWatcher.FileName);
        if (state is null)
        {
            File.Delete(statePath);
        }
        else
        {
            await File.WriteAllBytesAsync(statePath, state.Content);
        }

        return folder;
    }

    private async Task EndWithoutPlanAsync(RunSession session, TerraformExit exit, RunProgress progress)
    {
        if (exit.Ended == TerraformExit.Outcome.Interrupted)
        {
            await StopBeforeApplyAsync(session);
            return;
        }

        var left = (await states.LoadAsync(session.Lease.EnvironmentId, CancellationToken.None))?.State.Addresses ?? [];
        await FailAsync(session, exit.Ended == TerraformExit.Outcome.TimedOut ? RunStatus.TimedOut : RunStatus.Errored, left, TerraformFailure.Explain(exit, progress.Errors));
        folders.DeleteRun(session.Lease);
    }

    private static Task StopBeforeApplyAsync(RunSession session) => session.Reason switch
    {
        StopReason.Canceled => session.ChangeAsync((_, r, _, now) => r.End(RunStatus.Canceled, null, now)),
        StopReason.LeaseLost => Task.CompletedTask,
        _ => session.ChangeAsync((_, r, _, _) => r.Requeue()),
    };

    private TerraformStep ApplyStep(RunSession session, TerraformRun run) => Step(
        run, run.Kind == RunKind.Destroy ? "destroy" : "apply", folders.Run(session.Lease), ["apply", "-json", "-input=false", PlanFile], options.Value.ApplyTimeout);

    private TerraformStep Step(TerraformRun run, string name, string folder, IReadOnlyList<string> arguments, TimeSpan timeout)
    {
        var dataDir = Path.Combine(folder, ".run", "data-dir");
        var variables = new Dictionary<string, string>(mirror.Variables, StringComparer.Ordinal);
        if (File.Exists(dataDir))
        {
            variables["TF_DATA_DIR"] = File.ReadAllText(dataDir);
        }

        if (run.Kind != RunKind.Rehearse)
        {
            foreach (var (variable, value) in aws.Variables())
            {
                variables[variable] = value;
            }
        }

        return new TerraformStep(name, folder, arguments, variables, timeout, Offline: run.Kind == RunKind.Rehearse);
    }

    // Runs or attaches to a step; while it runs every state it writes is stored.
    private async Task<(TerraformExit Exit, RunProgress Progress)> RunAsync(RunSession session, TerraformRun run, TerraformStep step, int total, bool attach = false)
    {
        using var activity = EnvironmentGeneratorTelemetry.Source.StartActivity($"terraform {step.Name}");
        activity?.SetTag("terradev.environment", run.EnvironmentId).SetTag("terradev.run", run.Number);
        var progress = await ProgressAsync(session, run, step.Name, total);
        using var finished = new CancellationTokenSource();
        var watching = step.Name == "plan" || (attach && !Directory.Exists(step.Directory))
            ? Task.CompletedTask
            : watcher.WatchAsync(session.Lease, step.Directory, finished.Token);
        TerraformExit exit;
        try
        {
            exit = attach
                ? await terraform.AttachAsync(step, progress.TakeAsync, session.Stopped) ?? new TerraformExit(-1, TerraformExit.Outcome.Killed, "")
                : await terraform.RunAsync(step, progress.TakeAsync, session.Stopped);
        }
        finally
        {
            await finished.CancelAsync();
            await watching;
            await progress.DisposeAsync();
        }

        activity?.SetTag("process.exit.code", exit.Code);
        activity?.SetStatus(exit.Code == 0 ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        return (exit, progress);
    }

    private async Task<RunProgress> ProgressAsync(RunSession session, TerraformRun run, string phase, int total)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
        var log = db.RunLog.Where(line => line.EnvironmentId == run.EnvironmentId && line.Run == run.Number);
        var written = await log.CountAsync();
        var ofPhase = run.Status is RunStatus.Queued or RunStatus.AwaitingApproval ? 0 : await log.CountAsync(line => line.Phase == phase);
        return new RunProgress(session, phase, written, ofPhase, total, time);
    }

    private static async Task<GpuEnvironment> EnvironmentAsync(RunSession session) => (await session.LoadAsync()).Environment;

    private static int Total(PlanSummary plan) => plan.Add + plan.Change + plan.Destroy;

    private static string PlanContext(RunLease lease) => $"plan|{lease.EnvironmentId}|{lease.Number}";

    [LoggerMessage(EventId = 220, Level = LogLevel.Information, Message = "Run {Run} of environment {EnvironmentId} ({Kind}) taken at {Status}")]
    private partial void LogTaken(int run, string environmentId, RunKind kind, RunStatus status);

    [LoggerMessage(EventId = 221, Level = LogLevel.Warning, Message = "Run {Run} of environment {EnvironmentId} lost its worker while applying; finding out what exists")]
    private partial void LogReconciling(int run, string environmentId);

    [LoggerMessage(EventId = 222, Level = LogLevel.Warning, Message = "Run {Run} of environment {EnvironmentId} failed: {Code}: {Detail}")]
    private partial void LogFailed(int run, string environmentId, string code, string detail);

    [LoggerMessage(EventId = 223, Level = LogLevel.Warning, Message = "Environment {EnvironmentId} waits for the registries and the optimizer")]
    private partial void LogServicesDown(Exception exception, string environmentId);
}
