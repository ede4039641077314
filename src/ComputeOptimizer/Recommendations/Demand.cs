using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What a request asks of every offer, looked up and worded once.</summary>
internal sealed class Demand
{
    private readonly HashSet<string>? _gpus;
    private readonly HashSet<string>? _instanceTypes;

    public Demand(Recommend request, OfferSnapshot snapshot, OptimizerPolicy policy)
    {
        (Request, Policy, Index) = (request, policy, snapshot.Index);
        Goal = request.Goal ?? Goal.CheapestHour;
        Work = Work.Of(request, policy);
        var constraints = request.Constraints;
        _gpus = Names(constraints.Gpus);
        _instanceTypes = Names(constraints.InstanceTypes);
        (AskedGpus, AskedInstanceTypes, AskedRegions) = (List(constraints.Gpus), List(constraints.InstanceTypes), List(constraints.Regions));
        var replicas = Work.Replicas;
        MostHourly = Micros(constraints.MaxHourly / replicas);
        MostUntilLimit = constraints is { TotalBudget: { } total, MaxRuntimeHours: { } limit } ? Micros(total / (limit * replicas)) : long.MaxValue;
        MostToFinish = constraints is { TotalBudget: { } budget, MaxRuntimeHours: null } ? (double)budget : null;
        Deadline = (double?)constraints.DeadlineHours;
        (DiskGB, EgressGB) = ((double)Work.DiskGB, (double)Work.EgressGB);
        AskedClouds = constraints.Clouds is { Count: > 0 } clouds ? Words.List(clouds.Select(Wire.Name)) : "";
        DataRegion = Index.RegionOf(constraints.Data?.Region);
        InterruptionRates = [.. Index.Bands.Select(band => request.Job?.InterruptionsPerHour ?? InterruptionBand.PerHour(band, policy))];
        Calm = constraints.MaxInterruptionPercent is { } most ? [.. Index.Bands.Select(band => band is not null && band.UpperPercent <= (double)most)] : null;
        NamedZones = new bool[Index.Zones.Length];
        if (constraints.Regions is { Count: > 0 } regions)
        {
            NamedRegions = new bool[Index.Regions.Length];
            foreach (var name in regions)
            {
                Mark(NamedRegions, Index.RegionOf(name));
                Mark(NamedZones, Index.ZoneOf(name));
            }
        }
    }

    public Recommend Request { get; }

    public OptimizerPolicy Policy { get; }

    public OfferIndex Index { get; }

    public Goal Goal { get; }

    public Work Work { get; }

    /// <summary>By index of the region, whether it was asked for; null where any will do.</summary>
    public bool[]? NamedRegions { get; }

    /// <summary>By index of the zone, whether it was asked for among the regions.</summary>
    public bool[] NamedZones { get; }

    /// <summary>By index of the band, whether a spot instance of it is interrupted seldom enough; null where that does not matter.</summary>
    public bool[]? Calm { get; }

    /// <summary>Interruptions per hour of a spot instance, by index of its band.</summary>
    public double[] InterruptionRates { get; }

    /// <summary>Index of the region in which the data is; -1 where that is none of an offer.</summary>
    public int DataRegion { get; }

    /// <summary>Largest price of one instance that the limit per hour leaves, 10^-6 USD.</summary>
    public long MostHourly { get; }

    /// <summary>The same of the total budget, where the hours have a limit.</summary>
    public long MostUntilLimit { get; }

    /// <summary>USD until the end of the work; null where the budget is held against a limit of hours, or there is none.</summary>
    public double? MostToFinish { get; }

    public double? Deadline { get; }

    public double DiskGB { get; }

    public double EgressGB { get; }

    public string AskedClouds { get; }

    public string AskedGpus { get; }

    public string AskedInstanceTypes { get; }

    public string AskedRegions { get; }

    public bool NamesInstanceTypes => _instanceTypes is not null;

    public bool TakesGpu(string name) => _gpus?.Contains(name) ?? true;

    public bool TakesInstanceType(string name) => _instanceTypes?.Contains(name) ?? true;

    private static HashSet<string>? Names(IReadOnlyList<string>? names) => names is { Count: > 0 } ? new HashSet<string>(names, StringComparer.OrdinalIgnoreCase) : null;

    private static string List(IReadOnlyList<string>? names) => names is { Count: > 0 } ? Words.List(names) : "";

    private static long Micros(decimal? usd) => usd is { } most ? (long)Math.Min(Math.Floor(most * 1_000_000m), 1_000_000_000_000_000_000m) : long.MaxValue;

    private static void Mark(bool[] marks, int index)
    {
        if (index >= 0)
        {
            marks[index] = true;
        }
    }
}
