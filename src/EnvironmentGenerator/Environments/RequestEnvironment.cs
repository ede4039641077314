using System.Security.Cryptography;
using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Blueprints;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>
/// Takes a request: refuses at once what can be seen to be impossible, otherwise stores a draft with its first run. When
/// the other services do not answer in time the draft is stored all the same, and its run asks them again.
/// </summary>
internal sealed partial class RequestEnvironment(
    EnvironmentGeneratorDb db, BlueprintCatalog blueprints, ChooseOffer chooseOffer, PrepareProviders providers, AwsAccess aws, RunSignal signal, TimeProvider time, ILogger<RequestEnvironment> logger)
{
    // A hub that answers with errors may take 10 seconds until the snapshot speaks for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<(GpuEnvironment? Environment, Refusal? Refusal)> HandleAsync(
        EnvironmentRequest body, string? idempotencyKey, string caller, CancellationToken cancellationToken)
    {
        if (idempotencyKey is { Length: 0 or > 200 })
        {
            return (null, new Refusal(RefusalCodes.InvalidRequest, "The Idempotency-Key is empty or too long.", "Send 1 to 200 characters, such as a UUID."));
        }

        var blueprint = await blueprints.FindAsync(body.Cloud ?? Cloud.Aws, body.Blueprint ?? "training", cancellationToken);
        var (request, refusal) = ValidateRequest.Check(body, aws.DefaultRegion, blueprint);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, TerradevJson.Options)));
        if (await AlreadyMadeAsync(idempotencyKey, hash, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        if (request.Rehearsal == false && !aws.HasCredentials)
        {
            LogNoCredentials();
        }

        providers.Begin(blueprint!);
        var (generation, unfit) = await ChooseAsync(request, cancellationToken);
        if (unfit is not null)
        {
            return (null, unfit);
        }

        return await StoreAsync(request, blueprint!, generation, idempotencyKey, hash, caller, cancellationToken);
    }

    private async Task<(GpuEnvironment?, Refusal?)> StoreAsync(
        EnvironmentRequest request, Blueprint blueprint, Generation? generation, string? idempotencyKey, string hash, string caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rehearsal = request.Rehearsal ?? !aws.HasCredentials;
        var name = request.Name ?? ValidateRequest.DeriveName(request.Model!, Random.Shared);
        var environment = GpuEnvironment.Ask(request, name, request.Owner ?? caller, rehearsal, now, blueprint.RegisteredVersion);
        var run = environment.QueueRun(rehearsal ? RunKind.Rehearse : RunKind.Apply, request.AutoApprove, now);
        db.Environments.Add(environment);
        db.Runs.Add(run);
        if (idempotencyKey is not null)
        {
            db.IdempotencyKeys.Add(new IdempotencyKey { Key = idempotencyKey, RequestHash = hash, EnvironmentId = environment.Id, CreatedAt = now });
        }

        if (generation is not null)
        {
            environment.Choose(generation, now);
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (!Unavailable.Is(exception))
        {
            db.ChangeTracker.Clear();
            if (await AlreadyMadeAsync(idempotencyKey, hash, cancellationToken) is { } earlier)
            {
                return earlier;
            }

            if (await db.Environments.AnyAsync(e => e.ActiveName == name, cancellationToken))
            {
                return (null, new Refusal(
                    RefusalCodes.NameTaken, $"Another environment is called '{name}'.", "Choose another name, or leave it out.",
                    new Dictionary<string, string[]> { ["name"] = ["Taken."] }));
            }

            throw;
        }

        signal.Set();
        return (environment, null);
    }

    private async Task<(GpuEnvironment?, Refusal?)?> AlreadyMadeAsync(string? idempotencyKey, string hash, CancellationToken cancellationToken)
    {
        if (idempotencyKey is null || await db.IdempotencyKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Key == idempotencyKey, cancellationToken) is not { } known)
        {
            return null;
        }

        return known.RequestHash == hash
            ? (await db.Environments.AsNoTracking().Include(e => e.Generation).SingleAsync(e => e.Id == known.EnvironmentId, cancellationToken), null)
            : (null, new Refusal(RefusalCodes.IdempotencyKeyReused, "This Idempotency-Key came with another body before.", "Use a new key for a new request."));
    }

    private async Task<(Generation?, Refusal?)> ChooseAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await chooseOffer.ForAsync(request, patience.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && (exception is OperationCanceledException or RequestException || Unavailable.Is(exception)))
        {
            LogChosenLater(exception);
            return (null, null);
        }
    }

    [LoggerMessage(EventId = 240, Level = LogLevel.Warning, Message = "The registries or the optimizer do not answer; the choice is made by the run")]
    private partial void LogChosenLater(Exception exception);

    [LoggerMessage(EventId = 241, Level = LogLevel.Warning, Message = "An apply was asked for, but no AWS credentials are configured here; Terraform may still find a machine's own role")]
    private partial void LogNoCredentials();
}
