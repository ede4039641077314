using System.Text;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// Section <c>ModelRegistry:TensorFlowHub</c>; where it is silent, <c>KAGGLE_USERNAME</c>, <c>KAGGLE_KEY</c> and <c>KAGGLE_API_TOKEN</c> count, as in
/// Kaggle's own tools. Public models need no account.
/// </summary>
public sealed class TensorFlowHubOptions
{
    public const string Section = "ModelRegistry:TensorFlowHub";

    /// <summary>Address of Kaggle's API.</summary>
    public string Endpoint { get; set; } = "https://www.kaggle.com/api/v1";

    /// <summary>Account name, sent together with <see cref="Key"/>.</summary>
    public string? Username { get; set; }

    public string? Key { get; set; }

    /// <summary>API token; it counts before name and key.</summary>
    public string? Token { get; set; }

    internal HubEndpoint ToEndpoint()
    {
        if (!HubEndpoint.TryRead(Endpoint, out var address))
        {
            throw new InvalidOperationException($"'{Endpoint}' is not an address.");
        }

        if (!string.IsNullOrWhiteSpace(Token))
        {
            return new HubEndpoint(address, Token.Trim());
        }

        return string.IsNullOrWhiteSpace(Username) || string.IsNullOrWhiteSpace(Key)
            ? new HubEndpoint(address, null)
            : new HubEndpoint(address, Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username.Trim()}:{Key.Trim()}"))) { Scheme = "Basic" };
    }
}
