namespace Terradev.ComputeOptimizer.Offers;

/// <summary>The offers in memory: questions are answered from here, the store is only read when the prices change.</summary>
public sealed class OfferBook
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile OfferSnapshot? _current;

    public bool IsOpen => _current is not null;

    /// <summary>The snapshot it is open at; null before the first.</summary>
    public long? Snapshot => _current?.Id;

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
