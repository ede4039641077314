namespace Terradev.Contracts.EnvironmentGenerator;

/// <summary>What a run does.</summary>
public enum RunKind
{
    /// <summary>Plan only; nothing is created.</summary>
    Rehearse,
    Apply,
    Destroy,
}

/// <summary>Where a run is.</summary>
public enum RunStatus
{
    Queued,
    Preparing,
    Planning,
    Planned,
    CostChecked,
    PolicyChecked,
    AwaitingApproval,
    Applying,
    Applied,
    NoChanges,
    PolicyDenied,
    BudgetDenied,
    Rejected,
    Superseded,
    Canceled,
    Errored,
    TimedOut,
    Interrupted,
    Reconciling,
}

/// <summary>One execution of Terraform for an environment.</summary>
/// <param name="Number">1, 2, 3, ... within the environment.</param>
/// <param name="StateSerial">Serial of the state that the plan was made for.</param>
/// <param name="Holder">The worker that holds the lease, and since when; null when nobody does.</param>
public sealed record RunResponse(
    int Number,
    RunKind Kind,
    RunStatus Status,
    Refusal? Reason,
    PlanSummary? Plan,
    long? StateSerial,
    string? Holder,
    DateTimeOffset? HeldSince,
    string? DecidedBy,
    string? Comment,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt);
