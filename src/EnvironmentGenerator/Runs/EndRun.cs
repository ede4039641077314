using Microsoft.Extensions.Options;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.State;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>The ends of a run: what Terraform's exit means for the run and for its environment.</summary>
internal sealed partial class EndRun(StateStore states, RunFolders folders, IOptions<TerraformOptions> options, ILogger<EndRun> logger)
{
    /// <summary>After an apply or a destroy that ran, or that nobody knows the end of.</summary>
    public async Task AfterApplyAsync(RunSession session, TerraformRun run, StepResult step)
    {
        var left = (await states.LoadAsync(session.Lease.EnvironmentId, CancellationToken.None))?.State.Addresses ?? [];
        switch (step.Exit)
        {
            case { Ended: TerraformExit.Outcome.Exited, Code: 0 } when run.Kind == RunKind.Destroy && left.Count == 0:
                await DestroyedAsync(session);
                break;
            case { Ended: TerraformExit.Outcome.Exited, Code: 0 } when run.Kind == RunKind.Apply:
                await session.ChangeAsync((e, r, _, now) =>
                {
                    e.BecomeReady(r.Number, step.Progress.Outputs, now);
                    r.End(RunStatus.Applied, null, now);
                });
                break;
            case { Ended: TerraformExit.Outcome.Interrupted } when session.Reason == StopReason.LeaseLost:
                return;
            case { Ended: TerraformExit.Outcome.Interrupted } when session.Reason == StopReason.Stopping:
                await HandOverAsync(session);
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
                await FailAsync(session, RunStatus.Errored, left, TerraformFailure.Explain(step.Exit, step.Progress.Errors));
                break;
        }

        folders.DeleteRun(session.Lease);
    }

    /// <summary>After a step that came before the apply and did not succeed.</summary>
    public async Task BeforeApplyAsync(RunSession session, StepResult step)
    {
        if (step.Exit.Ended == TerraformExit.Outcome.Interrupted)
        {
            await StoppedAsync(session);
            return;
        }

        var end = step.Exit.Ended == TerraformExit.Outcome.TimedOut ? RunStatus.TimedOut : RunStatus.Errored;
        await FailAsync(session, end, TerraformFailure.Explain(step.Exit, step.Progress.Errors));
        folders.DeleteRun(session.Lease);
    }

    /// <summary>Stopped before anything was applied: canceled, or queued again for the next worker.</summary>
    public static Task StoppedAsync(RunSession session) => session.Reason switch
    {
        StopReason.Canceled => session.ChangeAsync((_, r, _, now) => r.End(RunStatus.Canceled, null, now)),
        StopReason.LeaseLost => Task.CompletedTask,
        _ => session.ChangeAsync((_, r, _, _) => r.Requeue()),
    };

    /// <summary>Nothing of the environment is left in Terraform's state.</summary>
    public async Task DestroyedAsync(RunSession session)
    {
        folders.DeleteBundle((await session.LoadAsync()).Environment);
        await session.ChangeAsync((e, r, _, now) =>
        {
            e.BecomeDestroyed(r.Number, now);
            r.End(RunStatus.Applied, null, now);
        });
    }

    /// <summary>The run and its environment failed; what still exists is read from the newest stored state.</summary>
    public async Task FailAsync(RunSession session, RunStatus end, Refusal reason) =>
        await FailAsync(session, end, (await states.LoadAsync(session.Lease.EnvironmentId, CancellationToken.None))?.State.Addresses ?? [], reason);

    private Task FailAsync(RunSession session, RunStatus end, IReadOnlyList<string> left, Refusal reason)
    {
        LogFailed(session.Lease.Number, session.Lease.EnvironmentId, reason.Code, reason.Detail);
        return session.ChangeAsync((e, r, _, now) =>
        {
            r.End(end, reason, now);
            e.Fail(r.Number, reason, left, now);
        });
    }

    // Terraform was interrupted once and wrote its state, so what exists is known: the next worker plans from there.
    private static Task HandOverAsync(RunSession session) => session.ChangeAsync((e, r, _, now) =>
    {
        if (r.Status == RunStatus.Applying)
        {
            r.Interrupt();
            r.Reconcile();
            e.Interrupt(r.Number, now);
        }

        r.Requeue();
    });

    [LoggerMessage(EventId = 222, Level = LogLevel.Warning, Message = "Run {Run} of environment {EnvironmentId} failed: {Code}: {Detail}")]
    private partial void LogFailed(int run, string environmentId, string code, string detail);
}
