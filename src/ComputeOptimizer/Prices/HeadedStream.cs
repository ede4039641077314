namespace Terradev.ComputeOptimizer.Prices;

/// <summary>A stream of which the first bytes were read already. It ends with <see cref="PriceSourceException"/> where it is longer than a price list may be.</summary>
internal sealed class HeadedStream(ReadOnlyMemory<byte> head, Stream rest) : ForwardStream
{
    private ReadOnlyMemory<byte> _head = head;
    private long _left = PriceFileLimits.Bytes - head.Length;

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
}
