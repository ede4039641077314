using System.Security.Cryptography;
using System.Text.Json;

namespace Terradev.EnvironmentGenerator.State;

/// <summary>A Terraform state file, read as far as is needed to keep it: format version 4.</summary>
internal sealed record TerraformState(byte[] Content, long Serial, string Lineage, IReadOnlyList<string> Addresses)
{
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    /// <summary>Null when the content is not a whole state file, as while Terraform is writing it.</summary>
    public static TerraformState? TryParse(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("serial", out var serial) || !serial.TryGetInt64(out var number)
                || !root.TryGetProperty("lineage", out var lineage) || lineage.GetString() is not { } id)
            {
                return null;
            }

            return new TerraformState(content, number, id, ManagedAddresses(root));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Not JSON yet, or not of the shape: System.Text.Json says the latter with the other two.
            return null;
        }
    }

    private static List<string> ManagedAddresses(JsonElement root)
    {
        var addresses = new List<string>();
        if (!root.TryGetProperty("resources", out var resources))
        {
            return addresses;
        }

        foreach (var resource in resources.EnumerateArray())
        {
            if (resource.GetProperty("mode").GetString() != "managed")
            {
                continue;
            }

            var module = resource.TryGetProperty("module", out var path) ? path.GetString() + "." : "";
            var address = $"{module}{resource.GetProperty("type").GetString()}.{resource.GetProperty("name").GetString()}";
            foreach (var instance in resource.GetProperty("instances").EnumerateArray())
            {
                addresses.Add(instance.TryGetProperty("index_key", out var index) ? $"{address}[{index.GetRawText()}]" : address);
            }
        }

        return addresses;
    }
}
