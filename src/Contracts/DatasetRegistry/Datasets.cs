namespace Terradev.Contracts.DatasetRegistry;

/// <summary>A dataset with its size.</summary>
/// <param name="Source">The hub, such as <c>huggingface</c>.</param>
/// <param name="Id">The hub's id, such as <c>stanfordnlp/imdb</c>.</param>
/// <param name="Modality"><c>text</c>, <c>image</c>, <c>audio</c>, <c>tabular</c>, ... where known.</param>
/// <param name="Rows">
/// Rows of all splits of the default configuration: the one that the card marks, the only one, or the one named "default". Where none is, of all
/// configurations. Null when one of the splits does not tell: a sum of some parts is no size.
/// </param>
/// <param name="DownloadBytes">Bytes to transfer for the same configurations; where they do not tell, all files of the repository.</param>
/// <param name="SizeBytes">Bytes once decoded: the sum over the same splits, never a total that the card states beside them.</param>
/// <param name="Splits">Every split of every configuration.</param>
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
