using System.Net.Http.Headers;

namespace Terradev.ServiceDefaults;

/// <summary>Reads an answer's body up to a limit and no further, whatever length the answer claims.</summary>
internal static class HubBody
{
    /// <summary>
    /// Reads the body into memory, or its first bytes where the request has <see cref="HubHttp.ReadAtMost"/>; a body of more than
    /// <paramref name="maxBytes"/> throws <see cref="HubUnavailableException"/>.
    /// </summary>
    public static async Task<HttpContent> ReadAsync(HttpResponseMessage response, HttpRequestMessage request, int maxBytes, CancellationToken cancellationToken)
    {
        var cut = request.Options.TryGetValue(HubHttp.ReadAtMost, out var most);
        var limit = cut ? most : maxBytes;
        using var original = response.Content;
        await using var body = await original.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream((int)Math.Min(limit, original.Headers.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((!cut || buffer.Length < limit) && (read = await ReadAsync(body, chunk, request, cancellationToken)) > 0)
        {
            if (buffer.Length + read > limit)
            {
                if (!cut)
                {
                    response.Dispose();
                    throw new HubUnavailableException($"{request.RequestUri?.Host} answered with more than {maxBytes / (1024 * 1024)} MiB, which is not read.");
                }

                read = (int)(limit - buffer.Length);
            }

            buffer.Write(chunk, 0, read);
        }

        var content = new ByteArrayContent(buffer.GetBuffer(), 0, (int)buffer.Length);

        // JSON is UTF-8 (RFC 8259), and a charset that does not exist would break the reading of it as text.
        content.Headers.ContentType = original.Headers.ContentType?.MediaType is { } type ? new MediaTypeHeaderValue(type) : null;
        content.Headers.ContentRange = original.Headers.ContentRange;
        return content;
    }

    private static async Task<int> ReadAsync(Stream body, byte[] chunk, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(chunk, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // What the streams of gzip and of Brotli throw, each its own.
            throw new HubUnavailableException($"{request.RequestUri?.Host} answered with compressed data that cannot be read.", exception);
        }
    }
}
