namespace Terradev.ModelRegistry.Requirements;

/// <summary>Values that a normalization holds for each dimension.</summary>
internal enum NormKind
{
    None = 0,

    /// <summary>RMS norm, or a layer norm without shift.</summary>
    Scale = 1,

    /// <summary>Layer norm.</summary>
    ScaleAndShift = 2,
}

/// <summary>What the norms of queries and keys are as wide as.</summary>
internal enum QueryKeyNorm
{
    None,
    Head,
    AllHeads,
}

/// <summary>A switch of the config: the field that turns it, and what holds without the field.</summary>
internal readonly record struct Switch(string? Field, bool Default)
{
    public static readonly Switch On = new(null, true);

    public static readonly Switch Off = new(null, false);

    public bool In(ModelConfig config) => Field is null ? Default : config.Fields.Flag(Field) ?? Default;

    public static Switch By(string field, bool otherwise = false) => new(field, otherwise);
}

/// <summary>How the decoder-only families differ, as the transformers library defines their layers.</summary>
internal sealed record DecoderTraits
{
    /// <summary>True for three matrices in the feed-forward network, false for two.</summary>
    public bool Gated { get; init; } = true;

    public Switch QkvBias { get; init; } = Switch.Off;

    public Switch OutputBias { get; init; } = Switch.Off;

    public Switch FeedForwardBias { get; init; } = Switch.Off;

    public Switch HeadBias { get; init; } = Switch.Off;

    public NormKind Norm { get; init; } = NormKind.Scale;

    public int NormsPerLayer { get; init; } = 2;

    /// <summary>Where it is on, attention and feed-forward network share one norm.</summary>
    public Switch OneNorm { get; init; } = Switch.Off;

    public QueryKeyNorm QueryKeyNorm { get; init; }

    /// <summary>Whether <see cref="QueryKeyNorm"/> is there.</summary>
    public Switch QueryKeyNormed { get; init; } = Switch.On;

    /// <summary>True for a learned table of positions.</summary>
    public bool Positions { get; init; }

    public bool EmbeddingNorm { get; init; }

    /// <summary>Whether head and embedding are one matrix where the config does not tell.</summary>
    public bool Tied { get; init; }
}
