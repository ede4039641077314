using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>The cheapest offer of its price class, with what the goals compare. Amounts are whole 10^-4 USD (<see cref="Money.Units"/>).</summary>
internal sealed class Candidate
{
    public const int HoursPerMonth = 730;

    public Candidate(FittingGroup group, PriceClass priceClass, int index)
    {
        (Group, Class, Offer, PriceMicros) = (group, priceClass, group.Group.Offers[index], group.Columns.PriceMicros[index]);
        var replicas = priceClass.Replicas;
        if (priceClass.Run is { } run)
        {
            var perHour = PriceMicros * 1e-6 * replicas;
            (Compute, Interruptions, Boot) = (Money.Units(perHour * run.Compute), Money.Units(perHour * run.Interrupted), Money.Units(perHour * run.Boot));
            (Disk, Egress) = (Money.Units(priceClass.Disk), Money.Units(priceClass.EgressUsd));
            ToFinish = Compute + Interruptions + Boot + Disk + Egress;
            (Time, Risk) = (run.Total, run.Interruptions * replicas);
        }
        else
        {
            Time = group.Work.Tokens is null && group.Throughput is { } speed ? 1e6 / (speed.TokensPerSecond * replicas) : double.MaxValue;
            Risk = priceClass.InterruptionsPerHour * HoursPerMonth * replicas;
        }
    }

    public FittingGroup Group { get; }

    public PriceClass Class { get; }

    /// <summary>10^-6 USD per hour of one instance.</summary>
    public long PriceMicros { get; }

    public GpuOffer Offer { get; }

    /// <summary>USD per hour of one instance.</summary>
    public decimal Price => Offer.Offer.PricePerHour!.Value;

    /// <summary>USD per hour of all replicas.</summary>
    public decimal PerHour => Price * Class.Replicas;

    public long Compute { get; }

    public long Interruptions { get; }

    public long Boot { get; }

    public long Disk { get; }

    public long Egress { get; }

    /// <summary>The sum of the five; <see cref="long.MaxValue"/> where the work has no end or its speed is not known.</summary>
    public long ToFinish { get; } = long.MaxValue;

    public bool Finishes => ToFinish != long.MaxValue;

    /// <summary>Hours to finish, or seconds per million tokens of all replicas where the work has no end; <see cref="double.MaxValue"/> where neither is known.</summary>
    public double Time { get; }

    public bool HasTime => Time < double.MaxValue;

    /// <summary>Expected interruptions of all replicas until the end, or in a month where there is none.</summary>
    public double Risk { get; }

    /// <summary>What the goals compare as cost, 10^-6 USD: to finish, or per hour where the work has no end; <see cref="long.MaxValue"/> where it is not known.</summary>
    public long CostMicros => Group.Work.Tokens is null ? PriceMicros * Class.Replicas : Finishes ? ToFinish * 100 : long.MaxValue;

    public decimal Cost => Group.Work.Tokens is null ? PerHour : Money.Shown(ToFinish);

    /// <summary>Sum of cost, time and risk as ratios to the best of each; set once all candidates are known.</summary>
    public double Balance { get; set; } = double.MaxValue;
}

/// <summary>An instance type and capacity of which some offers fit.</summary>
/// <param name="WorkHours">Undisturbed hours of one instance; null where the work has no end or its speed is not known.</param>
/// <param name="Fitting">Its offers that fit.</param>
/// <param name="CheapestByRegion">Of them the cheapest in each region; empty where a single replica is asked for.</param>
internal sealed record FittingGroup(
    OfferGroup Group,
    OfferColumns Columns,
    OfferFit Fit,
    Throughput? Throughput,
    double? WorkHours,
    Work Work,
    OfferTally Fitting,
    IReadOnlyList<int> CheapestByRegion)
{
    /// <summary>The cheapest offer of each price class.</summary>
    public List<Candidate> Candidates { get; } = [];

    public void Add(PriceClass priceClass, int cheapest) => Candidates.Add(new Candidate(this, priceClass, cheapest));
}
