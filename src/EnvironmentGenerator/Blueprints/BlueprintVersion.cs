namespace Terradev.EnvironmentGenerator.Blueprints;

/// <summary>The files of a registered blueprint as they were at one time. It is never changed, so environments can rely on it.</summary>
public sealed class BlueprintVersion
{
    /// <summary>The cloud's word, such as <c>aws</c>.</summary>
    public string Cloud { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>SHA-256 of the files, in hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>A zip of the files with the shipped modules that they use.</summary>
    public byte[] Content { get; init; } = [];

    public DateTimeOffset RegisteredAt { get; set; }

    /// <summary>Name of the API key.</summary>
    public string RegisteredBy { get; set; } = "";

    /// <summary>New environments get it; of several the one that was registered last.</summary>
    public bool Current { get; set; }
}
