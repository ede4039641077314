namespace Terradev.Contracts.ComputeOptimizer;

/// <summary>The prices of a source were taken over.</summary>
public sealed record PricesUpdated : CatalogEvent
{
    /// <summary>The snapshot that the import made.</summary>
    public required long Snapshot { get; init; }

    /// <summary>The newest price in it.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Offers the source has now.</summary>
    public required int Offers { get; init; }

    /// <summary>Offers that are new, have another price or are gone.</summary>
    public required int Changed { get; init; }

    /// <summary>Prices that a rule kept out.</summary>
    public required int Quarantined { get; init; }
}
