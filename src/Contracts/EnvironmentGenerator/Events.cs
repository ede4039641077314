using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Contracts.EnvironmentGenerator;

/// <summary>
/// What every event has in common. On RabbitMQ each event is a fanout exchange named after its record and its body is this
/// JSON and nothing else.
/// </summary>
public abstract record EnvironmentEvent
{
    /// <summary>Unique; a consumer that has seen it may drop it.</summary>
    public Guid EventId { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    public string EnvironmentId { get; init; } = "";

    /// <summary>1, 2, 3, ... within the environment, without gaps.</summary>
    public long Sequence { get; init; }

    public string EnvironmentName { get; init; } = "";
}

/// <summary>An environment was asked for and stored.</summary>
public sealed record EnvironmentRequested : EnvironmentEvent
{
    public required string Model { get; init; }

    public string? Dataset { get; init; }

    public required string Owner { get; init; }
}

/// <summary>An offer was chosen and the bundle rendered.</summary>
public sealed record EnvironmentGenerated : EnvironmentEvent
{
    public required Offer Offer { get; init; }

    /// <summary>USD per hour, all parts together.</summary>
    public required decimal PerHour { get; init; }

    /// <summary>USD until the deadline.</summary>
    public required decimal AtDeadline { get; init; }
}

/// <summary>Terraform made a plan. In a rehearsal this is the last event of the run.</summary>
public sealed record EnvironmentPlanned : EnvironmentEvent
{
    public required int Run { get; init; }

    public required PlanSummary Plan { get; init; }

    public required bool Rehearsal { get; init; }
}

/// <summary>The plan waits for <c>POST .../approve</c>.</summary>
public sealed record EnvironmentAwaitingApproval : EnvironmentEvent
{
    public required int Run { get; init; }

    public required decimal PerHour { get; init; }

    public required decimal AtDeadline { get; init; }
}

/// <summary>Terraform starts to create, change or destroy.</summary>
public sealed record ProvisioningStarted : EnvironmentEvent
{
    public required int Run { get; init; }

    public required RunKind Kind { get; init; }
}

/// <summary>One step of Terraform.</summary>
public sealed record ProvisioningProgressed : EnvironmentEvent
{
    public required int Run { get; init; }

    /// <summary><c>init</c>, <c>plan</c>, <c>apply</c> or <c>destroy</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Terraform address such as <c>module.network.aws_vpc.this</c>; null for a step of the phase itself.</summary>
    public string? Resource { get; init; }

    /// <summary><c>create</c>, <c>update</c>, <c>delete</c>, <c>read</c>, ...</summary>
    public string? Action { get; init; }

    /// <summary><c>started</c>, <c>completed</c> or <c>errored</c>.</summary>
    public required string State { get; init; }

    /// <summary>0 to 100: completed resources of those that the plan counts.</summary>
    public int? Percent { get; init; }

    public string? Message { get; init; }
}

/// <summary>Everything exists; <see cref="Outputs"/> says where.</summary>
public sealed record EnvironmentReady : EnvironmentEvent
{
    public required int Run { get; init; }

    public required IReadOnlyDictionary<string, string?> Outputs { get; init; }

    public required decimal PerHour { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A run ended without success.</summary>
public sealed record ProvisioningFailed : EnvironmentEvent
{
    public required int Run { get; init; }

    public required Refusal Reason { get; init; }

    /// <summary>Addresses in Terraform's state that still exist and may cost money.</summary>
    public required IReadOnlyList<string> StillExisting { get; init; }
}

/// <summary>The worker of a run was lost; another one looks at what exists.</summary>
public sealed record EnvironmentInterrupted : EnvironmentEvent
{
    public required int Run { get; init; }
}

/// <summary>Nothing of the environment is left.</summary>
public sealed record EnvironmentDestroyed : EnvironmentEvent
{
    public required int Run { get; init; }
}
