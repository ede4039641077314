using System.Diagnostics;

namespace Terradev.SystemTests.Processes;

/// <summary>Waits for a condition up to a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Task TrueAsync(Func<Task<bool>> condition, TimeSpan deadline, Func<string> otherwise) =>
        ValueAsync(async () => await condition() ? "met" : null, deadline, otherwise);

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> ValueAsync<T>(Func<Task<T?>> value, TimeSpan deadline, Func<string> otherwise)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await value() is { } found)
            {
                return found;
            }

            if (clock.Elapsed > deadline)
            {
                throw new TimeoutException($"Not within {deadline.TotalSeconds:0} s: {otherwise()}");
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
