using System.Text.Json;
using System.Text.Json.Serialization;
using RestEase;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>The two addresses of the Hugging Face Hub that describe models. Ids are checked before they come here.</summary>
[AllowAnyStatusCode]
public interface IHuggingFaceApi
{
    /// <summary>Metadata, with the size and hash of every file.</summary>
    [Get("api/models/{id}?blobs=true")]
    Task<Response<HuggingFaceModel>> GetModelAsync([Path(UrlEncode = false)] string id, CancellationToken cancellationToken);

    /// <summary>One page of the catalogue; the query is <see cref="HuggingFaceHub"/>'s own or the one of the page before's <c>Link</c> header.</summary>
    [Get("api/models")]
    Task<HttpResponseMessage> ListModelsAsync([RawQueryString] string query, CancellationToken cancellationToken);
}

/// <summary>Small files of a repository, from the hub's own host.</summary>
[AllowAnyStatusCode]
public interface IHuggingFaceFiles
{
    [Get("{id}/resolve/{revision}/config.json")]
    Task<Response<JsonElement>> GetConfigAsync([Path(UrlEncode = false)] string id, [Path] string revision, CancellationToken cancellationToken);
}

/// <summary>RestEase reads JSON with Newtonsoft unless told otherwise.</summary>
internal sealed class HubJson : ResponseDeserializer
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { MaxDepth = 32, NumberHandling = JsonNumberHandling.Strict };

    public override T Deserialize<T>(string? content, HttpResponseMessage response, ResponseDeserializerInfo info) =>
        JsonSerializer.Deserialize<T>(content ?? "", Options) ?? throw new JsonException("The answer is null.");

    /// <summary>The text of a JSON string; null where it is none, such as half of a surrogate pair.</summary>
    public static string? String(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
