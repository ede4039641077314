using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Registrations;

/// <summary>What keeping a registration came to.</summary>
/// <param name="Added">True where the model was not there before.</param>
internal sealed record KeptRegistration(HubModel? Model, bool Added, Refusal? Refusal);

/// <summary>Adds, replaces and removes registered models; each is one statement, whoever else does the same at the time.</summary>
internal sealed class KeepRegistration(ModelRegistryDb db, CatalogWriter writer, TimeProvider time)
{
    /// <summary>Keeps a new model; the same registration again changes nothing, and another one of the same id is refused.</summary>
    public async Task<KeptRegistration> AddAsync(RegisterModel request, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        if (Registration.Read(request, null, time.GetUtcNow(), errors) is not { } model)
        {
            return Invalid(errors);
        }

        var entry = ModelEntry.Of(model);
        while (true)
        {
            if (await writer.AddAsync(entry, cancellationToken))
            {
                return new KeptRegistration(entry.ToModel(), Added: true, null);
            }

            // It may have been removed since; then it is added after all.
            if (await db.Models.AsNoTracking().SingleOrDefaultAsync(known => known.Source == entry.Source && known.Key == entry.Key, cancellationToken) is { } known)
            {
                return known.Revision == entry.Revision
                    ? new KeptRegistration(known.ToModel(), Added: false, null)
                    : new KeptRegistration(null, Added: false, new(
                        RefusalCodes.ModelExists, $"{ModelEntry.Registered}:{known.Id} is registered with another content.",
                        $"Replace it with PUT /api/v1/models/{ModelEntry.Registered}/{known.Id}, or choose another id."));
            }
        }
    }

    /// <summary>Keeps a model whether or not the id was registered before; when it was first registered stays.</summary>
    public async Task<KeptRegistration> ReplaceAsync(string id, RegisterModel request, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        if (Registration.Read(request, id, time.GetUtcNow(), errors) is not { } model)
        {
            return Invalid(errors);
        }

        var entry = ModelEntry.Of(model);
        var added = await writer.AddAsync(entry, cancellationToken);
        if (!added)
        {
            await writer.ReplaceAsync(entry, cancellationToken);
        }

        var kept = await db.Models.AsNoTracking().SingleOrDefaultAsync(known => known.Source == entry.Source && known.Key == entry.Key, cancellationToken);
        return new KeptRegistration((kept ?? entry).ToModel(), added, null);
    }

    /// <summary>False where no such model is registered.</summary>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var key = ModelEntry.KeyOf(id);
        return await db.Models.Where(entry => entry.Source == ModelEntry.Registered && entry.Key == key).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    private static KeptRegistration Invalid(Dictionary<string, string[]> errors) =>
        new(null, Added: false, new(RefusalCodes.InvalidRequest, "The registration is not valid.", "Correct the fields named in errors.", errors));
}
