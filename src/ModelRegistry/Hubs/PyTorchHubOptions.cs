using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Section <c>ModelRegistry:PyTorchHub</c>; where it is silent, <c>GITHUB_TOKEN</c> counts. Without a token GitHub allows 60 requests an hour.</summary>
public sealed class PyTorchHubOptions
{
    public const string Section = "ModelRegistry:PyTorchHub";

    /// <summary>Address of GitHub's API.</summary>
    public string Endpoint { get; set; } = "https://api.github.com";

    /// <summary>Address of the files of public repositories.</summary>
    public string RawEndpoint { get; set; } = "https://raw.githubusercontent.com";

    /// <summary>Access token, sent to <see cref="Endpoint"/> only.</summary>
    public string? Token { get; set; }

    internal HubEndpoint ToEndpoint() => Read(Endpoint, string.IsNullOrWhiteSpace(Token) ? null : Token.Trim());

    internal HubEndpoint ToRawEndpoint() => Read(RawEndpoint, null);

    private static HubEndpoint Read(string endpoint, string? token) => HubEndpoint.TryRead(endpoint, out var address)
        ? new HubEndpoint(address, token)
        : throw new InvalidOperationException($"'{endpoint}' is not an address.");
}
