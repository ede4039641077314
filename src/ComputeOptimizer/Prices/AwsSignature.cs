using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Credentials of an AWS account.</summary>
/// <param name="SessionToken">Of temporary credentials; null for others.</param>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken)
{
    /// <summary>What to set where they are missing.</summary>
    public const string Missing = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for temporary credentials).";

    /// <summary>Those of AWS's own environment variables at the moment; null where they are not set.</summary>
    public static AwsCredentials? Read(IConfiguration configuration) =>
        configuration["AWS_ACCESS_KEY_ID"] is { Length: > 0 } id && configuration["AWS_SECRET_ACCESS_KEY"] is { Length: > 0 } secret
            ? new AwsCredentials(id.Trim(), secret.Trim(), configuration["AWS_SESSION_TOKEN"] is { Length: > 0 } token ? token.Trim() : null)
            : null;

    // A record shows its members, and these must not be seen.
    public override string ToString() => AccessKeyId;
}

/// <summary>AWS Signature Version 4, as "Create a signed AWS API request" in the IAM User Guide describes it; for requests that have their body in memory.</summary>
public static class AwsSignature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Adds the headers <c>X-Amz-Date</c>, <c>X-Amz-Security-Token</c> and <c>Authorization</c>. Every header of the request is signed.</summary>
    public static void Sign(HttpRequestMessage request, byte[] body, AwsCredentials credentials, string region, string service, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", stamp);
        if (credentials.SessionToken is { } token)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var headers = Headers(request);
        var signed = string.Join(';', headers.Keys);
        var canonical = string.Join('\n', [
            request.Method.Method,
            request.RequestUri!.AbsolutePath,
            Query(request.RequestUri),
            .. headers.Select(header => $"{header.Key}:{header.Value}"),
            "",
            signed,
            Hex(SHA256.HashData(body)),
        ]);
        var scope = $"{stamp[..8]}/{region}/{service}/aws4_request";
        var key = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), stamp[..8]), region), service), "aws4_request");
        var signature = Hex(Hmac(key, $"{Algorithm}\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}"));
        request.Headers.TryAddWithoutValidation("Authorization", $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={signed}, Signature={signature}");
    }

    private static SortedDictionary<string, string> Headers(HttpRequestMessage request)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.Headers.Host ?? request.RequestUri!.Authority };
        foreach (var header in request.Headers.Concat(request.Content?.Headers.Where(header => header.Key == "Content-Type") ?? []))
        {
            headers[header.Key.ToLowerInvariant()] = string.Join(',', header.Value.Select(Trim));
        }

        return headers;
    }

    private static string Query(Uri address) => string.Join('&', address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Name: Encode(pair[0]), Value: pair.Length == 2 ? Encode(pair[1]) : ""))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    private static string Trim(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
