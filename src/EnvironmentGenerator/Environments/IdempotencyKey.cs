namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Remembers which environment an <c>Idempotency-Key</c> made, and for which body.</summary>
public sealed class IdempotencyKey
{
    /// <summary>The caller's key, 1 to 200 characters.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of the request, in hexadecimal.</summary>
    public required string RequestHash { get; init; }

    public required string EnvironmentId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
