using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Section <c>ModelRegistry:HuggingFace</c>; where it is silent, <c>HF_ENDPOINT</c> and <c>HF_TOKEN</c> count, as in Hugging Face's own tools.</summary>
public sealed class HuggingFaceOptions
{
    public const string Section = "ModelRegistry:HuggingFace";

    /// <summary>Address of the hub or of a mirror.</summary>
    public string Endpoint { get; set; } = "https://huggingface.co";

    /// <summary>Access token, needed for gated and private models.</summary>
    public string? Token { get; set; }

    internal HubEndpoint ToEndpoint() => HubEndpoint.TryRead(Endpoint, out var address)
        ? new HubEndpoint(address, string.IsNullOrWhiteSpace(Token) ? null : Token.Trim())
        : throw new InvalidOperationException($"'{Endpoint}' is not an address.");
}
