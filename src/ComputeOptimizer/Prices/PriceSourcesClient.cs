using System.Net;
using System.Text.Json;
using System.Xml;
using Terradev.Contracts;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>
/// HTTP to live sources: bounded in time and size, tried again where a failure may pass, and never redirected. Of a failure only the status and
/// the provider's code are told, because some answers repeat the request with its credentials.
/// </summary>
internal sealed class PriceSourceClient(IHttpClientFactory clients, PriceSourceLimits limits, TimeProvider time)
{
    public const string Name = "price-sources";

    /// <summary>The body of a successful answer.</summary>
    /// <param name="request">Makes the request, once for each try.</param>
    /// <param name="access">What to do where the source refuses the credentials.</param>
    /// <exception cref="PriceSourceException">There is no such answer.</exception>
    public async Task<byte[]> AskAsync(Func<HttpRequestMessage> request, string access, CancellationToken cancellationToken)
    {
        var pause = limits.Pause;
        for (var attempt = 1; ; attempt++)
        {
            var (body, failure) = await TryAsync(request, access, cancellationToken);
            if (body is not null)
            {
                return body;
            }

            if (!failure!.MayPass || attempt == PriceSourceLimits.Tries || failure.Wait > PriceSourceLimits.LongestPause)
            {
                throw new PriceSourceException(failure.Refusal, failure.Exception) { RetryAfter = failure.Wait };
            }

            await Task.Delay(failure.Wait > pause ? failure.Wait.Value : pause, time, cancellationToken);
            pause *= 2;
        }
    }

    private async Task<(byte[]? Body, Failure? Failure)> TryAsync(Func<HttpRequestMessage> make, string access, CancellationToken cancellationToken)
    {
        using var request = make();
        var host = request.RequestUri!.Host;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limits.Answer);
        try
        {
            using var response = await clients.CreateClient(Name).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            var body = await ReadAsync(response, host, limited.Token);
            return response.StatusCode == HttpStatusCode.OK ? (body, null) : (null, FailureOf(response, body, host, access));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new Failure(new Refusal(RefusalCodes.TimedOut, $"{host} did not answer within {limits.Answer.TotalSeconds:0.#} seconds.", "Nothing needs to be done: it is asked again later; the old prices stay."), false, null, exception));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            var fault = exception is HttpRequestException http ? $"cannot be reached ({http.HttpRequestError})" : "broke off its answer";
            return (null, new Failure(PriceSourceRefusals.Unreachable($"{host} {fault}."), true, null, exception));
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, string host, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (body.Length + read > limits.AnswerBytes)
            {
                throw new PriceSourceException(PriceSourceRefusals.Unreadable($"{host} answered with more than {limits.AnswerBytes / 1024} KiB at once, which is not read."));
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }

    private Failure FailureOf(HttpResponseMessage response, byte[] body, string host, string access)
    {
        if (HubHttp.RedirectOf(response) is { } target)
        {
            return new Failure(PriceSourceRefusals.Unreachable($"{host} redirects to {PriceText.Short(target.Host)}, which is not followed."), false, null, null);
        }

        var code = ErrorCode(body);
        var said = $"{host} answered with status {(int)response.StatusCode}{(code is null ? "" : $" ({code})")}.";
        var wait = HubRateLimit.AskedWait(response, time.GetUtcNow());
        var throttled = response.StatusCode == HttpStatusCode.TooManyRequests || (code?.Contains("Throttl", StringComparison.OrdinalIgnoreCase) ?? false) || code == "RequestLimitExceeded";
        if (!throttled && (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden || code is "API_KEY_INVALID" or "UnrecognizedClientException"))
        {
            return new Failure(new Refusal(RefusalCodes.CredentialsMissing, said, access), false, null, null);
        }

        return new Failure(PriceSourceRefusals.Unreachable(said), throttled || (int)response.StatusCode is 408 or >= 500, wait, null);
    }

    /// <summary>The provider's code in the body of an error: AWS JSON, EC2 XML or Google JSON; null where there is none that looks like one.</summary>
    private static string? ErrorCode(byte[] body)
    {
        var code = body.AsSpan().TrimStart(" \t\r\n"u8) switch
        {
            [(byte)'{', ..] => JsonCode(body),
            [(byte)'<', ..] => XmlCode(body),
            _ => null,
        };
        code = code?[(code.LastIndexOf('#') + 1)..];
        return code is { Length: > 0 and <= 60 } && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? code : null;
    }

    private static string? JsonCode(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.Text("__type") is { } type)
            {
                return type;
            }

            var error = root.Member("error");
            return error.Member("details").Items().Select(detail => detail.Text("reason")).FirstOrDefault(reason => reason is not null) ?? error.Text("status");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? XmlCode(byte[] body)
    {
        try
        {
            using var reader = PriceSourceXml.Reader(body);
            return reader.ReadToFollowing("Code") ? reader.ReadElementContentAsString() : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private sealed record Failure(Refusal Refusal, bool MayPass, TimeSpan? Wait, Exception? Exception);
}

/// <summary>Why a live source told nothing.</summary>
internal static class PriceSourceRefusals
{
    public static Refusal Unreachable(string detail) => new(
        RefusalCodes.PriceSourceUnreachable, detail, "Nothing needs to be done if it passes: it is asked again by itself. Otherwise check the way to it and its settings; the old prices stay.");

    public static Refusal Unreadable(string detail) => new(
        RefusalCodes.PriceSourceUnreachable, detail, "Check that nothing between here and the source changes its answers; the old prices stay.");
}
