using System.Collections.Frozen;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using static Terradev.Contracts.EnvironmentGenerator.RunStatus;

namespace Terradev.EnvironmentGenerator.Runs;

/// <summary>
/// One execution of Terraform. A worker that takes it holds a lease with a fencing token; every write of the worker names
/// the token, so that a worker that lost its lease can change nothing any more.
/// </summary>
public sealed class TerraformRun
{
    private static readonly FrozenDictionary<RunStatus, RunStatus[]> Next = new Dictionary<RunStatus, RunStatus[]>
    {
        [Queued] = [Preparing, Errored, Canceled],
        [Preparing] = [Planning, Applied, Errored, Canceled, TimedOut, Queued],
        [Planning] = [Planned, NoChanges, Errored, Canceled, TimedOut, Queued],
        [Planned] = [CostChecked, BudgetDenied, Errored, Canceled, Queued],
        [CostChecked] = [PolicyChecked, PolicyDenied, Canceled, Queued],
        [PolicyChecked] = [AwaitingApproval, Applying, Canceled, Queued],
        [AwaitingApproval] = [Applying, BudgetDenied, Errored, Rejected, Superseded, Canceled, Queued],
        [Applying] = [Applied, Errored, Canceled, TimedOut, Interrupted],
        [Interrupted] = [Reconciling, Errored],
        [Reconciling] = [Applied, Errored, Queued, Canceled],
    }.ToFrozenDictionary();

    private TerraformRun()
    {
    }

    public string EnvironmentId { get; private init; } = "";

    public int Number { get; private init; }

    public RunKind Kind { get; private init; }

    public RunStatus Status { get; private set; }

    /// <summary>Apply without asking, given with the request or by whoever approved.</summary>
    public bool AutoApprove { get; private set; }

    /// <summary>A destroy that may take the buckets' content along.</summary>
    public bool DeleteData { get; private init; }

    public Refusal? Reason { get; private set; }

    public PlanSummary? Plan { get; private set; }

    /// <summary>The saved plan, encrypted; applied as it is, by any replica.</summary>
    public byte[]? PlanFile { get; private set; }

    public DateTimeOffset? PlannedAt { get; private set; }

    /// <summary>Version of the stored state that the plan was made for; a newer one supersedes the plan.</summary>
    public int? PlannedForState { get; private set; }

    public long? StateSerial { get; private set; }

    public string? QuoteId { get; private set; }

    public string? DecidedBy { get; private set; }

    public string? Comment { get; private set; }

    /// <summary>The worker interrupts Terraform when it sees this.</summary>
    public bool CancelRequested { get; private set; }

    /// <summary>A worker may take it: queued, approved, or in the hands of a worker whose lease may run out.</summary>
    public bool Runnable { get; private set; }

    public string? LeaseOwner { get; private set; }

    public long LeaseToken { get; private set; }

    public DateTimeOffset? LeaseExpiresAt { get; private set; }

    public DateTimeOffset? LeasedAt { get; private set; }

    /// <summary>W3C trace context of the request that queued the run.</summary>
    public string? TraceParent { get; private init; }

    public DateTimeOffset QueuedAt { get; private init; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public int Version { get; private set; }

    public bool IsEnded => EndedAt is not null;

    internal static TerraformRun Queue(string environmentId, int number, RunKind kind, bool autoApprove, bool deleteData, string? traceParent, DateTimeOffset now) => new()
    {
        EnvironmentId = environmentId,
        Number = number,
        Kind = kind,
        Status = Queued,
        AutoApprove = autoApprove,
        DeleteData = deleteData,
        Runnable = true,
        TraceParent = traceParent,
        QueuedAt = now,
    };

    public void Prepare(DateTimeOffset now)
    {
        MoveTo(Preparing);
        StartedAt ??= now;
    }

    public void StartPlanning() => MoveTo(Planning);

    public void HavePlan(PlanSummary plan, byte[] planFile, int? plannedForState, long? stateSerial, string? quoteId, DateTimeOffset now)
    {
        MoveTo(Planned);
        Plan = plan;
        PlanFile = planFile;
        PlannedForState = plannedForState;
        StateSerial = stateSerial;
        QuoteId = quoteId;
        PlannedAt = now;
    }

    /// <summary>A rehearsal ends with its plan.</summary>
    public void FinishRehearsal(DateTimeOffset now)
    {
        if (Status != Planned || Kind != RunKind.Rehearse)
        {
            throw new InvalidOperationException($"Run {Number} is {Kind} and {Status}: no rehearsal that has its plan.");
        }

        EndedAt = now;
        PlanFile = null;
        Runnable = false;
        ReleaseLease();
    }

    public void PassCost() => MoveTo(CostChecked);

    public void PassPolicy() => MoveTo(PolicyChecked);

    /// <summary>Gives the lease back until somebody decides.</summary>
    public void AwaitApproval()
    {
        MoveTo(AwaitingApproval);
        Runnable = false;
        ReleaseLease();
    }

    public void Approve(string by, string? comment)
    {
        if (Status != AwaitingApproval)
        {
            throw new InvalidOperationException($"Run {Number} is {Status} and waits for no approval.");
        }

        DecidedBy = by;
        Comment = comment;
        AutoApprove = true;
        Runnable = true;
    }

    /// <summary>Takes an approval back: it was given for another price.</summary>
    public void AskAgain()
    {
        if (Status != AwaitingApproval)
        {
            throw new InvalidOperationException($"Run {Number} is {Status} and waits for no approval.");
        }

        AutoApprove = false;
        Runnable = false;
        DecidedBy = null;
        Comment = null;
        ReleaseLease();
    }

    public void Reject(string by, string? comment, DateTimeOffset now)
    {
        DecidedBy = by;
        Comment = comment;
        End(Rejected, null, now);
    }

    public void StartApplying() => MoveTo(Applying);

    /// <summary>What the run did to the cloud is not known, or not all of it.</summary>
    public void Interrupt() => MoveTo(Interrupted);

    /// <summary>Somebody finds out.</summary>
    public void Reconcile() => MoveTo(Reconciling);

    /// <summary>Back to the start: nothing was changed yet, or what was changed is known again.</summary>
    public void Requeue()
    {
        MoveTo(Queued);
        PlanFile = null;
        Runnable = true;
        ReleaseLease();
    }

    public void RequestCancel(DateTimeOffset now)
    {
        if (IsEnded)
        {
            return;
        }

        if (LeaseOwner is null && Status is Queued or AwaitingApproval)
        {
            End(Canceled, null, now);
            return;
        }

        CancelRequested = true;
    }

    public void End(RunStatus end, Refusal? reason, DateTimeOffset now)
    {
        MoveTo(end);
        Reason = reason;
        EndedAt = now;
        PlanFile = null;
        Runnable = false;
        ReleaseLease();
    }

    public RunResponse ToResponse() => new(
        Number, Kind, Status, Reason, Plan, StateSerial, LeaseOwner, LeaseOwner is null ? null : LeasedAt, DecidedBy, Comment, QueuedAt, StartedAt, EndedAt);

    internal void NextVersion() => Version++;

    private void ReleaseLease()
    {
        LeaseOwner = null;
        LeaseExpiresAt = null;
        LeasedAt = null;
    }

    private void MoveTo(RunStatus next)
    {
        if (!Next.TryGetValue(Status, out var allowed) || !allowed.Contains(next))
        {
            throw new InvalidOperationException($"Run {Number} of environment {EnvironmentId} cannot move from {Status} to {next}.");
        }

        Status = next;
    }
}
