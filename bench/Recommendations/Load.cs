using System.Collections.Concurrent;
using System.Diagnostics;

namespace Terradev.Bench;

/// <summary>Callers that ask the next question as soon as the last one is answered.</summary>
internal static class Load
{
    /// <summary>Milliseconds of each answer, ascending, and answers per second over all.</summary>
    public static async Task<(double[] Milliseconds, double PerSecond)> RunAsync(int callers, int questions, Func<int, Task> ask)
    {
        var milliseconds = new ConcurrentBag<double>();
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync)));
        var perSecond = questions / clock.Elapsed.TotalSeconds;
        double[] sorted = [.. milliseconds.Order()];
        return (sorted, perSecond);

        async Task CallAsync()
        {
            while (Interlocked.Increment(ref next) is var question && question < questions)
            {
                var started = Stopwatch.GetTimestamp();
                await ask(question);
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
    }

    public static double At(double[] sorted, int percent) => sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
}
