using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Clouds;

/// <summary>Google Cloud. All of its zones lie in their region.</summary>
internal static class Gcp
{
    public static CloudProfile Profile { get; } = new(
        Cloud.Gcp,
        new CloudRate(0.10m, "balanced persistent disk list price in us-central1, general knowledge of 2025"),
        new CloudRate(0.02m, "transfer between regions of North America, list price, general knowledge of 2025"),
        new CloudRate(0.12m, "premium tier transfer out to the internet, list price of the first tier, general knowledge of 2025"),
        static (_, _) => false);
}
