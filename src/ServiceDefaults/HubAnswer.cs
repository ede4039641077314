namespace Terradev.ServiceDefaults;

/// <summary>What asking a hub came to.</summary>
public enum HubOutcome
{
    /// <summary>The hub answered with the thing.</summary>
    Found,

    /// <summary>The hub answered that there is no such thing, or none that the caller may know of.</summary>
    Unknown,

    /// <summary>The thing exists, and its content is for accepted users only.</summary>
    Gated,

    /// <summary>No answer, or none that can be used: unreachable, slow, rate limited, broken.</summary>
    Unavailable,
}

/// <summary>A hub's answer; everything but <see cref="HubOutcome.Found"/> says why in <paramref name="Reason"/>.</summary>
public sealed record HubAnswer<T>(HubOutcome Outcome, T? Value, string Reason)
    where T : class
{
    /// <summary>How long the hub asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

public static class HubAnswer
{
    public static HubAnswer<T> Found<T>(T value)
        where T : class => new(HubOutcome.Found, value, "");

    public static HubAnswer<T> Unavailable<T>(string reason)
        where T : class => new(HubOutcome.Unavailable, null, reason);

    /// <summary>
    /// Reads the refusals of the Hugging Face hub. To anonymous callers it answers 401 without <c>X-Error-Code</c> for a
    /// repository that does not exist, and 401 with <c>GatedRepo</c> for one that does.
    /// </summary>
    /// <param name="now">Needed for a <c>Retry-After</c> that is a date, where the answer has no <c>Date</c>.</param>
    public static HubAnswer<T> Refused<T>(HttpResponseMessage response, DateTimeOffset? now = null)
        where T : class => Read<T>(response) with { RetryAfter = HubRateLimit.AskedWait(response, now) };

    private static HubAnswer<T> Read<T>(HttpResponseMessage response)
        where T : class
    {
        var code = Header(response, "X-Error-Code");
        var message = Header(response, "X-Error-Message");
        return (int)response.StatusCode switch
        {
            401 or 403 when code == "GatedRepo" => new(HubOutcome.Gated, null, "The hub shows this repository's files to accepted users only."),
            401 when message?.StartsWith("Invalid credentials", StringComparison.Ordinal) == true => Unavailable<T>("The hub does not accept the configured token."),
            401 => new(HubOutcome.Unknown, null, "The hub has no such repository, or it is private."),
            403 when message?.Contains("disabled", StringComparison.OrdinalIgnoreCase) == true => new(HubOutcome.Unknown, null, "The hub has disabled this repository."),
            404 or 410 => new(HubOutcome.Unknown, null, "The hub has no such repository, revision or file."),
            429 => Unavailable<T>("The hub's rate limit is used up."),
            >= 300 and < 400 => Unavailable<T>("The hub redirects to another host, which is not followed."),
            _ => Unavailable<T>($"The hub answered with status {((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)}."),
        };
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>Where a hub answers and with which token.</summary>
/// <param name="Address">Absolute http or https address that ends in a slash.</param>
/// <param name="Token">Sent to <paramref name="Address"/> and to no other host; null calls anonymously.</param>
public sealed record HubEndpoint(Uri Address, string? Token)
{
    /// <summary>How the token is sent: <c>Bearer</c>, or <c>Basic</c> for one that is name and key in base64.</summary>
    public string Scheme { get; init; } = "Bearer";

    /// <summary>Reads a configured address; false for anything that is not an absolute http or https address without user information.</summary>
    public static bool TryRead(string text, out Uri address)
    {
        address = null!;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var read)
            || (read.Scheme != Uri.UriSchemeHttps && read.Scheme != Uri.UriSchemeHttp)
            || read.UserInfo.Length > 0 || read.Query.Length > 0 || read.Fragment.Length > 0)
        {
            return false;
        }

        address = read;
        return true;
    }

    internal bool IsAt(Uri other) =>
        Uri.Compare(Address, other, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
