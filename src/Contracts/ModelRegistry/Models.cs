namespace Terradev.Contracts.ModelRegistry;

/// <summary>What the model is made to do on the GPU; it decides which formula sizes the memory.</summary>
public enum WorkloadMode
{
    Inference,
    Full,
    Lora,
    Qlora,
}

/// <summary>Number format of weights and activations in the workload.</summary>
public enum Precision
{
    Fp32,
    Bf16,
    Fp16,
    Int8,
    Int4,

    /// <summary>Weights in 8-bit floats (E4M3), which GPUs multiply from compute capability 8.9 on.</summary>
    Fp8,

    /// <summary>Weights in 4-bit floats with a scale for each small block, which GPUs multiply from compute capability 10.0 on.</summary>
    Fp4,
}

/// <summary>What keeps the optimizer's state in training.</summary>
public enum TrainingOptimizer
{
    Adamw,

    /// <summary>Adam with both moments in 8 bits.</summary>
    Adam8bit,
    SgdMomentum,
}

/// <summary>Which activations are computed again in the backward pass instead of being kept.</summary>
public enum Recomputation
{
    /// <summary>All are kept, the attention matrices too.</summary>
    None,

    /// <summary>All but the attention matrices are kept, as flash attention does.</summary>
    Selective,

    /// <summary>Only the input of each layer is kept.</summary>
    Full,
}

/// <summary>How a figure was found, best first.</summary>
public enum Confidence
{
    Headers,
    Config,
    Files,
    Name,
}

/// <summary>A model as the lists show it.</summary>
/// <param name="Source">The hub: <c>huggingface</c>, <c>tensorflow-hub</c>, <c>pytorch-hub</c>; <c>reference</c> for algorithms that libraries construct, <c>custom</c> for registered models.</param>
/// <param name="Id">The hub's id, such as <c>google-bert/bert-base-uncased</c>.</param>
/// <param name="Parameters">Number of parameters, where known.</param>
/// <param name="Downloads">Downloads of the last 30 days, where the hub counts them.</param>
/// <param name="Provenance">Whether the hub or the shipped snapshot said so, and when.</param>
public sealed record ModelSummary(
    string Source,
    string Id,
    string? Task,
    string? Library,
    string? License,
    bool Gated,
    long? Parameters,
    long? Downloads,
    long? Likes,
    DateTimeOffset? LastModified,
    IReadOnlyList<string> Tags,
    Provenance Provenance)
{
    /// <summary>The name that people give it, where it differs from the id.</summary>
    public string? Title { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Stars of the repository on GitHub, for hubs whose models live there.</summary>
    public long? Stars { get; init; }

    /// <summary>The hub's own measure of what is sought at the moment; comparable within one hub only.</summary>
    public double? TrendingScore { get; init; }

    /// <summary>Bytes of the weights as the repository stores them.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Null where the hub tells none of its parts.</summary>
    public Popularity? Popularity { get; init; }
}

/// <summary>One measure for all hubs, 0 to 100: the parts, which sum to the score, share 100 points among those that the hub tells.</summary>
/// <param name="Usage">Points for downloads of the last 30 days, logarithmic; null where the hub does not count them.</param>
/// <param name="Approval">Points for likes or stars, logarithmic; null where there are none to give.</param>
/// <param name="Recency">Points for the last change, halved every year; null where it is not known.</param>
public sealed record Popularity(double Score, double? Usage, double? Approval, double? Recency);

/// <summary>One page of models.</summary>
/// <param name="Facets">How many models match by value, when they were asked for.</param>
public sealed record ModelPage(IReadOnlyList<ModelSummary> Items, string? NextCursor, ModelFacets? Facets);

/// <summary>How many of the matching models have each value; the 50 most frequent values of each field.</summary>
public sealed record ModelFacets(
    IReadOnlyDictionary<string, int> Source, IReadOnlyDictionary<string, int> Task, IReadOnlyDictionary<string, int> Library, IReadOnlyDictionary<string, int> License);

/// <summary>A model with what sizing needs.</summary>
public sealed record ModelDetail(ModelSummary Model, string? Revision, ModelParameters? Parameters, IReadOnlyList<ModelFile> Files, ModelArchitecture? Architecture)
{
    public string? Description { get; init; }

    /// <summary>Code or addresses that load the model, as its hub documents them.</summary>
    public IReadOnlyList<string> Usage { get; init; } = [];

    /// <summary>GPU memory by mode and precision at default context and batch; GET /api/v1/requirements tells the parts.</summary>
    public IReadOnlyList<MemoryNeed> Needs { get; init; } = [];

    /// <summary>Popular models for the same task with half to double the parameters.</summary>
    public IReadOnlyList<ModelSummary> Similar { get; init; } = [];

    /// <summary>Popular models for the same task with less than half the parameters.</summary>
    public IReadOnlyList<ModelSummary> Smaller { get; init; } = [];
}

/// <summary>Bytes of GPU memory that a workload takes on one device.</summary>
public sealed record MemoryNeed(WorkloadMode Mode, Precision Precision, long TotalBytes);

/// <summary>One file of a repository.</summary>
/// <param name="SizeBytes">Bytes, where the hub tells.</param>
/// <param name="Sha256">SHA-256 of the content in hexadecimal; hubs give it for large files only.</param>
/// <param name="GitSha1">Git's blob hash in hexadecimal: SHA-1 of <c>"blob " + length + "\0" + content</c>; for files that git itself keeps.</param>
public sealed record ModelFile(string Path, long? SizeBytes, string? Sha256, string? GitSha1 = null);

/// <summary>Parameter counts.</summary>
/// <param name="Total">All parameters, experts included.</param>
/// <param name="Active">Parameters used per token; equals <paramref name="Total"/> unless the model is a mixture of experts.</param>
/// <param name="ByDtype">Stored elements by dtype of the file headers (<c>F32</c>, <c>BF16</c>, ...).</param>
/// <param name="Source">Where the figure was read, such as <c>safetensors headers</c>.</param>
public sealed record ModelParameters(long Total, long Active, IReadOnlyDictionary<string, long> ByDtype, string Source, Confidence Confidence);

/// <summary>The figures of <c>config.json</c> that memory formulas use; null where the architecture has no such thing.</summary>
public sealed record ModelArchitecture(
    string Type,
    int? HiddenSize,
    int? Layers,
    int? AttentionHeads,
    int? KeyValueHeads,
    int? HeadDim,
    int? IntermediateSize,
    int? VocabularySize,
    int? MaxPositions,
    string? StoredDtype);
