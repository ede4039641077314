using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Clouds;

/// <summary>Amazon Web Services.</summary>
internal static class Aws
{
    public static CloudProfile Profile { get; } = new(
        Cloud.Aws,
        new CloudRate(0.08m, "EBS gp3 list price in us-east-1, general knowledge of 2025"),
        new CloudRate(0.02m, "EC2 data transfer to another region from us-east-1, list price, general knowledge of 2025"),
        new CloudRate(0.09m, "EC2 data transfer out to the internet from us-east-1, list price of the first paid tier, general knowledge of 2025"),
        IsLocalZone);

    /// <summary>
    /// Local Zones and Wavelength Zones. A zone of the region itself is named with one letter behind the region (<c>us-east-1a</c>), and its
    /// id has one hyphen (<c>use1-az1</c>); the others have a place in between (<c>us-east-1-atl-2a</c>, <c>use1-atl2-az1</c>).
    /// </summary>
    public static bool IsLocalZone(string region, string? zone) =>
        zone is not null
        && (zone.StartsWith(region, StringComparison.OrdinalIgnoreCase) ? zone.Length > region.Length + 1 : zone.AsSpan().Count('-') > 1);
}
