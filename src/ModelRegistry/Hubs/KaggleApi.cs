using System.Collections.Immutable;
using System.Text.Json;
using RestEase;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>The addresses of Kaggle's API that describe models. Names are checked before they come here; entries are read one by one.</summary>
[AllowAnyStatusCode]
public interface IKaggleApi
{
    /// <summary><c>{"models": [...], "nextPageToken": "..."}</c></summary>
    [Get("models/list")]
    Task<Response<JsonElement>> ListModelsAsync([Query] string sortBy, [Query] int pageSize, [Query] string? pageToken, CancellationToken cancellationToken);

    [Get("models/{model}/get")]
    Task<Response<JsonElement>> GetModelAsync([Path(UrlEncode = false)] string model, CancellationToken cancellationToken);

    /// <summary><c>{"files": [{"name": "...", "size": 1}], "nextPageToken": "..."}</c></summary>
    [Get("models/{variation}/{version}/files")]
    Task<Response<JsonElement>> ListFilesAsync(
        [Path(UrlEncode = false)] string variation, [Path] int version, [Query] int pageSize, [Query] string? pageToken, CancellationToken cancellationToken);
}

/// <summary>A framework of TensorFlow's family, as Kaggle's API names it.</summary>
/// <param name="Handle">Its word in a handle such as <c>google/yamnet/tensorFlow2/yamnet</c>.</param>
/// <param name="Tag">Its word in the catalogue.</param>
internal sealed record KaggleFramework(string Handle, string Tag)
{
    // The variation that stands for a model is of the first of these that it has.
    public static readonly ImmutableArray<KaggleFramework> TensorFlow =
        [new("tensorFlow2", "tensorflow"), new("tensorFlow1", "tensorflow"), new("keras", "keras"), new("tfLite", "tflite"), new("tfJs", "tfjs"), new("coral", "coral")];

    /// <summary>Reads <c>tensorFlow2</c>, <c>TensorFlow2</c> or <c>MODEL_FRAMEWORK_TENSOR_FLOW_2</c>; null for frameworks of another family.</summary>
    public static KaggleFramework? Read(string? word)
    {
        var plain = (word ?? "").Replace("MODEL_FRAMEWORK_", "", StringComparison.OrdinalIgnoreCase).Replace("_", "", StringComparison.Ordinal);
        return TensorFlow.FirstOrDefault(framework => framework.Handle.Equals(plain, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>One page of a variation's files; names that are no relative paths are left out.</summary>
internal sealed record KaggleFiles(JsonElement Content)
{
    private const int LongestToken = 2000;

    public IEnumerable<ModelFile> Files =>
        Content.ValueKind == JsonValueKind.Object && Content.TryGetProperty("files", out var files) && files.ValueKind == JsonValueKind.Array
            ? files.EnumerateArray().Select(Read).OfType<ModelFile>()
            : throw new JsonException("The page has no list of files.");

    /// <summary>The cursor of the next page; null at the end.</summary>
    public static string? NextToken(JsonElement page) =>
        page.ValueKind == JsonValueKind.Object && page.TryGetProperty("nextPageToken", out var token) && HubJson.String(token) is { Length: > 0 and <= LongestToken } next ? next : null;

    private static ModelFile? Read(JsonElement file) =>
        file.ValueKind == JsonValueKind.Object && file.TryGetProperty("name", out var name) && HubJson.String(name) is { } path && IsPath(path) ? new ModelFile(path, Size(file), null) : null;

    private static long? Size(JsonElement file) =>
        file.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes : null;

    private static bool IsPath(string path) =>
        path.Length is > 0 and <= 300 && !path.Any(char.IsControl) && path.Split('/').All(segment => segment is not ("" or "." or ".."));
}
