using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Distributed;
using Terradev.Contracts;
using Terradev.DatasetRegistry.Hubs;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry.Catalog;

/// <summary>A dataset, or why there is none.</summary>
public sealed record FoundDataset(HubDataset? Dataset, Refusal? Refusal);

/// <summary>
/// Finds one dataset: the hub's answer of the last ten minutes, the hub, what the store last learned from it, the shipped snapshot.
/// The hub's word that a dataset does not exist is final.
/// </summary>
public sealed class FindDataset(
    IEnumerable<IDatasetHub> hubs, DatasetRegistryDb db, StoreReady<DatasetRegistryDb> ready, IDistributedCache cache, ILogger<FindDataset> logger)
{
    private static readonly DistributedCacheEntryOptions Fresh = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(10) };

    /// <param name="dataset">Written <c>source:id</c>; a bare id means Hugging Face.</param>
    public async Task<FoundDataset> RunAsync(string? dataset, CancellationToken cancellationToken)
    {
        if (!HubReference.TryParse(dataset, out var reference))
        {
            return Refused(new(RefusalCodes.InvalidRequest, "The dataset is not written as source:id with letters, digits, '.', '_', '-' and '/'.",
                "Write the dataset as huggingface:stanfordnlp/imdb."));
        }

        if (hubs.FirstOrDefault(candidate => candidate.Source == reference.Source) is not { } hub)
        {
            return Refused(new(RefusalCodes.UnknownSource, $"'{reference.Source}' is not a dataset hub that is known here.",
                $"Use one of: {string.Join(", ", hubs.Select(known => known.Source))}."));
        }

        using var activity = DatasetRegistryTelemetry.Source.StartActivity("find dataset");
        activity?.SetTag("terradev.dataset", reference.ToString());
        var cacheKey = $"dataset:{reference.Source}:{DatasetEntry.KeyOf(reference.Id)}";
        if (await cache.GetAsync(cacheKey, cancellationToken) is { } cached && JsonSerializer.Deserialize<HubDataset>(cached, TerradevJson.Options) is { } fresh)
        {
            DatasetRegistryTelemetry.LookedUp("cache");
            return new FoundDataset(fresh, null);
        }

        var answer = await hub.FindAsync(reference.Id, cancellationToken);
        switch (answer)
        {
            case { Outcome: HubOutcome.Found, Value: { } found }:
                found = WithKnownSize(found);
                await KeepAsync(found, cancellationToken);
                await cache.SetAsync(cacheKey, JsonSerializer.SerializeToUtf8Bytes(found, TerradevJson.Options), Fresh, cancellationToken);
                DatasetRegistryTelemetry.LookedUp("hub");
                return new FoundDataset(found, null);
            case { Outcome: HubOutcome.Unknown }:
                DatasetRegistryTelemetry.LookedUp("none");
                return Refused(new(RefusalCodes.DatasetNotFound, $"{reference}: {answer.Reason}",
                    "Check the spelling with GET /api/v1/datasets?search=; for a private dataset set DatasetRegistry:HuggingFace:Token or HF_TOKEN."));
            default:
                return await FallBackAsync(reference, answer, cancellationToken);
        }
    }

    private async Task<FoundDataset> FallBackAsync(HubReference reference, HubAnswer<HubDataset> answer, CancellationToken cancellationToken)
    {
        await ready.WaitForRequestAsync(cancellationToken);
        var key = DatasetEntry.KeyOf(Snapshot.Shipped.CurrentId(reference.Source, reference.Id));
        var stored = await db.Datasets.AsNoTracking().SingleOrDefaultAsync(entry => entry.Source == reference.Source && entry.Key == key, cancellationToken);
        if (stored is not null)
        {
            DatasetRegistryTelemetry.LookedUp(stored.FromSnapshot ? "snapshot" : "store");
            Log.FellBack(logger, reference.ToString(), stored.FromSnapshot ? "the shipped snapshot" : "the store", stored.AsOf, answer.Reason);
            return new FoundDataset(stored.Document, null);
        }

        DatasetRegistryTelemetry.LookedUp("none");
        return Refused(answer.Outcome is HubOutcome.Gated
            ? new(RefusalCodes.DatasetGated, $"{reference}: {answer.Reason}", "Accept the dataset's terms on the hub and set DatasetRegistry:HuggingFace:Token or HF_TOKEN.")
            : new(RefusalCodes.HubUnreachable, $"{reference}: {answer.Reason} Neither the store nor the shipped snapshot has this dataset.",
                "Check the network and DatasetRegistry:HuggingFace:Endpoint, or choose one of GET /api/v1/datasets."));
    }

    // The hub's card may be silent on sizes that the snapshot has.
    private static HubDataset WithKnownSize(HubDataset dataset) =>
        DatasetSize.Of(dataset) is { Rows: null, SizeBytes: null } && Snapshot.Shipped.Find(dataset.Source, dataset.Id) is { Configurations.Count: > 0 } shipped
            ? dataset with { Configurations = shipped.Configurations, DefaultConfiguration = shipped.DefaultConfiguration, Note = "Sizes are the shipped ones: the hub tells none." }
            : dataset;

    private async Task KeepAsync(HubDataset dataset, CancellationToken cancellationToken)
    {
        await ready.WaitForRequestAsync(cancellationToken);
        if (await LearnAsync(dataset, cancellationToken))
        {
            return;
        }

        db.Datasets.Add(DatasetEntry.Of(dataset));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Somebody else added the row in between; anything worse fails again here.
            db.ChangeTracker.Clear();
            if (!await LearnAsync(dataset, cancellationToken))
            {
                throw;
            }
        }
    }

    private async Task<bool> LearnAsync(HubDataset dataset, CancellationToken cancellationToken)
    {
        var key = DatasetEntry.KeyOf(dataset.Id);
        if (await db.Datasets.SingleOrDefaultAsync(entry => entry.Source == dataset.Source && entry.Key == key, cancellationToken) is not { } entry)
        {
            return false;
        }

        entry.Learn(dataset);
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    private static FoundDataset Refused(Refusal refusal) => new(null, refusal);
}
