namespace Terradev.Contracts.DatasetRegistry;

/// <summary>A dataset with its size.</summary>
/// <param name="Source">The hub, such as <c>huggingface</c>.</param>
/// <param name="Id">The hub's id, such as <c>stanfordnlp/imdb</c>.</param>
/// <param name="Modality"><c>text</c>, <c>image</c>, <c>audio</c>, <c>tabular</c>, ... where known.</param>
/// <param name="Rows">Rows of all splits of the default configuration (of all configurations where none is the default).</param>
/// <param name="DownloadBytes">Bytes to transfer.</param>
/// <param name="SizeBytes">Bytes once decoded.</param>
/// <param name="Provenance">Whether the hub or the shipped snapshot said so, and when.</param>
public sealed record DatasetSummary(
    string Source,
    string Id,
    string? Task,
    string? Modality,
    string? License,
    bool Gated,
    long? Rows,
    long? DownloadBytes,
    long? SizeBytes,
    IReadOnlyList<DatasetSplit> Splits,
    long? Downloads,
    long? Likes,
    IReadOnlyList<string> Tags,
    Provenance Provenance)
{
    /// <summary>Bytes of English text per token of a subword vocabulary; about 4 for BPE and WordPiece.</summary>
    public const int BytesPerToken = 4;

    /// <summary>Average tokens of a row of text: decoded bytes / rows / 4, at least 1; null for what is not text or has no known size.</summary>
    public long? TokensPerRow =>
        string.Equals(Modality, "text", StringComparison.OrdinalIgnoreCase) && this is { Rows: > 0 and var rows, SizeBytes: > 0 and var bytes }
            ? Math.Max(1, bytes / rows / BytesPerToken)
            : null;
}

/// <summary>One split of one configuration.</summary>
public sealed record DatasetSplit(string Configuration, string Split, long? Rows, long? SizeBytes);

/// <summary>Message: resolve a dataset, written <c>source:id</c>. Answered by <see cref="DatasetResolved"/>.</summary>
public sealed record ResolveDataset(string Dataset);

/// <summary>Answer to <see cref="ResolveDataset"/>: either the dataset or the refusal.</summary>
public sealed record DatasetResolved(DatasetSummary? Dataset, Refusal? Refusal);
