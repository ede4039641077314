using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>A place that models come from.</summary>
public interface IModelHub
{
    /// <summary>The word before the colon in a reference, such as <c>huggingface</c>.</summary>
    string Source { get; }

    /// <summary>Asks the hub for one model. Failures of the hub are an outcome; only cancellation throws.</summary>
    Task<HubAnswer<HubModel>> FindAsync(string id, CancellationToken cancellationToken);
}

/// <summary>What a hub tells about a model, as far as this service uses it; stored and cached as JSON.</summary>
/// <param name="Id">The hub's own spelling, which may differ from what was asked for.</param>
/// <param name="StoredElements">Elements by dtype as the hub counted them in the file headers; null where it has not.</param>
/// <param name="PublishedParameters">A count that the authors published, for models whose files tell none.</param>
/// <param name="Config"><c>config.json</c> without its bulky parts; null when missing or gated.</param>
/// <param name="Note">Where figures come from that the hub did not serve.</param>
public sealed record HubModel(
    string Source,
    string Id,
    string? Revision,
    string? Task,
    string? Library,
    string? License,
    bool Gated,
    long? Downloads,
    long? Likes,
    DateTimeOffset? LastModified,
    IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, long>? StoredElements,
    long? PublishedParameters,
    IReadOnlyList<ModelFile> Files,
    JsonElement? Config,
    Provenance Provenance,
    string? Note = null);
