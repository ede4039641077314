using System.Text.Json;
using System.Text.Json.Serialization;

namespace Terradev.Contracts.ModelRegistry;

/// <summary>
/// Registers a model that is on no hub; it is then <c>custom:id</c> wherever a model is named. Only the id is needed; what is told of
/// <see cref="ElementsByDtype"/>, <see cref="Config"/>, <see cref="Parameters"/> and <see cref="Files"/> is what sizes come from.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RegisterModel
{
    /// <summary><c>name</c> or <c>org/name</c>: 1 to 200 characters of letters, digits, <c>. _ - /</c>.</summary>
    public string? Id { get; init; }

    /// <summary>Up to 200 characters.</summary>
    public string? Title { get; init; }

    /// <summary>Such as <c>text-generation</c>.</summary>
    public string? Task { get; init; }

    /// <summary>Such as <c>transformers</c>.</summary>
    public string? Library { get; init; }

    /// <summary>Such as <c>apache-2.0</c>.</summary>
    public string? License { get; init; }

    /// <summary>Up to 2,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Up to 200 tags of up to 200 characters.</summary>
    public IReadOnlyList<string?>? Tags { get; init; }

    /// <summary>Number of parameters, 1 to 10^15; counts from dtypes and from the config come first.</summary>
    public long? Parameters { get; init; }

    /// <summary>Stored elements by dtype as safetensors headers spell it, such as <c>BF16</c>; up to 32.</summary>
    public IReadOnlyDictionary<string, long>? ElementsByDtype { get; init; }

    /// <summary>The model's <c>config.json</c>, an object of up to 256 KiB.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>The model's files, up to 10,000.</summary>
    public IReadOnlyList<DeclaredFile?>? Files { get; init; }

    /// <summary>Code or addresses that load the model, up to 20 of up to 2,000 characters.</summary>
    public IReadOnlyList<string?>? Usage { get; init; }
}
