using System.Text.Json;
using System.Text.Json.Serialization;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.EnvironmentGenerator;

/// <summary>
/// Body of <c>POST /api/v1/environments</c>. A field that is not listed here is refused, so that a misspelt budget
/// can never be ignored.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EnvironmentRequest
{
    /// <summary>2 to 24 characters, lower-case letters, digits and hyphens, starting with a letter; derived from the model when absent.</summary>
    public string? Name { get; init; }

    /// <summary>The model, written <c>source:id</c> or as a bare Hugging Face id.</summary>
    public string? Model { get; init; }

    /// <summary>The dataset, written <c>source:id</c> or as a bare Hugging Face id.</summary>
    public string? Dataset { get; init; }

    /// <summary>The task to train for, such as <c>text-classification</c>; the model's own when absent.</summary>
    public string? Task { get; init; }

    public WorkloadMode? Mode { get; init; }

    public Precision? Precision { get; init; }

    public int? ContextLength { get; init; }

    public int? BatchSize { get; init; }

    /// <summary>Default <c>training</c>.</summary>
    public string? Blueprint { get; init; }

    /// <summary>Default <c>aws</c>.</summary>
    public Cloud? Cloud { get; init; }

    /// <summary>Default <c>us-east-1</c> on AWS.</summary>
    public string? Region { get; init; }

    /// <summary>Default <see cref="CapacityPreference.SpotPreferred"/>.</summary>
    public CapacityPreference? Capacity { get; init; }

    /// <summary>Overrules the choice; it still has to fit.</summary>
    public string? InstanceType { get; init; }

    public Goal? Goal { get; init; }

    public Budget? Budget { get; init; }

    /// <summary>Hours from apply to the deadline, more than 0 and at most 720; default 12.</summary>
    public decimal? MaxRuntimeHours { get; init; }

    /// <summary>Apply without asking once the plan is within budget.</summary>
    public bool AutoApprove { get; init; }

    /// <summary>True stops after <c>terraform plan</c>, also where credentials are present. Absent: decided by the presence of credentials.</summary>
    public bool? Rehearsal { get; init; }

    /// <summary>Who pays; letters, digits, spaces and <c>_.:/=+-@</c>, up to 100 characters. Default: the name of the API key.</summary>
    public string? Owner { get; init; }

    /// <summary>Options of the blueprint by name, such as <c>nat_gateway</c>; at most 32 KiB and 8 levels deep.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>Tags for every resource beside Terradev's own; at most 40, in letters that AWS takes.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>USD limits; an environment that could exceed them is not launched.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Budget
{
    /// <summary>USD per hour of the instance.</summary>
    public decimal? MaxHourly { get; init; }

    /// <summary>USD from launch to the deadline.</summary>
    public decimal? Total { get; init; }
}

/// <summary>Body of <c>POST /api/v1/environments/{id}/approve</c> and <c>/reject</c>; it may be absent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Decision
{
    /// <summary>Up to 500 characters, kept with the run.</summary>
    public string? Comment { get; init; }
}

/// <summary>Body of <c>POST /api/v1/environments/{id}/apply</c>: plan anew, with credentials, and apply.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApplyRequest
{
    public bool AutoApprove { get; init; }
}
