namespace Terradev.ComputeOptimizer.Prices;

/// <summary>How long a source is left alone after a failure.</summary>
public static class RefreshBackoff
{
    /// <summary>1, 2, 4, ... minutes, at most its usual time; longer where the source asked for it.</summary>
    /// <param name="failures">Failures in a row, this one included; 1 or more.</param>
    public static TimeSpan Wait(int failures, TimeSpan every, TimeSpan? retryAfter)
    {
        var doubled = TimeSpan.FromMinutes(Math.Pow(2, Math.Clamp(failures - 1, 0, 20)));
        var wait = doubled < every ? doubled : every;
        return retryAfter > wait ? retryAfter.Value : wait;
    }
}
