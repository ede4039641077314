using Microsoft.EntityFrameworkCore;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Sync;

/// <summary>
/// How far the catalogue of one hub has been taken over. The row is what a pass resumes from after a restart, and its lease keeps two
/// replicas from walking the same hub.
/// </summary>
public sealed class CatalogSync
{
    public required string Source { get; init; }

    public SyncStatus Status { get; set; } = SyncStatus.Idle;

    /// <summary>The hub's word for the page that comes next; null at the start of a pass.</summary>
    public string? Cursor { get; set; }

    /// <summary>What had not changed before this time need not be told; null in a pass over everything.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>The newest change that this pass has seen, where the next one begins.</summary>
    public DateTimeOffset? NextSince { get; set; }

    /// <summary>What the hub wants to be reminded of in the next pass; for the snapshot, its version.</summary>
    public string? Mark { get; set; }

    public long Pages { get; set; }

    public long Seen { get; set; }

    public long Added { get; set; }

    public long Updated { get; set; }

    public long Skipped { get; set; }

    /// <summary>Why the latest pages' entries were skipped, a line each.</summary>
    public string SkippedReasons { get; set; } = "";

    /// <summary>Failures since the last page that came.</summary>
    public int Failures { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public DateTimeOffset? LastCompleteAt { get; set; }

    /// <summary>The hub is left alone until then.</summary>
    public DateTimeOffset? WaitUntil { get; set; }

    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Events told of this source so far.</summary>
    public long Sequence { get; set; }

    public bool IsOpen => Status is SyncStatus.Queued or SyncStatus.Running or SyncStatus.Waiting;

    /// <summary>Begins a pass where none is open: over what changed since the last complete one, or over everything.</summary>
    public void Ask(bool full, DateTimeOffset now)
    {
        if (IsOpen)
        {
            return;
        }

        // A failed pass goes on at its cursor; a finished one begins anew.
        if (Status is not SyncStatus.Failed || full)
        {
            (Cursor, Pages, Seen, Added, Updated, Skipped, SkippedReasons, StartedAt, NextSince) = (null, 0, 0, 0, 0, 0, "", null, null);
        }

        if (full)
        {
            (Since, Mark) = (null, null);
        }

        (Status, Failures, Reason, FinishedAt, WaitUntil, UpdatedAt) = (SyncStatus.Queued, 0, null, null, null, now);
    }

    public SyncState ToState() => new(
        Source, Status, Pages, Seen, Added, Updated, Skipped, SkippedReasons.Split('\n', StringSplitOptions.RemoveEmptyEntries), Reason, StartedAt, UpdatedAt, FinishedAt, LastCompleteAt, WaitUntil);

    internal static async Task RememberAsync(ModelRegistryDb db, string source, string mark, CancellationToken cancellationToken)
    {
        if (await db.Syncs.SingleOrDefaultAsync(sync => sync.Source == source, cancellationToken) is not { } row)
        {
            db.Syncs.Add(row = new CatalogSync { Source = source });
        }

        row.Mark = mark;
        await db.SaveChangesAsync(cancellationToken);
    }
}
