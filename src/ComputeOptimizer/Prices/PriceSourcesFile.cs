namespace Terradev.ComputeOptimizer.Prices;

/// <summary>A price list in a file of this machine or at an address, imported on schedule as an upload of it would be.</summary>
internal sealed class PriceListSource(PriceListSourceOptions options, FetchPrices fetch, ImportTurns turns, TimeProvider time) : IOfferSource
{
    public string Name => options.Name;

    public string? Missing => null;

    public TimeSpan Every => options.Every;

    /// <summary>What is wrong with a location; null where nothing is.</summary>
    public static string? Fault(string location) => Path.IsPathFullyQualified(location) ? null : FetchPrices.Fault(location) is { } fault ? $"it is no absolute path, and no address: {fault}" : null;

    public async Task<PriceBatch> FetchAsync(CancellationToken cancellationToken)
    {
        using var turn = await turns.TakeAsync(cancellationToken);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(PriceFileLimits.Time);
        try
        {
            var (list, asOf) = await OpenAsync(limited.Token);
            await using (list)
            {
                return (await PriceFile.ReadAsync(list, new PriceFileClaims(options.Format, options.Cloud, options.Name, asOf), limited.Token)).Batch;
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PriceSourceException(PriceRefusals.TooSlow, exception);
        }
    }

    private async Task<(Stream List, DateTimeOffset AsOf)> OpenAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!Path.IsPathFullyQualified(options.Location))
        {
            return (await fetch.OpenAsync(options.Location, cancellationToken), now);
        }

        try
        {
            var file = new FileStream(options.Location, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
            if (file.Length > PriceFileLimits.Bytes)
            {
                await file.DisposeAsync();
                throw new PriceSourceException(PriceRefusals.TooLarge);
            }

            // A file is as old as its last change; a clock that was wrong then must not make it newer than now.
            var written = new DateTimeOffset(File.GetLastWriteTimeUtc(options.Location), TimeSpan.Zero);
            return (file, written < now ? written : now);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new PriceSourceException(PriceSourceRefusals.Unreachable($"The file {options.Location} cannot be read ({exception.GetType().Name})."), exception);
        }
    }
}
