using System.Buffers.Binary;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// Reads what the headers of a repository's safetensors files say, without the weights: <c>model.safetensors</c>, or all shards of
/// <c>model.safetensors.index.json</c>. All headers or none: a part of them would be a wrong count.
/// </summary>
internal sealed class ReadSafetensors(HuggingFaceContent content)
{
    private const string SingleFile = "model.safetensors";

    // Most headers fit into the first request.
    private const int FirstBytes = 100_001;
    private const int MostShardsRead = 256;
    private const int Parallelism = 16;
    private const long MostHeaderBytes = 64_000_000;

    /// <summary>The tensors of all files, or why they are not known; neither where the repository has no such files.</summary>
    public async Task<(IReadOnlyList<SafetensorsTensor>? Tensors, string? Fault)> RunAsync(HuggingFaceModel model, CancellationToken cancellationToken)
    {
        var sizes = (model.Siblings ?? []).OfType<HuggingFaceFile>().Where(file => file.Rfilename is not null)
            .GroupBy(file => file.Rfilename!).ToDictionary(same => same.Key, same => same.First().Size);
        if (sizes.ContainsKey(SingleFile))
        {
            return await HeaderAsync(model, SingleFile, sizes, new Budget(), cancellationToken);
        }

        return sizes.ContainsKey(SafetensorsIndex.File) ? await ShardsAsync(model, sizes, cancellationToken) : (null, null);
    }

    private async Task<(IReadOnlyList<SafetensorsTensor>?, string?)> ShardsAsync(HuggingFaceModel model, Dictionary<string, long?> sizes, CancellationToken cancellationToken)
    {
        var index = await content.ReadAsync(model, SafetensorsIndex.File, 0, SafetensorsIndex.LongestIndex + 1, cancellationToken);
        if (index.Fault is not null || index.Bytes.Length > SafetensorsIndex.LongestIndex)
        {
            return (null, $"{SafetensorsIndex.File}: {index.Fault ?? $"it has more than {SafetensorsIndex.LongestIndex} bytes"}.");
        }

        var (shards, fault) = SafetensorsIndex.Read(index.Bytes);
        fault ??= shards!.FirstOrDefault(shard => !sizes.ContainsKey(shard)) is { } missing ? $"it names {missing}, which the repository does not have"
            : shards!.Count > MostShardsRead ? $"it names {shards.Count} shards, and the headers of at most {MostShardsRead} are read"
            : null;
        if (fault is not null)
        {
            return (null, $"{SafetensorsIndex.File}: {fault}.");
        }

        var budget = new Budget();
        var read = new IReadOnlyList<SafetensorsTensor>[shards!.Count];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        string? first = null;
        try
        {
            await Parallel.ForAsync(0, shards.Count, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = enough.Token }, async (i, token) =>
            {
                var (tensors, why) = await HeaderAsync(model, shards[i], sizes, budget, token);
                if (tensors is null)
                {
                    Interlocked.CompareExchange(ref first, why, null);
                    await enough.CancelAsync();
                    return;
                }

                read[i] = tensors;
            });
        }
        catch (OperationCanceledException) when (first is not null)
        {
            // The other shards were left because one cannot be read.
        }

        return first is null ? (read.SelectMany(tensors => tensors).ToArray(), null) : (null, first);
    }

    private async Task<(IReadOnlyList<SafetensorsTensor>?, string?)> HeaderAsync(
        HuggingFaceModel model, string path, Dictionary<string, long?> sizes, Budget budget, CancellationToken cancellationToken)
    {
        var start = await content.ReadAsync(model, path, 0, FirstBytes, cancellationToken);
        var size = start.FileSize ?? sizes[path];
        var length = start.Bytes.Length >= SafetensorsHeader.LengthBytes ? BinaryPrimitives.ReadUInt64LittleEndian(start.Bytes) : 0;
        var fault = start.Fault
            ?? (start.Bytes.Length < SafetensorsHeader.LengthBytes ? "the file ends before its header" : null)
            ?? (length > SafetensorsHeader.LongestHeader ? $"a header of {length} bytes is not read; the limit is {SafetensorsHeader.LongestHeader}" : null)
            ?? (size - SafetensorsHeader.LengthBytes < (long)length ? $"the file of {size} bytes cannot hold its header of {length}" : null)
            ?? (budget.Take((long)length) ? null : $"the headers of all files together have more than {MostHeaderBytes} bytes");
        if (fault is not null)
        {
            return (null, $"{path}: {fault}.");
        }

        var whole = start.Bytes;
        var end = SafetensorsHeader.LengthBytes + (int)length;
        if (whole.Length < end)
        {
            var rest = await content.ReadAsync(model, path, whole.Length, end - whole.Length, cancellationToken);
            whole = rest.From == 0 ? rest.Bytes : [.. whole, .. rest.Bytes];
            if (rest.Fault is not null || whole.Length < end)
            {
                return (null, $"{path}: {rest.Fault ?? "the file ends within its header"}.");
            }
        }

        var (tensors, wrong) = SafetensorsHeader.Read(whole.AsSpan(SafetensorsHeader.LengthBytes, (int)length), size - end);
        return (tensors, wrong is null ? null : $"{path}: {wrong}.");
    }

    private sealed class Budget
    {
        private long _taken;

        public bool Take(long bytes) => Interlocked.Add(ref _taken, bytes) <= MostHeaderBytes;
    }
}
