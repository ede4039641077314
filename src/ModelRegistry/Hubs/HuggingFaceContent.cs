using System.Net;
using System.Net.Http.Headers;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>A part of a file, or why there is none.</summary>
/// <param name="From">Where in the file <paramref name="Bytes"/> begin: where they were asked from, or 0 where the host sends files whole only.</param>
/// <param name="FileSize">Bytes of the whole file, where the host tells.</param>
internal sealed record ContentPart(byte[] Bytes, long From, long? FileSize, string? Fault);

/// <summary>
/// Reads parts of a repository's files. The hub answers for small files itself and sends callers to other hosts for large ones,
/// which are asked without the token.
/// </summary>
internal sealed class HuggingFaceContent(IHttpClientFactory clients)
{
    public const string HubClient = "modelregistry-huggingface-ranges";
    public const string ElsewhereClient = "modelregistry-huggingface-content";

    /// <summary>At most <paramref name="count"/> bytes from <paramref name="from"/>; fewer where the file ends. No more than that is read of any answer.</summary>
    public async Task<ContentPart> ReadAsync(HuggingFaceModel model, string path, int from, int count, CancellationToken cancellationToken)
    {
        var file = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        try
        {
            using var hub = clients.CreateClient(HubClient);
            using var request = Request(new Uri($"{model.Id}/resolve/{model.Revision ?? "main"}/{file}", UriKind.Relative), from, count);
            using var response = await hub.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (HubHttp.RedirectOf(response) is not { } target)
            {
                return await PartAsync(response, from, count, cancellationToken);
            }

            using var elsewhere = clients.CreateClient(ElsewhereClient);
            using var again = Request(target, from, count);
            using var content = await elsewhere.SendAsync(again, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return await PartAsync(content, from, count, cancellationToken);
        }
        catch (HubUnavailableException exception)
        {
            return Fault(exception.Message.TrimEnd('.'));
        }
    }

    private static HttpRequestMessage Request(Uri address, int from, int count)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = new RangeHeaderValue(from, from + count - 1L);

        // A host that knows no ranges begins at 0.
        request.Options.Set(HubHttp.ReadAtMost, from + count);
        return request;
    }

    private static async Task<ContentPart> PartAsync(HttpResponseMessage response, int from, int count, CancellationToken cancellationToken)
    {
        var range = response.Content.Headers.ContentRange;
        return response.StatusCode switch
        {
            HttpStatusCode.PartialContent when range is { Unit: "bytes" } && range.From == from =>
                new ContentPart(First(await response.Content.ReadAsByteArrayAsync(cancellationToken), count), from, range.Length, null),
            HttpStatusCode.PartialContent => Fault("the host answered with another part than the one asked for"),
            HttpStatusCode.OK => new ContentPart(await response.Content.ReadAsByteArrayAsync(cancellationToken), 0, null, null),
            HttpStatusCode.RequestedRangeNotSatisfiable => new ContentPart([], from, range?.Length, null),
            _ => Fault(HubAnswer.Refused<ContentPart>(response).Reason.TrimEnd('.')),
        };
    }

    private static byte[] First(byte[] bytes, int count) => bytes.Length <= count ? bytes : bytes[..count];

    private static ContentPart Fault(string why) => new([], 0, null, why);
}
