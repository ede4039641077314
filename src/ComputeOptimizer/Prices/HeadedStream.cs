namespace Terradev.ComputeOptimizer.Prices;

/// <summary>A stream of which the first bytes were read already. It ends with <see cref="PriceSourceException"/> where it is longer than a price list may be.</summary>
internal sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : Stream
{
    private ReadOnlyMemory<byte> _head = head;
    private long _left = PriceFileLimits.Bytes - head.Length;

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
        if (!_head.IsEmpty)
        {
            var taken = Math.Min(_head.Length, buffer.Length);
            _head[..taken].CopyTo(buffer);
            _head = _head[taken..];
            return taken;
        }

        var read = await rest.ReadAsync(buffer, cancellationToken);
        _left -= read;
        return _left >= 0 ? read : throw new PriceSourceException(PriceRefusals.TooLarge);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
