using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>The cheapest offer of its price class, with what the goals compare.</summary>
internal sealed class Candidate
{
    public Candidate(FittingGroup group, PriceClass priceClass)
    {
        (Group, Class, Offer) = (group, priceClass, group.Group.Offers[priceClass.First]);
        Price = Offer.Offer.PricePerHour!.Value;
        PerHour = Price * priceClass.Replicas;
        if (priceClass.Run is { } run)
        {
            var perHour = (double)PerHour;
            Compute = Money.Usd(perHour * run.Compute);
            Interruptions = Money.Usd(perHour * run.Interrupted);
            Boot = Money.Usd(perHour * run.Boot);
            Disk = Money.Usd(priceClass.Disk);
            Egress = Money.Usd(priceClass.EgressUsd);
            ToFinish = Compute + Interruptions + Boot + Disk + Egress;
            (Time, Risk) = (run.Total, run.Interruptions * priceClass.Replicas);
        }
        else
        {
            Time = group.Work.Tokens is null && group.Throughput is { } speed ? 1e6 / (speed.TokensPerSecond * priceClass.Replicas) : null;
            Risk = priceClass.InterruptionsPerHour * HoursPerMonth * priceClass.Replicas;
        }
    }

    public const int HoursPerMonth = 730;

    public FittingGroup Group { get; }

    public PriceClass Class { get; }

    public GpuOffer Offer { get; }

    /// <summary>USD per hour of one instance.</summary>
    public decimal Price { get; }

    /// <summary>USD per hour of all replicas.</summary>
    public decimal PerHour { get; }

    public decimal Compute { get; }

    public decimal Interruptions { get; }

    public decimal Boot { get; }

    public decimal Disk { get; }

    public decimal Egress { get; }

    /// <summary>The sum of the five; null where the work has no end or its speed is not known.</summary>
    public decimal? ToFinish { get; }

    /// <summary>Hours to finish, or seconds per million tokens of all replicas where the work has no end.</summary>
    public double? Time { get; }

    /// <summary>Expected interruptions of all replicas until the end, or in a month where there is none.</summary>
    public double Risk { get; }

    /// <summary>What the goals compare as cost: to finish, or per hour where the work has no end.</summary>
    public decimal? Cost => Group.Work.Tokens is null ? PerHour : ToFinish;

    /// <summary>Sum of cost, time and risk as ratios to the best of each; set once all candidates are known.</summary>
    public double Balance { get; set; } = double.MaxValue;
}

/// <summary>An instance type and capacity of which some offers fit.</summary>
/// <param name="Fitting">Its offers that fit.</param>
/// <param name="CheapestByRegion">Of them the index of the cheapest in each region; empty where a single replica is asked for.</param>
internal sealed record FittingGroup(
    OfferGroup Group, OfferFit Fit, Throughput? Throughput, Work Work, Tally Fitting, IReadOnlyDictionary<int, int> CheapestByRegion)
{
    /// <summary>The cheapest offer of each price class.</summary>
    public List<Candidate> Candidates { get; } = [];
}

/// <summary>Offers of a group that share a verdict: the first of them, their number and their first regions.</summary>
internal sealed class Tally(int first)
{
    private readonly List<int> _regions = new(1);

    public int First { get; } = first;

    public int Count { get; private set; }

    public void Add(int region)
    {
        Count++;
        if (_regions.Count < OfferColumns.ListedRegions && !_regions.Contains(region))
        {
            _regions.Add(region);
        }
    }

    public IReadOnlyList<string> Regions(OfferIndex index) => [.. _regions.Select(region => index.Regions[region])];
}
