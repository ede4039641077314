using System.Diagnostics;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>The body of an answer, given up where it comes too slowly to be meant seriously.</summary>
/// <param name="patience">How long it may be silent, and how long its average does not count.</param>
internal sealed class PacedStream(Stream body, IDisposable answer, string host, TimeSpan patience) : ForwardStream
{
    private const int LeastBytesPerSecond = 1024;

    private readonly long _since = Stopwatch.GetTimestamp();
    private long _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        wait.CancelAfter(patience);
        try
        {
            var read = await body.ReadAsync(buffer, wait.Token);
            _read += read;
            var elapsed = Stopwatch.GetElapsedTime(_since);
            return read == 0 || elapsed < patience || _read >= elapsed.TotalSeconds * LeastBytesPerSecond ? read : throw TooSlow();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TooSlow();
        }
        catch (IOException exception)
        {
            throw FetchPrices.Unreachable($"The answer of {host} broke off.", exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private PriceSourceException TooSlow() => FetchPrices.Unreachable($"{host} answers too slowly.");
}
