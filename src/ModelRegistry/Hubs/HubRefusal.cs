using System.Globalization;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Reads refusals that are told by status code, and how long a hub asks to be left alone.</summary>
internal static class HubRefusal
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    public static HubAnswer<T> Of<T>(HttpResponseMessage response, TimeProvider time)
        where T : class
    {
        var wait = Wait(response, time);
        var status = (int)response.StatusCode;
        return (status switch
        {
            401 => HubAnswer.Unavailable<T>("The hub does not accept the configured credentials."),
            403 or 429 when status == 429 || wait is not null => HubAnswer.Unavailable<T>("The hub's rate limit is used up."),
            403 => new HubAnswer<T>(HubOutcome.Unknown, null, "The hub has no such model, or shows it to others only."),
            404 or 410 or 451 => new HubAnswer<T>(HubOutcome.Unknown, null, "The hub has no such model."),
            >= 300 and < 400 => HubAnswer.Unavailable<T>("The hub redirects to another host, which is not followed."),
            _ => HubAnswer.Unavailable<T>($"The hub answered with status {status.ToString(CultureInfo.InvariantCulture)}."),
        }) with
        { RetryAfter = wait };
    }

    /// <summary>
    /// <c>Retry-After</c>, or the time until <c>x-ratelimit-reset</c> (seconds since 1970) where <c>x-ratelimit-remaining</c> is 0; from 1 second to
    /// <see cref="HubRateLimit.LongestWait"/>, and null where the hub asks for nothing.
    /// </summary>
    public static TimeSpan? Wait(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.RetryAfter is { } after)
        {
            return Bounded(after.Delta ?? after.Date - time.GetUtcNow());
        }

        return Number(response, "x-ratelimit-remaining") == 0 && Number(response, "x-ratelimit-reset") is { } reset and <= 253_402_300_799
            ? Bounded(DateTimeOffset.FromUnixTimeSeconds(reset) - time.GetUtcNow())
            : null;
    }

    private static TimeSpan? Bounded(TimeSpan? wait) => wait is { } asked
        ? asked < ShortestWait ? ShortestWait : asked < HubRateLimit.LongestWait ? asked : HubRateLimit.LongestWait
        : null;

    private static long? Number(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
