using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry.Hubs;

/// <summary>Section <c>DatasetRegistry:HuggingFace</c>; where it is silent, <c>HF_ENDPOINT</c> and <c>HF_TOKEN</c> count, as in Hugging Face's own tools.</summary>
public sealed class HuggingFaceOptions
{
    public const string Section = "DatasetRegistry:HuggingFace";

    public const string PublicEndpoint = "https://huggingface.co";

    /// <summary>Address of the hub or of a mirror.</summary>
    public string Endpoint { get; set; } = PublicEndpoint;

    /// <summary>Address of the dataset viewer. Default: the public hub's viewer for the public hub, none for a mirror.</summary>
    public string? ViewerEndpoint { get; set; }

    /// <summary>Access token, needed for gated and private datasets.</summary>
    public string? Token { get; set; }

    internal string? EffectiveViewerEndpoint => ViewerEndpoint is { Length: > 0 } viewer
        ? viewer
        : string.Equals(Endpoint.TrimEnd('/'), PublicEndpoint, StringComparison.OrdinalIgnoreCase) ? "https://datasets-server.huggingface.co" : null;

    internal HubEndpoint ToEndpoint() => To(Endpoint);

    internal HubEndpoint? ToViewerEndpoint() => EffectiveViewerEndpoint is { } viewer ? To(viewer) : null;

    private HubEndpoint To(string text) => HubEndpoint.TryRead(text, out var address)
        ? new HubEndpoint(address, string.IsNullOrWhiteSpace(Token) ? null : Token.Trim())
        : throw new InvalidOperationException($"'{text}' is not an address.");
}
