using System.Globalization;
using System.Net;

namespace Terradev.ServiceDefaults;

/// <summary>
/// What a hub says of its rate limit with every answer: <c>RateLimit: "api";r=499;t=300</c> and
/// <c>RateLimit-Policy: "fixed window";"api";q=500;w=300</c>, as in draft-ietf-httpapi-ratelimit-headers.
/// </summary>
/// <param name="Remaining">Requests left in this window.</param>
/// <param name="Quota">Requests of a whole window; null where the hub does not say.</param>
/// <param name="Reset">Time until the next window.</param>
public sealed record HubRateLimit(long Remaining, long? Quota, TimeSpan Reset)
{
    /// <summary>No hub is left alone for longer, whatever it asks for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Reads the limit that is nearest to its end; null where the answer tells of none.</summary>
    public static HubRateLimit? Read(HttpResponseMessage response)
    {
        var policies = HubHeader.Items(response, "RateLimit-Policy");
        return HubHeader.Items(response, "RateLimit")
            .Select(item => Number(item, "r=") is { } left && Number(item, "t=") is { } seconds
                ? new HubRateLimit(left, policies.FirstOrDefault(policy => policy.Contains(item[0])) is { } policy ? Number(policy, "q=") : null, Seconds(seconds))
                : null)
            .Where(limit => limit is not null)
            .MinBy(limit => limit!.Remaining);
    }

    /// <summary>How long to pause so that a part of each window is left to others; zero while there is more than that part.</summary>
    /// <param name="share">The part to leave, 0 to 1.</param>
    public TimeSpan WaitToKeep(double share) => Remaining <= (Quota ?? 0) * share ? Bounded(Reset + TimeSpan.FromSeconds(1)) : TimeSpan.Zero;

    /// <summary>
    /// How long an answer asks to be left alone: <c>Retry-After</c> as seconds or as a date, else the reset of a used-up limit;
    /// 0 to <see cref="LongestWait"/>, null where it does not ask.
    /// </summary>
    /// <param name="now">Stands in for the answer's own <c>Date</c>, which needs no clock in common.</param>
    public static TimeSpan? AskedWait(HttpResponseMessage response, DateTimeOffset? now)
    {
        if (response.Headers.RetryAfter is { } after && (after.Delta ?? after.Date - (response.Headers.Date ?? now)) is { } wait)
        {
            return Bounded(wait);
        }

        return response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && Read(response) is { Remaining: 0 } limit
            ? Bounded(limit.Reset + TimeSpan.FromSeconds(1))
            : null;
    }

    private static long? Number(IReadOnlyList<string> item, string name) =>
        item.FirstOrDefault(part => part.StartsWith(name, StringComparison.Ordinal)) is { } part
            && long.TryParse(part.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Min(seconds, (long)LongestWait.TotalSeconds));

    private static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
}
