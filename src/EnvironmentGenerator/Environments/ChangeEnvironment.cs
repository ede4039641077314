using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Runs;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>What callers do with an environment that exists; each is a change of state and, mostly, a queued run.</summary>
internal sealed class ChangeEnvironment(IServiceScopeFactory scopes, AwsAccess aws, RunSignal signal, TimeProvider time)
{
    private const int Tries = 20;

    /// <summary>Ends the environment, with the content of its buckets only when told so. Asking again changes nothing.</summary>
    public Task<(GpuEnvironment?, Refusal?)> DestroyAsync(string id, bool deleteData, CancellationToken cancellationToken) => ChangeAsync(id, async (db, environment, now) =>
    {
        var runs = await OpenRunsAsync(db, environment, cancellationToken);
        if (environment.Status == EnvironmentStatus.Destroyed || runs.Exists(run => run.Kind == RunKind.Destroy))
        {
            return null;
        }

        environment.WantDestroyed(now);
        runs.ForEach(run => run.RequestCancel(now));
        db.Runs.Add(environment.QueueRun(RunKind.Destroy, autoApprove: true, now, deleteData));
        return null;
    }, cancellationToken);

    /// <summary>Plans anew and applies: after a rehearsal, a failure, or a change of the world.</summary>
    public Task<(GpuEnvironment?, Refusal?)> ApplyAsync(string id, bool autoApprove, CancellationToken cancellationToken) => ChangeAsync(id, async (db, environment, now) =>
    {
        if (!aws.HasCredentials && environment.Request.Rehearsal != false)
        {
            return new Refusal(RefusalCodes.CredentialsMissing, "No cloud credentials are configured for this server.", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE where the server runs, then try again.");
        }

        if (environment.Desired == DesiredState.Destroyed)
        {
            return new Refusal(RefusalCodes.InvalidState, "The environment is ended or being ended.", "Ask for a new environment.");
        }

        if ((await OpenRunsAsync(db, environment, cancellationToken)).Count > 0)
        {
            return new Refusal(RefusalCodes.InvalidState, "Another run of the environment has not ended.", "Wait for it, or approve or reject it.");
        }

        environment.LeaveRehearsal(now);
        db.Runs.Add(environment.QueueRun(RunKind.Apply, autoApprove, now));
        return null;
    }, cancellationToken);

    public Task<(GpuEnvironment?, Refusal?)> DecideAsync(string id, bool approve, string by, string? comment, CancellationToken cancellationToken) => ChangeAsync(id, async (db, environment, now) =>
    {
        if (comment is { Length: > 500 })
        {
            return new Refusal(RefusalCodes.InvalidRequest, "The comment is too long.", "Send up to 500 characters.", new Dictionary<string, string[]> { ["comment"] = ["Up to 500 characters."] });
        }

        var run = (await OpenRunsAsync(db, environment, cancellationToken)).Find(run => run is { Status: RunStatus.AwaitingApproval, Runnable: false });
        if (run is null)
        {
            return new Refusal(RefusalCodes.InvalidState, $"The environment is {Wire.Name(environment.Status)}: no plan waits for a decision.", "GET the environment to see where it is.");
        }

        if (approve)
        {
            run.Approve(by, comment);
        }
        else
        {
            run.Reject(by, comment, now);
            environment.ReturnToGenerated(now);
        }

        return null;
    }, cancellationToken);

    private static Task<List<TerraformRun>> OpenRunsAsync(EnvironmentGeneratorDb db, GpuEnvironment environment, CancellationToken cancellationToken) =>
        db.Runs.Where(run => run.EnvironmentId == environment.Id && run.EndedAt == null).OrderBy(run => run.Number).ToListAsync(cancellationToken);

    // A worker writes to the same rows all the time; whoever comes second looks again.
    private async Task<(GpuEnvironment?, Refusal?)> ChangeAsync(
        string id, Func<EnvironmentGeneratorDb, GpuEnvironment, DateTimeOffset, Task<Refusal?>> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
            if (await db.Environments.Include(e => e.Generation).FindAsync(id, cancellationToken) is not { } environment)
            {
                return (null, null);
            }

            if (await change(db, environment, time.GetUtcNow()) is { } refusal)
            {
                return (null, refusal);
            }

            try
            {
                await db.SaveChangesAsync(cancellationToken);
                signal.Set();
                return (environment, null);
            }
            catch (DbUpdateException exception) when (attempt < Tries && !ServiceDefaults.Unavailable.Is(exception))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10 * attempt), time, cancellationToken);
            }
        }
    }
}
