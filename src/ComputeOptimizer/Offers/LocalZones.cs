using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>
/// Zones of AWS away from their region (Local Zones, Wavelength), which have few instance types, their own prices and must be switched on
/// for an account first.
/// </summary>
internal static class LocalZones
{
    /// <summary>True for an offer in such a zone, named (<c>us-east-1-atl-2a</c>) or by id (<c>use1-atl2-az1</c>).</summary>
    public static bool IsLocalZone(Offer offer) => Is(offer.Cloud, offer.Region, offer.Zone);

    /// <summary>A zone of the region itself is named with one letter behind the region, and its id has one hyphen.</summary>
    public static bool Is(Cloud cloud, string region, string? zone) =>
        cloud == Cloud.Aws && zone is not null
        && (zone.StartsWith(region, StringComparison.Ordinal) ? zone.Length > region.Length + 1 : zone.AsSpan().Count('-') > 1);
}
