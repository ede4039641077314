namespace Terradev.EnvironmentGenerator.State;

/// <summary>How Terraform state is kept, section <c>EnvironmentGenerator:State</c>.</summary>
public sealed class StateOptions
{
    public const string Section = "EnvironmentGenerator:State";

    /// <summary>
    /// The secret that state and plans are encrypted with, 32 characters or more; the same for every replica. Default: one
    /// is made on first start and kept as <c>state.key</c> in the data directory.
    /// </summary>
    public string? Key { get; set; }
}
