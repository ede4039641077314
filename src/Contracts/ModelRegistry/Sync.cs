using System.Text.Json.Serialization;

namespace Terradev.Contracts.ModelRegistry;

/// <summary>Where the taking over of a hub's catalogue stands.</summary>
public enum SyncStatus
{
    /// <summary>It was never asked for.</summary>
    Idle,
    Queued,
    Running,

    /// <summary>The hub asked for patience, or failed and is tried again.</summary>
    Waiting,
    Done,

    /// <summary>Given up; what came before stays, and the next request goes on from there.</summary>
    Failed,
}

/// <summary>Asks for the hubs' catalogues to be taken over; without a body, for what changed on all of them.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SyncRequest
{
    /// <summary>The hubs, such as <c>huggingface</c>; null means all.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>True walks the whole catalogue again instead of what changed since the last complete pass.</summary>
    public bool Full { get; init; }
}

/// <summary>Progress of one hub.</summary>
/// <param name="Seen">Entries that the hub told of in this pass.</param>
/// <param name="Skipped">Entries that could not be read; <paramref name="SkippedReasons"/> names the latest.</param>
/// <param name="Reason">Why it waits or failed.</param>
/// <param name="WaitUntil">The hub is left alone until then.</param>
public sealed record SyncState(
    string Source,
    SyncStatus Status,
    long Pages,
    long Seen,
    long Added,
    long Updated,
    long Skipped,
    IReadOnlyList<string> SkippedReasons,
    string? Reason,
    DateTimeOffset? StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? LastCompleteAt,
    DateTimeOffset? WaitUntil);
