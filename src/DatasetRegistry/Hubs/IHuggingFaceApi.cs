using System.Text.Json;
using System.Text.Json.Serialization;
using RestEase;

namespace Terradev.DatasetRegistry.Hubs;

/// <summary>The address of the Hugging Face Hub that describes a dataset. Ids are checked before they come here.</summary>
[AllowAnyStatusCode]
public interface IHuggingFaceApi
{
    /// <summary>Metadata, with the size of every file.</summary>
    [Get("api/datasets/{id}?blobs=true")]
    Task<Response<HuggingFaceDataset>> GetDatasetAsync([Path(UrlEncode = false)] string id, CancellationToken cancellationToken);
}

/// <summary>The hub's dataset viewer, which has read the data itself.</summary>
[AllowAnyStatusCode]
public interface IDatasetViewer
{
    [Get("size")]
    Task<Response<ViewerAnswer>> GetSizeAsync([Query] string dataset, CancellationToken cancellationToken);
}

/// <summary>Fields of <c>GET /api/datasets/{id}</c>; <c>gated</c> is false, "auto" or "manual".</summary>
public sealed record HuggingFaceDataset(
    string Id, string? Sha, JsonElement Gated, long? Downloads, long? Likes, IReadOnlyList<string>? Tags, JsonElement CardData, IReadOnlyList<HuggingFaceFile>? Siblings);

public sealed record HuggingFaceFile(string Rfilename, long? Size);

/// <summary>Answer of <c>/size</c>. <c>partial</c> is true above 5 GB: rows and bytes are then those of the first part only.</summary>
public sealed record ViewerAnswer(ViewerSize? Size, IReadOnlyList<JsonElement>? Pending, IReadOnlyList<JsonElement>? Failed, bool Partial);

public sealed record ViewerSize(IReadOnlyList<ViewerConfiguration>? Configs, IReadOnlyList<ViewerSplit>? Splits);

public sealed record ViewerConfiguration(string Config, [property: JsonPropertyName("num_bytes_original_files")] long? OriginalBytes);

public sealed record ViewerSplit(
    string Config, string Split, [property: JsonPropertyName("num_bytes_memory")] long? MemoryBytes, [property: JsonPropertyName("num_rows")] long? Rows);

/// <summary>RestEase reads JSON with Newtonsoft unless told otherwise.</summary>
internal sealed class HubJson : ResponseDeserializer
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { MaxDepth = 32, NumberHandling = JsonNumberHandling.Strict };

    public override T Deserialize<T>(string? content, HttpResponseMessage response, ResponseDeserializerInfo info) =>
        JsonSerializer.Deserialize<T>(content ?? "", Options) ?? throw new JsonException("The answer is null.");
}
