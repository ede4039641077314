namespace Terradev.ComputeOptimizer.Prices;

/// <summary>How prices are imported, section <c>ComputeOptimizer:Imports</c>.</summary>
public sealed class ImportsOptions
{
    public const string Section = "ComputeOptimizer:Imports";

    /// <summary>Hosts that price lists may be fetched from although they are in a private network, such as a mirror; names or addresses without a port.</summary>
    public string[] AllowedHosts { get; set; } = [];
}
