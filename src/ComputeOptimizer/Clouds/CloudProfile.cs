using System.Collections.Frozen;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Clouds;

/// <summary>What a cloud asks for beside its instances, and which of its zones are special.</summary>
/// <param name="DiskPerGBMonth">A general-purpose SSD volume.</param>
/// <param name="EgressPerGBToRegion">Data that leaves one of its regions for another one.</param>
/// <param name="EgressPerGBToInternet">Data that leaves for another cloud or the internet, first paid tier.</param>
/// <param name="IsLocalZone">Whether a zone (region, zone) lies outside its region and must be switched on for an account before it can be used.</param>
internal sealed record CloudProfile(
    Cloud Cloud,
    CloudRate DiskPerGBMonth,
    CloudRate EgressPerGBToRegion,
    CloudRate EgressPerGBToInternet,
    Func<string, string?, bool> IsLocalZone);

/// <summary>USD of one unit.</summary>
/// <param name="Source">Who said it, of which month, and for which product.</param>
internal sealed record CloudRate(decimal Usd, string Source);

/// <summary>The clouds that are known; a further one is a file beside this one and a line here.</summary>
internal static class CloudProfiles
{
    private static readonly FrozenDictionary<Cloud, CloudProfile> ByCloud =
        new[] { Aws.Profile, Gcp.Profile, Azure.Profile }.ToFrozenDictionary(profile => profile.Cloud);

    /// <exception cref="KeyNotFoundException">A cloud without a profile, which is a bug.</exception>
    public static CloudProfile Of(Cloud cloud) => ByCloud[cloud];
}
