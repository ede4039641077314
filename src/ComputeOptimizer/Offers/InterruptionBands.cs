using System.Collections.Frozen;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>How often AWS takes spot instances back, from the shipped catalogue, for sources that tell prices without it.</summary>
internal static class InterruptionBands
{
    private static readonly FrozenDictionary<string, List<OfferRow>> ByType = BuiltInCatalog.Load().Rows
        .Where(row => row is { Cloud: Cloud.Aws, Capacity: Capacity.Spot, InterruptionBand: not null })
        .GroupBy(row => row.InstanceType, StringComparer.Ordinal)
        .ToFrozenDictionary(rows => rows.Key, rows => rows.ToList(), StringComparer.Ordinal);

    /// <summary>The band of the instance type in that region, else in another one; null where none is known or the offer is not AWS spot.</summary>
    public static string? Of(OfferRow offer) =>
        offer is { Cloud: Cloud.Aws, Capacity: Capacity.Spot } && ByType.TryGetValue(offer.InstanceType, out var known)
            ? (known.Find(row => row.Region == offer.Region) ?? known[0]).InterruptionBand
            : null;
}
