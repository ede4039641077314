using Terradev.ComputeOptimizer.Clouds;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>
/// Offers of a group that differ in place and price only: interrupted equally often, and equally far from the data. Among them the
/// cheapest is the best for every goal, and the budget becomes a price per hour that none may exceed.
/// </summary>
internal sealed class PriceClass
{
    private const double Micro = 1e-6;
    private const double HoursPerMonth = 730;
    private readonly Demand _demand;
    private readonly long _mostToFinish = long.MaxValue;
    private readonly Cause _always;

    /// <param name="interruptionsPerHour">Of one instance; 0 for on-demand.</param>
    /// <param name="elsewhere">Whether the data is in another region.</param>
    /// <param name="workHours">Undisturbed hours of one instance; null where the work has no end or its speed is not known.</param>
    public PriceClass(CloudProfile profile, double interruptionsPerHour, bool elsewhere, double? workHours, Demand demand)
    {
        (_demand, InterruptionsPerHour) = (demand, interruptionsPerHour);
        var (work, policy) = (demand.Work, demand.Policy);
        if (workHours is { } hours)
        {
            Run = RunEstimate.Of(
                hours, interruptionsPerHour, work.CheckpointHours, work.RestartHours, work.BootHours, policy.MinCheckpointMinutes / 60,
                work.Mode == WorkloadMode.Inference ? policy.InFlightMinutes / 60 : null);
            Disk = (double)profile.DiskPerGBMonth.Usd * demand.DiskGB * Run.Total / HoursPerMonth * work.Replicas;
        }

        if (demand.EgressGB > 0)
        {
            Egress = EgressRate(profile.Cloud, elsewhere, demand.Request.Constraints.Data);
            EgressUsd = Egress is null ? 0 : (double)Egress.Usd * demand.EgressGB;
        }

        if (demand.MostToFinish is { } budget)
        {
            var perHour = Run is null ? -1 : (budget - Disk - EgressUsd) / (Run.Total * work.Replicas);
            _mostToFinish = perHour < 0 ? -1 : (long)Math.Min(perHour / Micro, 1e18);
        }

        _always = Run is { Finishes: false } ? Cause.NeverFinishes
            : demand.Deadline is { } deadline && (Run is null || Run.Total > deadline) ? Cause.Deadline
            : Cause.None;
    }

    public double InterruptionsPerHour { get; }

    /// <summary>What the data costs to move; null where nothing is asked for it.</summary>
    public CloudRate? Egress { get; }

    public RunEstimate? Run { get; }

    public int Replicas => _demand.Work.Replicas;

    /// <summary>USD of the volumes of all replicas for the whole run.</summary>
    public double Disk { get; }

    public double EgressUsd { get; }

    /// <summary>Index in the group of the cheapest offer that fits; -1 before one was found.</summary>
    public int First { get; set; } = -1;

    /// <summary>What is against a price per hour of one instance; <see cref="Cause.None"/> when it fits.</summary>
    public Cause Against(long priceMicros) =>
        priceMicros > _demand.MostHourly ? Cause.MaxHourly
        : priceMicros > _demand.MostUntilLimit ? Cause.UntilLimit
        : _always != Cause.None ? _always
        : priceMicros > _mostToFinish ? Cause.ToFinish
        : Cause.None;

    /// <summary>USD of the job for that price per hour of one instance, before rounding; null where the work has no end or its speed is not known.</summary>
    public double? ToFinish(long priceMicros) => Run is null ? null : (priceMicros * Micro * Run.Total * Replicas) + Disk + EgressUsd;

    private static CloudRate? EgressRate(Cloud cloud, bool elsewhere, DataLocation? data) => data switch
    {
        { Cloud: { } from } when from != cloud => CloudProfiles.Of(from).EgressPerGBToInternet,
        { Cloud: { } from } when elsewhere => CloudProfiles.Of(from).EgressPerGBToRegion,
        _ => null,
    };
}
