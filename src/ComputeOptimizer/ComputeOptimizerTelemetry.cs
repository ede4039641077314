using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Terradev.ComputeOptimizer;

/// <summary>Names under which this service appears in traces and metrics.</summary>
internal static class ComputeOptimizerTelemetry
{
    public const string Name = "Terradev.ComputeOptimizer";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    /// <summary>Recommendations given, by <c>terradev.outcome</c>: <c>ranked</c> or the code of the refusal.</summary>
    public static readonly Counter<long> Recommendations = Meter.CreateCounter<long>("terradev.recommendations", "{recommendation}");

    /// <summary>Attempts to ask a source for its prices, by <c>terradev.source</c> and <c>terradev.outcome</c>: <c>ok</c> or the code of the refusal.</summary>
    public static readonly Counter<long> PriceRefreshes = Meter.CreateCounter<long>("terradev.price_refreshes", "{refresh}");

    /// <summary>Seconds to rank all offers once everything is known.</summary>
    public static readonly Histogram<double> RankingDuration = Meter.CreateHistogram<double>("terradev.ranking.duration", "s");
}
