using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.EnvironmentGenerator;

/// <summary>What the owner wants.</summary>
public enum DesiredState
{
    Running,
    Stopped,
    Destroyed,
}

/// <summary>What is known of the environment.</summary>
public enum EnvironmentStatus
{
    Draft,
    Generated,
    Planning,
    AwaitingApproval,
    Provisioning,
    Ready,
    Updating,
    Stopping,
    Stopped,
    Starting,
    Destroying,
    Destroyed,
    Degraded,
    Interrupted,
    Reconciling,
    Failed,
    Quarantined,
}

/// <summary>An environment with what was chosen and why.</summary>
/// <param name="Id">Opaque and unique for ever.</param>
/// <param name="Name">Unique among the environments that are not destroyed.</param>
/// <param name="Rehearsal">True where nothing is created: the job ends after <c>terraform plan</c>.</param>
/// <param name="Reason">Why the status is what it is, when that needs saying.</param>
/// <param name="Recommendation">The chosen offer first, then the alternatives and the refused offers.</param>
/// <param name="Outputs">Terraform outputs by name, once applied.</param>
/// <param name="BundlePath">Folder of the bundle on the server's machine, when the server keeps one.</param>
public sealed record EnvironmentResponse(
    string Id,
    string Name,
    EnvironmentStatus Status,
    DesiredState Desired,
    IReadOnlyList<string> Conditions,
    Refusal? Reason,
    bool Rehearsal,
    EnvironmentRequest Request,
    ModelSummary? Model,
    DatasetSummary? Dataset,
    ModelRequirements? Requirements,
    Recommendation? Recommendation,
    Quote? Quote,
    PlanSummary? Plan,
    IReadOnlyDictionary<string, string?> Outputs,
    string Owner,
    string Blueprint,
    string? BundlePath,
    int LastRun,
    long LastSequence,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>What the environment costs, fixed at the moment of the choice.</summary>
/// <param name="Lines">The parts of <paramref name="PerHour"/>.</param>
/// <param name="PerHour">USD per hour, all parts together, 4 decimals.</param>
/// <param name="ToFinish">USD for the estimated run; null when the work cannot be estimated.</param>
/// <param name="AtDeadline">USD until the deadline with as many machines as may run: the worst case that the budget must hold.</param>
/// <param name="ValidUntil">Until then the choice stands; its price is asked again before anything is created.</param>
public sealed record Quote(
    string Id,
    Offer Offer,
    IReadOnlyList<QuoteLine> Lines,
    decimal PerHour,
    decimal? ToFinish,
    decimal AtDeadline,
    decimal MaxRuntimeHours,
    DateTimeOffset CreatedAt,
    DateTimeOffset ValidUntil)
{
    private readonly decimal? _perMonth;
    private readonly decimal? _mostPerHour;

    /// <summary>The state of the prices that it was made from: <see cref="Recommendation.Snapshot"/>.</summary>
    public long Snapshot { get; init; }

    /// <summary>Machines at the start; <see cref="PerHour"/> counts them all.</summary>
    public int Machines { get; init; } = 1;

    /// <summary>The most machines that may run at once.</summary>
    public int MostMachines { get; init; } = 1;

    /// <summary>USD for a month of 730 hours, 2 decimals.</summary>
    public decimal PerMonth { get => _perMonth ?? Math.Round(PerHour * 730, 2); init => _perMonth = value; }

    /// <summary>USD per hour with <see cref="MostMachines"/>.</summary>
    public decimal MostPerHour { get => _mostPerHour ?? PerHour; init => _mostPerHour = value; }
}

/// <summary>One part of a quote in USD per hour, with its source.</summary>
public sealed record QuoteLine(string Item, decimal PerHour, string Source, DateOnly AsOf)
{
    private readonly decimal? _perMonth;

    /// <summary>USD for a month of 730 hours, 2 decimals.</summary>
    public decimal PerMonth { get => _perMonth ?? Math.Round(PerHour * 730, 2); init => _perMonth = value; }
}

/// <summary>Resource counts of a Terraform plan.</summary>
public sealed record PlanSummary(int Add, int Change, int Destroy);
