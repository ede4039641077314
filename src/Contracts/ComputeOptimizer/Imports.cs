using System.Text.Json.Serialization;

namespace Terradev.Contracts.ComputeOptimizer;

/// <summary>What a file of prices is written in.</summary>
public enum PriceFormat
{
    /// <summary>SkyPilot's catalogue <c>vms.csv</c>, versions 5 to 9, columns in any order.</summary>
    Skypilot,

    /// <summary>dstack's gpuhunt items, as CSV or as a JSON array.</summary>
    Gpuhunt,
}

/// <summary>Body of <c>POST /api/v1/offers/import</c> as JSON: fetch the prices from an address. An upload has the file as its body and the rest as query.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PriceImportRequest
{
    /// <summary>An http or https address, not in a private network.</summary>
    public string? Url { get; init; }

    /// <summary>Found out from the header where it is not told.</summary>
    public PriceFormat? Format { get; init; }

    /// <summary>The cloud of a file that does not name it, such as SkyPilot's.</summary>
    public Cloud? Cloud { get; init; }

    /// <summary>The name under which the prices are kept; a later import under it replaces them. Format and cloud unless told, such as <c>skypilot-aws</c>.</summary>
    public string? Source { get; init; }

    /// <summary>When the prices were valid; now unless told.</summary>
    public DateTimeOffset? AsOf { get; init; }
}

/// <summary>What an import did.</summary>
/// <param name="Rows">Rows of data that were read: <see cref="Taken"/>, <see cref="WithoutGpu"/> and those of which a rule kept every price out.</param>
/// <param name="Taken">Rows that gave at least one offer, or a part of one where host and GPU are priced apart.</param>
/// <param name="WithoutGpu">Rows of instances without a GPU, which are passed over.</param>
/// <param name="Offers">Offers the source has now, by capacity.</param>
/// <param name="QuarantinedByRule">Prices that each rule kept out.</param>
/// <param name="Quarantined">The first of them.</param>
public sealed record PriceImportReport(
    long Snapshot,
    string Source,
    PriceFormat? Format,
    DateTimeOffset AsOf,
    DateTimeOffset ImportedAt,
    int Rows,
    int Taken,
    int WithoutGpu,
    IReadOnlyDictionary<string, int> Offers,
    int Added,
    int Changed,
    int Gone,
    IReadOnlyDictionary<string, int> QuarantinedByRule,
    IReadOnlyList<QuarantinedPrice> Quarantined);

/// <summary>A price that was not believed.</summary>
/// <param name="Line">Line of the file, the header being 1; of a JSON array the number of the item, the first being 1; null for sources that have no lines.</param>
/// <param name="Rule">One of <see cref="QuarantineRules"/>.</param>
public sealed record QuarantinedPrice(int? Line, string? InstanceType, string? Region, Capacity? Capacity, string Rule, string Detail);

/// <summary>The closed list of rules that keep a price out.</summary>
public static class QuarantineRules
{
    /// <summary>Neither an on-demand nor a spot price.</summary>
    public const string NoPrice = "no-price";

    /// <summary>Zero, negative, infinite or not a number.</summary>
    public const string BadPrice = "bad-price";

    /// <summary>The spot price is the on-demand price, or above it: nobody knew it. The on-demand price is taken.</summary>
    public const string SpotNotBelowOnDemand = "spot-not-below-on-demand";

    /// <summary>Far from what the same instance type costs elsewhere, or from what its GPUs ever cost.</summary>
    public const string PriceOutOfRange = "price-out-of-range";

    /// <summary>Not a number of GPUs that an instance has, or not the one the instance type is known to have.</summary>
    public const string BadGpuCount = "bad-gpu-count";
    public const string UnknownGpu = "unknown-gpu";

    /// <summary>GPU details that cannot be read, or memory that no such GPU has.</summary>
    public const string BadGpuInfo = "bad-gpu-info";

    /// <summary>Other fields that are missing, too long or not what they should be.</summary>
    public const string BadField = "bad-field";

    /// <summary>The same offer a second time in one file with another price; with the same price it is one offer.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>A host without the price of its GPU, or the other way round.</summary>
    public const string Incomplete = "incomplete";
}

/// <summary>What an offer cost from a time on; the newest first in a list.</summary>
/// <param name="Snapshot">The import that brought it.</param>
/// <param name="PricePerHour">USD per hour of the whole instance; null where the source told none.</param>
/// <param name="AsOf">When the price was told first.</param>
/// <param name="Gone">True where the source did not tell the offer any more.</param>
public sealed record PricePoint(
    long Snapshot, string Source, string Region, string? Zone, Capacity Capacity, decimal? PricePerHour, DateTimeOffset AsOf, DateTimeOffset ImportedAt, bool Gone);

/// <summary>A source of prices and how it is doing.</summary>
/// <param name="Configured">Whether it is asked at all.</param>
/// <param name="Note">Why it is not, or what to set.</param>
/// <param name="LastError">What went wrong last; null when the last attempt succeeded. The old prices stay.</param>
public sealed record PriceSource(
    string Name,
    bool Configured,
    string? Note,
    TimeSpan? Every,
    DateTimeOffset? LastAttemptAt,
    DateTimeOffset? LastSuccessAt,
    Refusal? LastError,
    DateTimeOffset? NextAttemptAt,
    long? Snapshot,
    DateTimeOffset? AsOf,
    int Offers,
    IReadOnlyDictionary<string, int> QuarantinedByRule);
