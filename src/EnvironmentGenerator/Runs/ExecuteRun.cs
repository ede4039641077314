using System.Diagnostics;
using Microsoft.Extensions.Options;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;
using Terradev.EnvironmentGenerator.State;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>
/// Takes one run as far as it goes: prepare, plan, check, then wait for approval or apply. Before and after each side effect
/// the run's status is stored, so that whoever takes the run over knows what may have happened.
/// </summary>
internal sealed partial class ExecuteRun(
    AskServices services, PriceAgain prices, Terraform terraform, RunWorkspace workspace, EndRun end, StateStore states, StateCipher cipher, RunFolders folders,
    IOptions<TerraformOptions> options, TimeProvider time, ILogger<ExecuteRun> logger)
{
    private const int MostTakes = 20;

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
                await end.FailAsync(session, RunStatus.Errored, new Refusal(
                    RefusalCodes.InternalError, $"The run broke off {MostTakes} times before anything was applied.", "The cause is in the server's log; POST .../apply tries again."));
                break;
            case RunStatus.Queued:
                await PlanAsync(session, run);
                break;
            case RunStatus.AwaitingApproval:
                await ApplyApprovedAsync(session, environment, run);
                break;
            case RunStatus.Applying or RunStatus.Interrupted or RunStatus.Reconciling:
                await ReconcileAsync(session, run);
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
            await end.DestroyedAsync(session);
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
                e.StartPlanning(WholeSeconds(now + TimeSpan.FromHours((double)e.Generation!.Quote.MaxRuntimeHours)), now);
            }
        });
        if (!await MaterializeAsync(session, (await session.LoadAsync()).Environment, run, stored?.State))
        {
            return;
        }

        await session.ChangeAsync((_, r, _, _) => r.StartPlanning());
        if (run.DeleteData && await workspace.AllowEmptyingAsync(session, run) is { Succeeded: false } refused)
        {
            await end.BeforeApplyAsync(session, refused);
            return;
        }

        var step = await workspace.PlanAsync(session, run);
        if (!step.Succeeded)
        {
            await end.BeforeApplyAsync(session, step);
            return;
        }

        await KeepPlanAsync(session, step.Progress.Changes ?? new PlanSummary(0, 0, 0));
        if (run.Kind == RunKind.Rehearse)
        {
            folders.DeleteRun(session.Lease);
        }
        else if ((run.Kind != RunKind.Apply || await prices.HoldsAsync(session)) && await CheckAsync(session))
        {
            await ApplyAsync(session);
        }
    }

    private async Task KeepPlanAsync(RunSession session, PlanSummary plan)
    {
        var plannedFor = await states.LoadAsync(session.Lease.EnvironmentId, CancellationToken.None);
        var planFile = cipher.Encrypt(await workspace.ReadPlanAsync(session.Lease), PlanContext(session.Lease));
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
    }

    /// <summary>Cost and policy. True when the plan may be applied now.</summary>
    private static async Task<bool> CheckAsync(RunSession session)
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
            if (r.Kind == RunKind.Apply && (!r.AutoApprove || r.Plan!.Destroy > 0))
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

        if (run.Kind == RunKind.Apply && !await PriceHoldsAsync(session))
        {
            return;
        }

        if (await MaterializeAsync(session, environment, run, stored?.State))
        {
            await workspace.WritePlanAsync(session.Lease, cipher.Decrypt(run.PlanFile!, PlanContext(session.Lease)));
            await ApplyAsync(session);
        }
    }

    // What was approved is applied at today's price, and not above the budget.
    private async Task<bool> PriceHoldsAsync(RunSession session)
    {
        if (!await prices.HoldsAsync(session))
        {
            return false;
        }

        var (environment, _) = await session.LoadAsync();
        if (ChooseOffer.OverBudget(environment.Generation!.Quote, environment.Request.Budget) is not { } over)
        {
            return true;
        }

        await end.FailAsync(session, RunStatus.BudgetDenied, over);
        return false;
    }

    private async Task ApplyAsync(RunSession session)
    {
        if (session.Stopped.IsCancellationRequested)
        {
            await EndRun.StoppedAsync(session);
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
        var (_, run) = await session.LoadAsync();
        await end.AfterApplyAsync(session, run, await workspace.ApplyAsync(session, run));
    }

    /// <summary>
    /// The worker of an apply was lost. Terraform itself may have gone on: then this worker reads on from its files. If it
    /// never ran on this machine, or was killed as well, what was in flight is not known, and nothing is done again.
    /// </summary>
    private async Task ReconcileAsync(RunSession session, TerraformRun run)
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
        LogReconciling(run.Number, session.Lease.EnvironmentId);
        await end.AfterApplyAsync(session, run, await workspace.AttachAsync(session, run));
    }

    /// <summary>Asks the other services unless the quote still holds; false when the run ended here.</summary>
    private async Task<bool> ChooseAsync(RunSession session)
    {
        var (environment, _) = await session.LoadAsync();
        if (environment.Generation is { } known && known.Quote.ValidUntil > time.GetUtcNow())
        {
            return true;
        }

        var choice = await services.UntilAnsweredAsync(session, async provider =>
        {
            var (generation, refusal) = await provider.GetRequiredService<ChooseOffer>().ForAsync(environment.Request, session.Stopped);
            return new Choice(generation, refusal);
        });
        switch (choice)
        {
            case null:
                return false;
            case { Refusal: { } refusal }:
                await end.FailAsync(session, RunStatus.Errored, refusal);
                return false;
            default:
                await session.ChangeAsync((e, _, _, now) => e.Choose(choice.Generation!, now));
                return true;
        }
    }

    // False when the run ended here.
    private async Task<bool> MaterializeAsync(RunSession session, GpuEnvironment environment, TerraformRun run, TerraformState? state)
    {
        if (terraform.FindProgram() is null)
        {
            await end.FailAsync(session, RunStatus.Errored, new Refusal(
                RefusalCodes.TerraformMissing, $"There is no program '{options.Value.Path}'.", "Install Terraform 1.9 or newer, or name it in Terraform__Path."));
            return false;
        }

        if (await workspace.MaterializeAsync(session, environment, run, state) is { } failed)
        {
            await end.BeforeApplyAsync(session, failed);
            return false;
        }

        return true;
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string PlanContext(RunLease lease) => $"plan|{lease.EnvironmentId}|{lease.Number}";

    [LoggerMessage(EventId = 220, Level = LogLevel.Information, Message = "Run {Run} of environment {EnvironmentId} ({Kind}) taken at {Status}")]
    private partial void LogTaken(int run, string environmentId, RunKind kind, RunStatus status);

    [LoggerMessage(EventId = 221, Level = LogLevel.Warning, Message = "Run {Run} of environment {EnvironmentId} lost its worker while applying; finding out what exists")]
    private partial void LogReconciling(int run, string environmentId);

    private sealed record Choice(Generation? Generation, Refusal? Refusal);
}
