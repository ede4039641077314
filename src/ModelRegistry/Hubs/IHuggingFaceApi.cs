using System.Text.Json;
using System.Text.Json.Serialization;
using RestEase;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>The two addresses of the Hugging Face Hub that describe a model. Ids are checked before they come here.</summary>
[AllowAnyStatusCode]
public interface IHuggingFaceApi
{
    /// <summary>Metadata, with the size and hash of every file.</summary>
    [Get("api/models/{id}?blobs=true")]
    Task<Response<HuggingFaceModel>> GetModelAsync([Path(UrlEncode = false)] string id, CancellationToken cancellationToken);

    /// <summary>One page of the catalogue; the query is <see cref="HuggingFaceHub"/>'s own or the one of the page before's <c>Link</c> header.</summary>
    [Get("api/models")]
    Task<Response<IReadOnlyList<HuggingFaceModel>>> ListModelsAsync([RawQueryString] string query, CancellationToken cancellationToken);
}

/// <summary>Small files of a repository, from the hub's own host.</summary>
[AllowAnyStatusCode]
public interface IHuggingFaceFiles
{
    [Get("{id}/resolve/{revision}/config.json")]
    Task<Response<JsonElement>> GetConfigAsync([Path(UrlEncode = false)] string id, [Path] string revision, CancellationToken cancellationToken);
}

/// <summary>Fields of <c>GET /api/models/{id}</c>; <c>gated</c> is false, "auto" or "manual", and a licence is a word or a list.</summary>
public sealed record HuggingFaceModel(
    string Id,
    string? Sha,
    [property: JsonPropertyName("pipeline_tag")] string? PipelineTag,
    [property: JsonPropertyName("library_name")] string? LibraryName,
    JsonElement Gated,
    long? Downloads,
    long? Likes,
    double? TrendingScore,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? LastModified,
    IReadOnlyList<string>? Tags,
    JsonElement CardData,
    HuggingFaceSafetensors? Safetensors,
    IReadOnlyList<HuggingFaceFile>? Siblings);

public sealed record HuggingFaceSafetensors(IReadOnlyDictionary<string, long>? Parameters);

public sealed record HuggingFaceFile(string Rfilename, long? Size, HuggingFaceLfs? Lfs);

public sealed record HuggingFaceLfs(string? Sha256, long? Size);

/// <summary>RestEase reads JSON with Newtonsoft unless told otherwise.</summary>
internal sealed class HubJson : ResponseDeserializer
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { MaxDepth = 32, NumberHandling = JsonNumberHandling.Strict };

    public override T Deserialize<T>(string? content, HttpResponseMessage response, ResponseDeserializerInfo info) =>
        JsonSerializer.Deserialize<T>(content ?? "", Options) ?? throw new JsonException("The answer is null.");
}
