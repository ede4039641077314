using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Clouds;

/// <summary>Microsoft Azure. All of its zones lie in their region.</summary>
internal static class Azure
{
    public static CloudProfile Profile { get; } = new(
        Cloud.Azure,
        new CloudRate(0.08m, "premium SSD v2 capacity list price in eastus, general knowledge of 2025"),
        new CloudRate(0.02m, "transfer between regions of North America, list price, general knowledge of 2025"),
        new CloudRate(0.087m, "transfer out to the internet, list price of the first paid tier, general knowledge of 2025"),
        static (_, _) => false);
}
