namespace Terradev.EnvironmentGenerator.State;

/// <summary>One version of an environment's Terraform state, compressed and encrypted.</summary>
public sealed class StateVersion
{
    public required string EnvironmentId { get; init; }

    /// <summary>1, 2, 3, ... within the environment.</summary>
    public required int Version { get; init; }

    /// <summary>Terraform's own counter.</summary>
    public required long Serial { get; init; }

    public required string Lineage { get; init; }

    /// <summary>Managed resources in this version.</summary>
    public required int Resources { get; init; }

    public required int Run { get; init; }

    /// <summary>The fencing token under which it was written.</summary>
    public required long LeaseToken { get; init; }

    /// <summary>SHA-256 of the clear text, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required string KeyId { get; init; }

    public required byte[] Ciphertext { get; init; }

    public required DateTimeOffset StoredAt { get; init; }
}
