using Terradev.Contracts.DatasetRegistry;
using Terradev.DatasetRegistry.Hubs;

namespace Terradev.DatasetRegistry.Catalog;

/// <summary>What was last learned about a dataset, from its hub or from the shipped snapshot; the columns are what lists filter and sort by.</summary>
public sealed class DatasetEntry
{
    public required string Source { get; init; }

    /// <summary>The id in lower case: hubs find a dataset however it is capitalized.</summary>
    public required string Key { get; init; }

    public string? Task { get; private set; }

    public long? Rows { get; private set; }

    public long? Downloads { get; private set; }

    public long? Likes { get; private set; }

    /// <summary>Lower-case tags between line feeds, so that one can be found whole.</summary>
    public string Tags { get; private set; } = "";

    public HubDataset Document { get; private set; } = null!;

    /// <summary>True while nothing but the shipped snapshot is known.</summary>
    public bool FromSnapshot { get; private set; }

    public DateTimeOffset AsOf { get; private set; }

    public static string KeyOf(string id) => id.ToLowerInvariant();

    public static DatasetEntry Of(HubDataset dataset)
    {
        var entry = new DatasetEntry { Source = dataset.Source, Key = KeyOf(dataset.Id) };
        entry.Learn(dataset);
        return entry;
    }

    /// <summary>Takes over newer figures; older ones change nothing.</summary>
    public bool Learn(HubDataset dataset)
    {
        if (Document is not null && dataset.Provenance.AsOf < AsOf)
        {
            return false;
        }

        Document = dataset;
        Task = dataset.Task?.ToLowerInvariant();
        Rows = DatasetSize.Of(dataset).Rows;
        Downloads = dataset.Downloads;
        Likes = dataset.Likes;
        Tags = $"\n{string.Join('\n', dataset.Tags.Select(tag => tag.ToLowerInvariant()))}\n";
        FromSnapshot = dataset.Provenance.Source == Snapshot.Origin;
        AsOf = dataset.Provenance.AsOf;
        return true;
    }
}

public static class HubDatasetMapping
{
    public static DatasetSummary ToSummary(this HubDataset dataset)
    {
        var size = DatasetSize.Of(dataset);
        return new DatasetSummary(
            dataset.Source, dataset.Id, dataset.Task, dataset.Modality ?? DatasetCard.ModalityOf(dataset.Task), dataset.License, dataset.Gated, size.Rows, size.DownloadBytes, size.SizeBytes,
            [.. dataset.Configurations.SelectMany(configuration => configuration.Splits)], dataset.Downloads, dataset.Likes, dataset.Tags, dataset.Provenance);
    }
}
