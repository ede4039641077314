using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Distributed;
using Terradev.Contracts;
using Terradev.ModelRegistry.Hubs;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>A model, or why there is none.</summary>
internal sealed record FoundModel(HubModel? Model, Refusal? Refusal);

/// <summary>
/// Finds one model: the hub's answer of the last ten minutes, the hub, what the store last learned from it, the shipped snapshot.
/// The hub's word that a model does not exist is final. Registered models are in the store alone.
/// </summary>
internal sealed class FindModel(
    IEnumerable<IModelHub> hubs, ModelRegistryDb db, CatalogWriter writer, StoreReady<ModelRegistryDb> ready, IDistributedCache cache, ILogger<FindModel> logger)
{
    private static readonly DistributedCacheEntryOptions Fresh = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(10) };

    /// <param name="model">Written <c>source:id</c>; a bare id means Hugging Face.</param>
    public async Task<FoundModel> RunAsync(string? model, CancellationToken cancellationToken)
    {
        if (!HubReference.TryParse(model, out var reference))
        {
            return Refused(new(RefusalCodes.InvalidRequest, "The model is not written as source:id with letters, digits, '.', '_', '-' and '/'.",
                "Write the model as huggingface:google-bert/bert-base-uncased."));
        }

        if (reference.Source == ModelEntry.Registered)
        {
            return await RegisteredAsync(reference, cancellationToken);
        }

        if (hubs.FirstOrDefault(candidate => candidate.Source == reference.Source) is not { } hub)
        {
            return Refused(new(RefusalCodes.UnknownSource, $"'{reference.Source}' is not a model hub that is known here.",
                $"Use one of: {string.Join(", ", hubs.Select(known => known.Source).Append(ModelEntry.Registered))}."));
        }

        using var activity = ModelRegistryTelemetry.Source.StartActivity("find model");
        activity?.SetTag("terradev.model", reference.ToString());
        var cacheKey = $"model:{reference.Source}:{ModelEntry.KeyOf(reference.Id)}";
        if (await cache.GetAsync(cacheKey, cancellationToken) is { } cached && JsonSerializer.Deserialize<HubModel>(cached, TerradevJson.Options) is { } fresh)
        {
            ModelRegistryTelemetry.LookedUp("cache");
            return new FoundModel(fresh, null);
        }

        var answer = await hub.FindAsync(reference.Id, cancellationToken);
        switch (answer)
        {
            case { Outcome: HubOutcome.Found, Value: { } found }:
                found = WithKnownConfig(found);
                await KeepAsync(found, cancellationToken);
                await cache.SetAsync(cacheKey, JsonSerializer.SerializeToUtf8Bytes(found, TerradevJson.Options), Fresh, cancellationToken);
                ModelRegistryTelemetry.LookedUp("hub");
                return new FoundModel(found, null);
            case { Outcome: HubOutcome.Unknown }:
                ModelRegistryTelemetry.LookedUp("none");
                return Refused(new(RefusalCodes.ModelNotFound, $"{reference}: {answer.Reason}",
                    $"Check the spelling with GET /api/v1/models?search=; for a private model set {SettingsOf(reference.Source).Credentials}."));
            default:
                return await FallBackAsync(reference, answer, cancellationToken);
        }
    }

    // No hub knows these, and every replica must see a change at once: neither hub nor cache is asked.
    private async Task<FoundModel> RegisteredAsync(HubReference reference, CancellationToken cancellationToken)
    {
        await ready.WaitForRequestAsync(cancellationToken);
        var key = ModelEntry.KeyOf(reference.Id);
        var registered = await db.Models.AsNoTracking().SingleOrDefaultAsync(entry => entry.Source == reference.Source && entry.Key == key, cancellationToken);
        ModelRegistryTelemetry.LookedUp(registered is null ? "none" : "store");
        return registered is not null
            ? new FoundModel(registered.ToModel(), null)
            : Refused(new(RefusalCodes.ModelNotFound, $"{reference} is not registered.", "Register it with POST /api/v1/models, or look at GET /api/v1/models?source=custom."));
    }

    private async Task<FoundModel> FallBackAsync(HubReference reference, HubAnswer<HubModel> answer, CancellationToken cancellationToken)
    {
        await ready.WaitForRequestAsync(cancellationToken);
        var key = ModelEntry.KeyOf(Snapshot.Shipped.CurrentId(reference.Source, reference.Id));
        var stored = await db.Models.AsNoTracking().SingleOrDefaultAsync(entry => entry.Source == reference.Source && entry.Key == key, cancellationToken);
        if (stored is not null)
        {
            var shipped = stored.Origin == Snapshot.Origin;
            ModelRegistryTelemetry.LookedUp(shipped ? "snapshot" : "store");
            Log.FellBack(logger, reference.ToString(), shipped ? "the shipped snapshot" : "the store", stored.AsOf, answer.Reason);
            return new FoundModel(stored.ToModel(), null);
        }

        ModelRegistryTelemetry.LookedUp("none");
        return Refused(answer.Outcome is HubOutcome.Gated
            ? new(RefusalCodes.ModelGated, $"{reference}: {answer.Reason}", "Accept the model's terms on the hub and set ModelRegistry:HuggingFace:Token or HF_TOKEN.")
            : new(RefusalCodes.HubUnreachable, $"{reference}: {answer.Reason} Neither the store nor the shipped snapshot has this model.",
                $"Check the network and {SettingsOf(reference.Source).Endpoint}, or choose one of GET /api/v1/models."));
    }

    // A gated repository shows its headers to everyone and its config to few.
    private static HubModel WithKnownConfig(HubModel model) =>
        model.Config is null && Snapshot.Shipped.Find(model.Source, model.Id) is { Config: { } config } shipped
            ? model with { Config = config, PublishedParameters = shipped.PublishedParameters, Note = "config.json is the shipped one: the hub did not serve it." }
            : model;

    private async Task KeepAsync(HubModel model, CancellationToken cancellationToken)
    {
        await ready.WaitForRequestAsync(cancellationToken);
        await writer.WriteAsync([ModelEntry.Of(model)], cancellationToken);
    }

    private static (string Endpoint, string Credentials) SettingsOf(string source) => source switch
    {
        TensorFlowHub.Name => ($"{TensorFlowHubOptions.Section}:Endpoint", "KAGGLE_USERNAME and KAGGLE_KEY, or KAGGLE_API_TOKEN"),
        PyTorchHub.Name => ($"{PyTorchHubOptions.Section}:Endpoint", $"{PyTorchHubOptions.Section}:Token or GITHUB_TOKEN"),
        _ => ($"{HuggingFaceOptions.Section}:Endpoint", $"{HuggingFaceOptions.Section}:Token or HF_TOKEN"),
    };

    private static FoundModel Refused(Refusal refusal) => new(null, refusal);
}
