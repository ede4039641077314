using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Terradev.ModelRegistry;

/// <summary>Traces and metrics of the registry, all named <c>Terradev.ModelRegistry</c>.</summary>
internal static class ModelRegistryTelemetry
{
    public const string Name = "Terradev.ModelRegistry";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Lookups = Meter.CreateCounter<long>(
        "terradev.modelregistry.lookups", "{lookup}", "Models looked up, by where the figures came from.");

    /// <param name="origin"><c>hub</c>, <c>cache</c>, <c>store</c>, <c>snapshot</c> or <c>none</c>.</param>
    public static void LookedUp(string origin) => Lookups.Add(1, new KeyValuePair<string, object?>("origin", origin));
}
