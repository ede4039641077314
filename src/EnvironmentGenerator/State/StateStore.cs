using Microsoft.EntityFrameworkCore;
using Terradev.EnvironmentGenerator.Runs;

namespace Terradev.EnvironmentGenerator.State;

/// <summary>Keeps every version of every environment's Terraform state; only the holder of the run's lease may add one.</summary>
internal sealed class StateStore(IServiceScopeFactory scopes, StateCipher cipher, TimeProvider time)
{
    /// <summary>Adds a version; one that is already the newest is left as it is.</summary>
    /// <exception cref="LeaseLostException">Another worker holds the run by now.</exception>
    /// <exception cref="InvalidOperationException">The state is older than the stored one or of another lineage.</exception>
    public async Task SaveAsync(RunLease lease, TerraformState state, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // Takes the row's lock as well as checking the token: a new holder waits until this version is in.
            var held = await db.Runs
                .Where(run => run.EnvironmentId == lease.EnvironmentId && run.Number == lease.Number && run.LeaseToken == lease.Token)
                .ExecuteUpdateAsync(set => set.SetProperty(run => run.StateSerial, state.Serial), cancellationToken);
            if (held == 0)
            {
                throw new LeaseLostException(lease);
            }

            var last = await db.States.AsNoTracking().Where(stored => stored.EnvironmentId == lease.EnvironmentId)
                .OrderByDescending(stored => stored.Version).FirstOrDefaultAsync(cancellationToken);
            if (last?.Sha256 == state.Sha256)
            {
                return;
            }

            if (last is not null && last.Lineage == state.Lineage && last.Serial > state.Serial)
            {
                throw new InvalidOperationException($"State serial {state.Serial} of environment {lease.EnvironmentId} is older than the stored {last.Serial}.");
            }

            if (last is not null && last.Lineage != state.Lineage && last.Resources > 0)
            {
                throw new InvalidOperationException($"The state of environment {lease.EnvironmentId} has another lineage than the stored one, which still has resources.");
            }

            var version = (last?.Version ?? 0) + 1;
            db.States.Add(new StateVersion
            {
                EnvironmentId = lease.EnvironmentId,
                Version = version,
                Serial = state.Serial,
                Lineage = state.Lineage,
                Resources = state.Addresses.Count,
                Run = lease.Number,
                LeaseToken = lease.Token,
                Sha256 = state.Sha256,
                KeyId = cipher.KeyId,
                Ciphertext = cipher.Encrypt(state.Content, Context(lease.EnvironmentId, version)),
                StoredAt = time.GetUtcNow(),
            });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });
    }

    /// <summary>The newest version in clear text, or null when there is none.</summary>
    public async Task<(int Version, TerraformState State)?> LoadAsync(string environmentId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EnvironmentGeneratorDb>();
        var last = await db.States.AsNoTracking().Where(stored => stored.EnvironmentId == environmentId)
            .OrderByDescending(stored => stored.Version).FirstOrDefaultAsync(cancellationToken);
        if (last is null)
        {
            return null;
        }

        if (last.KeyId != cipher.KeyId)
        {
            throw new InvalidOperationException(
                $"The state of environment {environmentId} is encrypted with key {last.KeyId}, but this replica has key {cipher.KeyId}. Give every replica the same {StateOptions.Section}:Key.");
        }

        var content = cipher.Decrypt(last.Ciphertext, Context(environmentId, last.Version));
        return (last.Version, TerraformState.TryParse(content) ?? throw new InvalidDataException($"Version {last.Version} of the state of {environmentId} cannot be read."));
    }

    private static string Context(string environmentId, int version) => $"state|{environmentId}|{version}";
}
