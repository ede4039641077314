using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>
/// Offers of a group that differ in place and price only: interrupted equally often, and equally far from the data. Among them the
/// cheapest is the best for every goal, and the budget becomes a price per hour that none may exceed.
/// </summary>
internal sealed class PriceClass
{
    private const double Micro = 1e-6;
    private const double HoursPerMonth = 730;
    private readonly long _mostHourly;
    private readonly long _mostUntilLimit;
    private readonly long _mostToFinish;
    private readonly Cause _always;

    public PriceClass(GpuOffer sample, double interruptionsPerHour, bool elsewhere, Throughput? throughput, Demand demand)
    {
        var (work, policy, constraints) = (demand.Work, demand.Policy, demand.Request.Constraints);
        InterruptionsPerHour = sample.Offer.Capacity == Capacity.Spot ? interruptionsPerHour : 0;
        var profile = CloudProfiles.Of(sample.Offer.Cloud);
        Egress = EgressRate(sample.Offer.Cloud, elsewhere, constraints.Data);
        if (work.Tokens is { } tokens && throughput is not null && tokens / work.Replicas / throughput.TokensPerSecond / 3600 is <= RunEstimate.MaxHours and var hours)
        {
            WorkHours = hours;
            Run = RunEstimate.Of(
                hours, InterruptionsPerHour, work.CheckpointHours, work.RestartHours, work.BootHours, policy.MinCheckpointMinutes / 60,
                work.Mode == Contracts.ModelRegistry.WorkloadMode.Inference ? policy.InFlightMinutes / 60 : null);
            Disk = (double)(profile.DiskPerGBMonth.Usd * work.DiskGB) * Run.Total / HoursPerMonth * work.Replicas;
        }

        EgressUsd = (double)((Egress?.Usd ?? 0) * work.EgressGB);
        Replicas = work.Replicas;
        _mostHourly = Micros(constraints.MaxHourly / Replicas);
        _mostUntilLimit = constraints is { TotalBudget: { } total, MaxRuntimeHours: { } limit } ? Micros(total / (limit * Replicas)) : long.MaxValue;
        _mostToFinish = constraints is { TotalBudget: { } budget, MaxRuntimeHours: null } ? MostToFinish((double)budget) : long.MaxValue;
        _always = Run is { Finishes: false } ? Cause.NeverFinishes
            : constraints.DeadlineHours is { } deadline && (Run is null || Run.Total > (double)deadline) ? Cause.Deadline
            : Cause.None;
    }

    public double InterruptionsPerHour { get; }

    /// <summary>What the data costs to move; null where nothing is asked for it.</summary>
    public CloudRate? Egress { get; }

    /// <summary>Undisturbed hours of one instance; null where the work has no end or its speed is not known.</summary>
    public double? WorkHours { get; }

    public RunEstimate? Run { get; }

    public int Replicas { get; }

    /// <summary>USD of the volumes of all replicas for the whole run.</summary>
    public double Disk { get; }

    public double EgressUsd { get; }

    /// <summary>Index in the group of the cheapest offer that fits; -1 before one was found.</summary>
    public int First { get; set; } = -1;

    /// <summary>What is against a price per hour of one instance; <see cref="Cause.None"/> when it fits.</summary>
    public Cause Against(long priceMicros) =>
        priceMicros > _mostHourly ? Cause.MaxHourly
        : priceMicros > _mostUntilLimit ? Cause.UntilLimit
        : _always != Cause.None ? _always
        : priceMicros > _mostToFinish ? Cause.ToFinish
        : Cause.None;

    /// <summary>USD of the job for that price per hour of one instance, before rounding; null where the work has no end or its speed is not known.</summary>
    public double? ToFinish(long priceMicros) => Run is null ? null : (priceMicros * Micro * Run.Total * Replicas) + Disk + EgressUsd;

    private long MostToFinish(double budget)
    {
        var perHour = Run is null ? -1 : (budget - Disk - EgressUsd) / (Run.Total * Replicas);
        return perHour < 0 ? -1 : (long)Math.Min(perHour / Micro, 1e18);
    }

    private static CloudRate? EgressRate(Cloud cloud, bool elsewhere, DataLocation? data) => data switch
    {
        { Cloud: { } from } when from != cloud => CloudProfiles.Of(from).EgressPerGBToInternet,
        { Cloud: { } from } when elsewhere => CloudProfiles.Of(from).EgressPerGBToRegion,
        _ => null,
    };

    private static long Micros(decimal? usd) => usd is { } most ? (long)Math.Min(Math.Floor(most * 1_000_000m), 1_000_000_000_000_000_000m) : long.MaxValue;
}
