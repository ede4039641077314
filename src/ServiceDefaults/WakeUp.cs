using System.Threading.Channels;

namespace Terradev.ServiceDefaults;

/// <summary>Wakes a worker of this process before its next look at the store; what other processes store is found by looking.</summary>
public class WakeUp
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _set.Writer.TryWrite(true);

    /// <summary>Returns after <see cref="Set"/>, or after <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(longest);
        try
        {
            await _set.Reader.ReadAsync(waiting.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up, which is as good a reason to look.
        }
    }
}
