namespace Terradev.ComputeOptimizer.Prices;

/// <summary>Bounds on what a live source may answer.</summary>
/// <param name="AnswerBytes">Of one page, decompressed.</param>
/// <param name="Answer">From the request to the last byte of its answer.</param>
/// <param name="Refresh">From the first request to the import of all.</param>
/// <param name="Pause">Before a request is tried again for the first time; twice as long before each further try.</param>
public sealed record PriceSourceLimits(int AnswerBytes, TimeSpan Answer, TimeSpan Refresh, TimeSpan Pause)
{
    /// <summary>Times that a request is made, the first one included.</summary>
    public const int Tries = 3;

    /// <summary>Longer waits than this are left to the schedule.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public static PriceSourceLimits Default { get; } = new(64 * 1024 * 1024, TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));
}
