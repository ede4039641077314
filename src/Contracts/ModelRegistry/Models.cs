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
/// <param name="Source">The hub: <c>huggingface</c>, <c>tensorflow-hub</c>, <c>pytorch-hub</c>.</param>
/// <param name="Id">The hub's id, such as <c>google-bert/bert-base-uncased</c>.</param>
/// <param name="Parameters">Number of parameters, where known.</param>
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
    Provenance Provenance);

/// <summary>A model with what sizing needs.</summary>
public sealed record ModelDetail(ModelSummary Model, string? Revision, ModelParameters? Parameters, IReadOnlyList<ModelFile> Files, ModelArchitecture? Architecture);

/// <summary>One file of a repository.</summary>
/// <param name="SizeBytes">Bytes, where the hub tells.</param>
/// <param name="Sha256">Content hash in hexadecimal; hubs give it for large files only.</param>
public sealed record ModelFile(string Path, long? SizeBytes, string? Sha256);

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
