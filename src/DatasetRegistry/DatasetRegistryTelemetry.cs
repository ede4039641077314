using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Terradev.DatasetRegistry;

/// <summary>Traces and metrics of the registry, all named <c>Terradev.DatasetRegistry</c>.</summary>
internal static class DatasetRegistryTelemetry
{
    public const string Name = "Terradev.DatasetRegistry";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Lookups = Meter.CreateCounter<long>(
        "terradev.datasetregistry.lookups", "{lookup}", "Datasets looked up, by where the figures came from.");

    /// <param name="origin"><c>hub</c>, <c>cache</c>, <c>store</c>, <c>snapshot</c> or <c>none</c>.</param>
    public static void LookedUp(string origin) => Lookups.Add(1, new KeyValuePair<string, object?>("origin", origin));
}
