using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>A price that a rule kept out of an import, as it is stored.</summary>
public sealed class QuarantinedRow
{
    /// <summary>Rows kept for one import; further ones are counted only.</summary>
    public const int MostPerSnapshot = 1000;

    public const int LongestDetail = 300;

    public long Id { get; private set; }

    public required long SnapshotId { get; init; }

    public int? Line { get; init; }

    public string? InstanceType { get; init; }

    public string? Region { get; init; }

    public Capacity? Capacity { get; init; }

    /// <summary>One of <see cref="QuarantineRules"/>.</summary>
    public required string Rule { get; init; }

    public required string Detail { get; init; }

    public static QuarantinedRow Of(long snapshot, QuarantinedPrice price) => new()
    {
        SnapshotId = snapshot,
        Line = price.Line,
        InstanceType = Cut(price.InstanceType, OfferLimits.Name),
        Region = Cut(price.Region, OfferLimits.Name),
        Capacity = price.Capacity,
        Rule = price.Rule,
        Detail = Cut(price.Detail, LongestDetail)!,
    };

    public QuarantinedPrice ToResponse() => new(Line, InstanceType, Region, Capacity, Rule, Detail);

    private static string? Cut(string? text, int most) => text?.Length > most ? text[..most] : text;
}
