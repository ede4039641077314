namespace Terradev.Contracts.ModelRegistry;

/// <summary>A hub's catalogue was taken over to its end.</summary>
public sealed record ModelCatalogUpdated : CatalogEvent
{
    /// <summary>Models that were not known before.</summary>
    public required long Added { get; init; }

    /// <summary>Models that were known and told again.</summary>
    public required long Updated { get; init; }

    /// <summary>Entries that could not be read.</summary>
    public required long Skipped { get; init; }
}
