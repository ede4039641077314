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

    /// <summary>
    /// Asks the hub for one page of its catalogue. Failures of the hub are an outcome, with <see cref="HubAnswer{T}.RetryAfter"/> where
    /// the hub asks for patience; only cancellation throws.
    /// </summary>
    Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken);
}

/// <summary>Where a pass over a hub's catalogue stands. A pass begins with neither a cursor nor anything left over from it.</summary>
/// <param name="Cursor">The hub's own word for the next page; null for the first.</param>
/// <param name="Since">What had not changed before this time was seen by an earlier pass and need not be told again; null tells everything.</param>
/// <param name="Mark">The <see cref="HubPage.Mark"/> that the last complete pass ended with.</param>
public sealed record CatalogPosition(string? Cursor, DateTimeOffset? Since, string? Mark);

/// <summary>One page of a hub's catalogue.</summary>
/// <param name="Models">The entries that could be read; a list tells less about a model than a lookup, in the same fields.</param>
/// <param name="Next">Cursor of the next page; null at the end, which a hub also reaches at <see cref="CatalogPosition.Since"/>.</param>
/// <param name="Skipped">Why each of the other entries could not be read, one short sentence with the entry's id or place.</param>
public sealed record HubPage(IReadOnlyList<HubModel> Models, string? Next, IReadOnlyList<string> Skipped)
{
    /// <summary>How long the hub wants to be left alone before the next page.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>What this hub wants to be reminded of in the next pass, such as an entity tag.</summary>
    public string? Mark { get; init; }
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
    string? Note = null)
{
    public string? Title { get; init; }

    public string? Description { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The hub's own measure of what is sought at the moment.</summary>
    public double? TrendingScore { get; init; }

    /// <summary>Stars of the GitHub repository that the model is loaded from.</summary>
    public long? Stars { get; init; }

    /// <summary>Code or addresses that load the model, as its hub documents them.</summary>
    public IReadOnlyList<string> Usage { get; init; } = [];
}
