using System.Collections.ObjectModel;
using System.Runtime.InteropServices;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// Someone who tells prices. A further one is a class and a line in <see cref="ComputeOptimizerModule"/>.
/// </summary>
public interface IOfferSource
{
    /// <summary>Stable name under which its prices are kept, such as <c>aws-spot</c>.</summary>
    string Name { get; }

    /// <summary>Why it is not asked; null when it is configured.</summary>
    string? Missing { get; }

    /// <summary>How often it is asked.</summary>
    TimeSpan Every { get; }

    /// <summary>Everything it tells at the moment.</summary>
    /// <exception cref="PriceSourceException">It cannot be reached, answers too slowly or tells what cannot be read. What was imported before stays.</exception>
    Task<PriceBatch> FetchAsync(CancellationToken cancellationToken);
}

/// <summary>All prices of a source at one moment: what is not in it is not offered there any more.</summary>
/// <param name="AsOf">When the source said so; the time of rows that have none of their own.</param>
/// <param name="Rows">Rows of data that were read.</param>
/// <param name="Taken">Rows that gave an offer or a part of one.</param>
/// <param name="WithoutGpu">Rows of instances without a GPU.</param>
/// <param name="Quarantined">Prices that the source's own format showed to be wrong; the rules for all sources come on top.</param>
public sealed record PriceBatch(
    DateTimeOffset AsOf,
    IReadOnlyList<OfferRow> Offers,
    int Rows,
    int Taken,
    int WithoutGpu,
    IReadOnlyList<QuarantinedPrice> Quarantined)
{
    /// <summary>Quarantined prices by rule that are not in <see cref="Quarantined"/>, which shows the first of many only.</summary>
    public IReadOnlyDictionary<string, int> FurtherQuarantined { get; init; } = ReadOnlyDictionary<string, int>.Empty;

    /// <summary>Where in the file each of <see cref="Offers"/> is; null for a source without lines, whose <see cref="Taken"/> then stands.</summary>
    public IReadOnlyList<PriceLines>? Lines { get; init; }
}

/// <summary>The line of an offer, and the one of its GPUs where they are priced apart; the header is line 1.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PriceLines(int Line, int? GpuLine = null);

/// <summary>A source did not tell its prices.</summary>
public sealed class PriceSourceException(Terradev.Contracts.Refusal refusal, Exception? innerException = null) : Exception(refusal.Detail, innerException)
{
    public Terradev.Contracts.Refusal Refusal { get; } = refusal;

    /// <summary>How long the source asked to be left alone; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
