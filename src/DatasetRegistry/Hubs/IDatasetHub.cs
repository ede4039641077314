using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry.Hubs;

/// <summary>A place that datasets come from.</summary>
public interface IDatasetHub
{
    /// <summary>The word before the colon in a reference, such as <c>huggingface</c>.</summary>
    string Source { get; }

    /// <summary>Asks the hub for one dataset. Failures of the hub are an outcome; only cancellation throws.</summary>
    Task<HubAnswer<HubDataset>> FindAsync(string id, CancellationToken cancellationToken);
}

/// <summary>What a hub tells about a dataset, as far as this service uses it; stored and cached as JSON.</summary>
/// <param name="Id">The hub's own spelling, which may differ from what was asked for.</param>
/// <param name="Modality">As tagged, such as <c>text</c>; null where the hub has not looked.</param>
/// <param name="Configurations">In the hub's order; empty where nothing tells the size.</param>
/// <param name="DefaultConfiguration">The one that loads when none is named; null where several stand side by side.</param>
/// <param name="FilesBytes">Sum of all files, for datasets whose configurations tell no sizes.</param>
/// <param name="Note">Where figures come from that the hub did not serve.</param>
public sealed record HubDataset(
    string Source,
    string Id,
    string? Revision,
    string? Task,
    string? Modality,
    string? License,
    bool Gated,
    long? Downloads,
    long? Likes,
    IReadOnlyList<string> Tags,
    IReadOnlyList<DatasetConfiguration> Configurations,
    string? DefaultConfiguration,
    long? FilesBytes,
    Provenance Provenance,
    string? Note = null);

/// <summary>One way to load a dataset.</summary>
/// <param name="DownloadBytes">Bytes to transfer, where told.</param>
public sealed record DatasetConfiguration(string Name, long? DownloadBytes, IReadOnlyList<DatasetSplit> Splits);
