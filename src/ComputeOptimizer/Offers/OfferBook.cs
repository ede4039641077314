namespace Terradev.ComputeOptimizer.Offers;

/// <summary>The offers in memory: questions are answered from here, the store is only read when the prices change.</summary>
public sealed class OfferBook
{
    private volatile TaskCompletionSource _next = NewSignal();
    private volatile OfferSnapshot? _current;

    public bool IsOpen => _current is not null;

    /// <summary>The snapshot it is open at; null before the first.</summary>
    public long? Snapshot => _current?.Id;

    /// <summary>The current offers; waits while the first import runs.</summary>
    public async ValueTask<OfferSnapshot> CurrentAsync(CancellationToken cancellationToken)
    {
        await ReachesAsync(long.MinValue, cancellationToken);
        return _current!;
    }

    /// <summary>Waits until the offers are those of <paramref name="snapshot"/> or a later one.</summary>
    public async ValueTask ReachesAsync(long snapshot, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the look, so that no opening in between is missed.
            var next = _next;
            if (_current?.Id >= snapshot)
            {
                return;
            }

            await next.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Replaces the offers; who holds the old snapshot keeps it to the end of the question.</summary>
    public void Open(OfferSnapshot snapshot)
    {
        _current = snapshot;
        var opened = _next;
        _next = NewSignal();
        opened.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
