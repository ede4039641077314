using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Terradev.EnvironmentGenerator;

/// <summary>The spans and figures of this service.</summary>
internal static class EnvironmentGeneratorTelemetry
{
    public static readonly ActivitySource Source = new("Terradev.EnvironmentGenerator");

    private static readonly Meter Meter = new("Terradev.EnvironmentGenerator");

    /// <summary>Runs that ended, by kind and status.</summary>
    public static readonly Counter<long> RunsEnded = Meter.CreateCounter<long>("terradev.runs.ended", "{run}", "Runs that ended, by kind and status");
}
