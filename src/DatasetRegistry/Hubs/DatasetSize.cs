namespace Terradev.DatasetRegistry.Hubs;

/// <summary>Rows and bytes of what loads when no configuration is named.</summary>
/// <param name="Rows">Sum over the splits; null when one of them tells none.</param>
/// <param name="DownloadBytes">Bytes to transfer.</param>
/// <param name="SizeBytes">Bytes once decoded: sum over the splits; null when one of them tells none.</param>
public sealed record DatasetSize(long? Rows, long? DownloadBytes, long? SizeBytes)
{
    /// <summary>An exabyte: no figure above it is a dataset, and sums of a few thousand still fit.</summary>
    public const long Largest = 1_000_000_000_000_000;

    /// <summary>
    /// Counts the default configuration, or all of them where none is the default. Bytes to transfer are the configurations' own figures, else
    /// the size of all files in the repository.
    /// </summary>
    public static DatasetSize Of(HubDataset dataset)
    {
        var chosen = dataset.Configurations.Where(configuration => configuration.Name == dataset.DefaultConfiguration).ToArray();
        IReadOnlyList<DatasetConfiguration> counted = chosen.Length > 0 ? chosen : dataset.Configurations;
        return new DatasetSize(
            Sum([.. counted.Select(configuration => Sum([.. configuration.Splits.Select(split => split.Rows)]))]),
            Sum([.. counted.Select(configuration => configuration.DownloadBytes)]) ?? dataset.FilesBytes,
            Sum([.. counted.Select(configuration => Sum([.. configuration.Splits.Select(split => split.SizeBytes)]))]));
    }

    /// <summary>The sum; null when there is nothing to sum or a part is unknown, because a sum of some parts is no size.</summary>
    public static long? Sum(IReadOnlyList<long?> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part is null or < 0 or > Largest))
        {
            return null;
        }

        var sum = parts.Aggregate((Int128)0, (total, part) => total + part!.Value);
        return sum <= long.MaxValue ? (long)sum : null;
    }
}
