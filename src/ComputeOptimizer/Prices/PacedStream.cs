using System.Diagnostics;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>The body of an answer, given up where it comes too slowly to be meant seriously.</summary>
/// <param name="patience">How long it may be silent, and how long its average does not count.</param>
internal sealed class PacedStream(Stream body, IDisposable answer, string host, TimeSpan patience) : Stream
{
    private const int LeastBytesPerSecond = 1024;

    private readonly long _since = Stopwatch.GetTimestamp();
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
