using System.Collections.Frozen;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>All offers of one moment, immutable, with the names that occur in them.</summary>
public sealed class OfferSnapshot(long id, DateOnly asOf, IReadOnlyList<GpuOffer> offers)
{
    public long Id { get; } = id;

    /// <summary>The newest day among the prices.</summary>
    public DateOnly AsOf { get; } = asOf;

    public IReadOnlyList<GpuOffer> Offers { get; } = offers;

    /// <summary>The offers that have a price, which are those that lists show.</summary>
    public IReadOnlyList<Offer> Priced { get; } = [.. offers.Select(offer => offer.Offer).Where(offer => offer.PricePerHour is not null)];

    public FrozenSet<string> Regions { get; } = Names(offers, offer => offer.Region);

    public FrozenSet<string> InstanceTypes { get; } = Names(offers, offer => offer.InstanceType);

    public FrozenSet<string> Gpus { get; } = Names(offers, offer => offer.Gpu.Model);

    private static FrozenSet<string> Names(IReadOnlyList<GpuOffer> offers, Func<Offer, string> name) =>
        offers.Select(offer => name(offer.Offer)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}

/// <summary>The offers in memory: questions are answered from here, the store is only read when the prices change.</summary>
public sealed class OfferBook
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile OfferSnapshot? _current;

    public bool IsOpen => _current is not null;

    /// <summary>The current offers; waits while the first import runs.</summary>
    public async ValueTask<OfferSnapshot> CurrentAsync(CancellationToken cancellationToken)
    {
        if (_current is null)
        {
            await _opened.Task.WaitAsync(cancellationToken);
        }

        return _current!;
    }

    /// <summary>Replaces the offers; who holds the old snapshot keeps it to the end of the question.</summary>
    public void Open(OfferSnapshot snapshot)
    {
        _current = snapshot;
        _opened.TrySetResult();
    }
}
