using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// An import as a caller asks for it: the price list is the body, one file of a form, or at an address. Reads it as it arrives, within
/// <see cref="PriceFileLimits"/>, and imports it.
/// </summary>
internal sealed class ImportPriceList(ImportPrices import, OfferBook book, FetchPrices fetch, IEnumerable<IOfferSource> sources, ImportTurns turns, TimeProvider time)
{
    private static readonly TimeSpan BookDelay = TimeSpan.FromSeconds(10);

    /// <summary>Whoever has the answer may ask for the offers at once, unless the store went away in between.</summary>
    /// <exception cref="PriceSourceException">Why nothing was imported.</exception>
    public async Task<PriceImportReport> ImportAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var turn = await turns.TakeAsync(cancellationToken) ?? throw new PriceSourceException(PriceRefusals.Busy);
        var report = await ReadAndStoreAsync(request, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(BookDelay);
        await book.ReachesAsync(report.Snapshot, patience.Token).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return report;
    }

    private async Task<PriceImportReport> ReadAndStoreAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(PriceFileLimits.Time);
        try
        {
            var content = await ReadAsync(request, limited.Token);
            return await import.ImportAsync(content.Source, content.Format, content.Batch, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PriceSourceException(PriceRefusals.TooSlow);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new PriceSourceException(PriceRefusals.TooLarge, exception);
        }
    }

    private Task<PriceFileContent> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        return type?.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => ReadJsonAsync(request, cancellationToken),
            "text/csv" or "application/octet-stream" => ReadBodyAsync(request, request.Body, cancellationToken),
            "multipart/form-data" => ReadFormAsync(request, type!, cancellationToken),
            _ => throw new PriceSourceException(new Refusal(
                RefusalCodes.UnsupportedMediaType,
                "A price list is text/csv, application/octet-stream or one file of multipart/form-data; application/json asks to fetch one.",
                "Send the header 'Content-Type: text/csv'.")),
        };
    }

    private Task<PriceFileContent> ReadBodyAsync(HttpRequest request, Stream body, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var claims = ImportClaims.Of(request.Query, sources.Select(source => source.Name), time.GetUtcNow(), errors);
        Refuse(errors);
        return PriceFile.ReadAsync(body, claims, cancellationToken);
    }

    private async Task<PriceFileContent> ReadFormAsync(HttpRequest request, MediaTypeHeaderValue type, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= 70 })
        {
            throw new PriceSourceException(PriceRefusals.Unreadable("The form has no boundary.", "Send it as a browser or curl -F does."));
        }

        try
        {
            var form = new MultipartReader(boundary, request.Body);
            while (await form.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                {
                    return await ReadBodyAsync(request, section.Body, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException && exception is not BadHttpRequestException)
        {
            throw new PriceSourceException(PriceRefusals.Unreadable("The form cannot be read.", "Send it as a browser or curl -F does."), exception);
        }

        throw new PriceSourceException(PriceRefusals.Unreadable("The form has no file.", "Send the price list as a file of the form, as curl -F file=@vms.csv does."));
    }

    private async Task<PriceFileContent> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var head = new byte[1024];
        var length = await request.Body.ReadAtLeastAsync(head, 1, throwOnEndOfStream: false, cancellationToken);
        var whole = new HeadedStream(head.AsMemory(0, length), request.Body);

        // gpuhunt's items are JSON themselves.
        if (head.AsSpan(0, length).TrimStart(" \t\r\n"u8) is [(byte)'[', ..])
        {
            return await ReadBodyAsync(request, whole, cancellationToken);
        }

        var asked = await AskedAsync(whole, cancellationToken);
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var claims = ImportClaims.Of(asked, sources.Select(source => source.Name), time.GetUtcNow(), errors);
        Refuse(errors);
        await using var list = await fetch.OpenAsync(asked.Url!, cancellationToken);
        return await PriceFile.ReadAsync(list, claims, cancellationToken);
    }

    private static async Task<PriceImportRequest> AskedAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<PriceImportRequest>(body, TerradevJson.Options, cancellationToken) ?? new PriceImportRequest();
        }
        catch (JsonException exception)
        {
            throw new PriceSourceException(
                new Refusal(RefusalCodes.MalformedBody, $"The body is no request to fetch a price list{(exception.Path is { Length: > 1 } path ? $" (at {path})" : "")}.", "Compare the body with the schema in GET /openapi/v1.json."),
                exception);
        }
    }

    private static void Refuse(Dictionary<string, string[]> errors)
    {
        if (errors.Count > 0)
        {
            throw new PriceSourceException(new Refusal(RefusalCodes.InvalidRequest, "The import cannot be done as it was asked for.", "Correct the fields in 'errors'.", errors));
        }
    }
}

/// <summary>How many price lists are read at once: each may take a good part of the memory that the process has.</summary>
internal sealed class ImportTurns : IDisposable
{
    private const int AtOnce = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turns = new(AtOnce);

    /// <summary>Waits for a turn, which ends when the result is disposed of; null where none comes within <see cref="Patience"/>.</summary>
    public async Task<IDisposable?> TakeAsync(CancellationToken cancellationToken) => await _turns.WaitAsync(Patience, cancellationToken) ? new Turn(_turns) : null;

    public void Dispose() => _turns.Dispose();

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
