using System.Text.Json.Serialization;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.ComputeOptimizer;

/// <summary>What "best" means.</summary>
public enum Goal
{
    /// <summary>The lowest price per hour.</summary>
    CheapestHour,

    /// <summary>The lowest cost of the whole job, interruptions, disk and egress included.</summary>
    CheapestToFinish,

    /// <summary>The fewest hours, or the most tokens per second where the job has no end.</summary>
    Fastest,

    /// <summary>The lowest sum of cost, time and risk, each as a ratio to the best of its kind.</summary>
    Balanced,
}

/// <summary>Body of <c>POST /api/v1/recommendations</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RecommendationRequest
{
    /// <summary>The model, written <c>source:id</c>. Either this or <see cref="Requirements"/>.</summary>
    public string? Model { get; init; }

    /// <summary>Requirements as <c>GET /api/v1/requirements</c> answers them, for models that no registry knows.</summary>
    public ModelRequirements? Requirements { get; init; }

    /// <summary>The dataset, written <c>source:id</c>; with it the time to finish is estimated.</summary>
    public string? Dataset { get; init; }

    public WorkloadMode? Mode { get; init; }

    public Precision? Precision { get; init; }

    public int? ContextLength { get; init; }

    public int? BatchSize { get; init; }

    public Goal? Goal { get; init; }

    public Constraints? Constraints { get; init; }

    public Job? Job { get; init; }

    /// <summary>Instance types to rank at most, 1 to 500; 20 unless told.</summary>
    public int? Limit { get; init; }
}

/// <summary>How much work there is and how well it runs; null takes the policy's figure, which the answer shows.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Job
{
    /// <summary>Tokens in all: those to train on (instead of dataset x epochs), or those to generate.</summary>
    public long? Tokens { get; init; }

    /// <summary>Passes over the dataset, up to 1,000.</summary>
    public int? Epochs { get; init; }

    /// <summary>Instances side by side that share the tokens evenly, each with a whole copy of the model; inference only, up to 1,000.</summary>
    public int? Replicas { get; init; }

    /// <summary>Part of the GPU's peak FLOPS that is reached, above 0 and up to 1.</summary>
    public double? FlopsUtilisation { get; init; }

    /// <summary>Part of the GPU's memory bandwidth that is reached, above 0 and up to 1.</summary>
    public double? BandwidthUtilisation { get; init; }

    /// <summary>Interruptions of a spot instance per hour, instead of what the provider's band says.</summary>
    public double? InterruptionsPerHour { get; init; }

    /// <summary>Minutes from an interruption until the work goes on.</summary>
    public decimal? RestartMinutes { get; init; }
}

/// <summary>What an offer must satisfy; null or empty does not constrain.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Constraints
{
    public IReadOnlyList<Cloud>? Clouds { get; init; }

    public IReadOnlyList<string>? Regions { get; init; }

    public CapacityPreference? Capacity { get; init; }

    /// <summary>GPU models, such as <c>L4</c>.</summary>
    public IReadOnlyList<string>? Gpus { get; init; }

    /// <summary>The only instance types to consider.</summary>
    public IReadOnlyList<string>? InstanceTypes { get; init; }

    /// <summary>GPUs in the instance, at least.</summary>
    public decimal? MinGpus { get; init; }

    /// <summary>GPUs in the instance, at most.</summary>
    public decimal? MaxGpus { get; init; }

    /// <summary>USD per hour of all instances together.</summary>
    public decimal? MaxHourly { get; init; }

    /// <summary>USD until the end: compared with price times <see cref="MaxRuntimeHours"/>, or with the cost to finish where no limit is given.</summary>
    public decimal? TotalBudget { get; init; }

    /// <summary>Hours after which the machine is ended, finished or not.</summary>
    public decimal? MaxRuntimeHours { get; init; }

    /// <summary>Hours by which the work must be done: slower offers are refused.</summary>
    public decimal? DeadlineHours { get; init; }

    /// <summary>Spot instances of which more than this percentage is interrupted in a month are refused, and those of which nobody knows.</summary>
    public decimal? MaxInterruptionPercent { get; init; }

    /// <summary>Where the dataset is; without it the data comes from the hub, which asks nothing for it.</summary>
    public DataLocation? Data { get; init; }
}

/// <summary>A place that data is read from.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DataLocation
{
    public Cloud? Cloud { get; init; }

    public string? Region { get; init; }

    /// <summary>10^9 bytes to move; the dataset's size unless told.</summary>
    public decimal? SizeGB { get; init; }
}

/// <summary>Answer of <c>POST /api/v1/recommendations</c>, best first.</summary>
/// <param name="Ranked">One entry for each instance type and capacity: its best offer, and how many others there are.</param>
/// <param name="Rejected">One entry for each instance type, capacity and cause, cheapest first.</param>
/// <param name="RejectedByCode">How many offers each code refused.</param>
/// <param name="Considered">Offers looked at: those that fit plus those refused.</param>
/// <param name="Assumptions">What the figures rest on, in words.</param>
public sealed record Recommendation(
    IReadOnlyList<RankedOffer> Ranked,
    IReadOnlyList<RejectedOffer> Rejected,
    IReadOnlyDictionary<string, int> RejectedByCode,
    int Considered,
    Goal Goal,
    IReadOnlyList<string> Assumptions)
{
    /// <summary>The state of the prices that was asked: it grows with each import, and the same number means the same prices.</summary>
    public long Snapshot { get; init; }

    /// <summary>Offers that fit, in <see cref="Ranked"/> or behind it.</summary>
    public int Fitting { get; init; }

    /// <summary>Figures that every entry of <see cref="Ranked"/> rests on.</summary>
    public IReadOnlyList<CostInput> Inputs { get; init; } = [];

    /// <summary>Offers that no other one beats in cost, time and risk together, cheapest first; each is in <see cref="Ranked"/> or has its place behind it.</summary>
    public IReadOnlyList<ParetoOffer> Pareto { get; init; } = [];

    /// <summary>The cheapest of the offers below the first one's price that nearly fit, with what would make it fit; null when there is none.</summary>
    public AlmostFits? Almost { get; init; }

    /// <summary>On-demand instances as a base with spot ones on top; null for a single replica or where one of the kinds is missing.</summary>
    public MixedFleet? Mixed { get; init; }
}

/// <summary>An offer that fits.</summary>
public sealed record RankedOffer(Offer Offer, OfferFit Fit, OfferCost Cost, IReadOnlyList<string> Reasons)
{
    public OfferThroughput? Throughput { get; init; }

    public OfferRisk? Risk { get; init; }

    public OfferConfidence? Confidence { get; init; }

    /// <summary>Offers of the same instance type and capacity that fit, this one included.</summary>
    public int Offers { get; init; } = 1;

    /// <summary>Their regions, cheapest first, at most ten.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];
}

/// <summary>How the workload sits on the offer's GPUs.</summary>
/// <param name="UsableBytesPerGpu">What the policy leaves of the provider's figure.</param>
public sealed record OfferFit(long RequiredBytesPerGpu, long UsableBytesPerGpu, decimal HeadroomPercent, int GpusUsed, int TensorParallel);

/// <summary>Cost in USD, 4 decimals, of all replicas together.</summary>
/// <param name="ToFinish">Of the whole job, as <see cref="Breakdown"/> adds it up; null when the work cannot be estimated.</param>
/// <param name="AtDeadline">Worst case: the price until the runtime limit; null without a limit.</param>
/// <param name="HoursToFinish">Expected hours from the start of the instance to the end of the work; null when the work cannot be estimated.</param>
public sealed record OfferCost(decimal PerHour, decimal? ToFinish, decimal? AtDeadline, decimal? HoursToFinish)
{
    public CostBreakdown? Breakdown { get; init; }
}

/// <summary>The parts of the cost to finish in USD, 4 decimals; they sum to <see cref="OfferCost.ToFinish"/>.</summary>
/// <param name="Compute">Price times the hours of undisturbed work, checkpoints included.</param>
/// <param name="Interruptions">Price times expected interruptions times (restart + work lost since the last checkpoint).</param>
/// <param name="Boot">Price times the hours until the work begins: start of the machine and download.</param>
/// <param name="Inputs">The figures of this offer that went in, beside <see cref="Recommendation.Inputs"/>.</param>
public sealed record CostBreakdown(decimal Compute, decimal Interruptions, decimal Boot, decimal Disk, decimal Egress, IReadOnlyList<CostInput> Inputs);

/// <summary>A figure with its unit and where it comes from.</summary>
public sealed record CostInput(string Name, decimal Value, string Unit, string Source);

/// <param name="TokensPerSecond">Of one instance.</param>
/// <param name="Limit">What holds it back: <c>flops</c> or <c>memory-bandwidth</c>.</param>
/// <param name="UsdPerMillionTokens">Price per hour over tokens per hour.</param>
public sealed record OfferThroughput(double TokensPerSecond, string Limit, decimal UsdPerMillionTokens);

/// <summary>What may interrupt the work.</summary>
/// <param name="InterruptionsPerHour">Of one instance; 0 for on-demand.</param>
/// <param name="ExpectedInterruptions">Of all replicas until the work is done; in a month of 730 hours where it has no end or its hours are not known.</param>
/// <param name="CheckpointEveryMinutes">Of work, the interval that costs least (Young 1974); null where nothing is interrupted or nothing is kept.</param>
public sealed record OfferRisk(double InterruptionsPerHour, double ExpectedInterruptions, decimal? CheckpointEveryMinutes, string Source);

/// <summary>How far the figures of an offer can be trusted.</summary>
/// <param name="Time"><c>told</c> where the caller said how well the work runs, <c>assumed</c> where the policy does, <c>unknown</c> where no speed is known.</param>
public sealed record OfferConfidence(PriceConfidence Price, Confidence Memory, string Time)
{
    public const string ToldTime = "told";
    public const string AssumedTime = "assumed";
    public const string UnknownTime = "unknown";
}

/// <param name="Cost">USD to finish, or per hour where the work has no end.</param>
/// <param name="Time">Hours to finish, or seconds per million tokens where the work has no end; null when neither can be told.</param>
/// <param name="Risk">Expected interruptions.</param>
public sealed record ParetoOffer(Offer Offer, decimal Cost, double? Time, double Risk);

/// <summary>A cheaper offer that is refused for little.</summary>
public sealed record AlmostFits(Offer Offer, string Code, string Detail, IReadOnlyList<FitChange> Changes);

/// <summary>One change of the request that would make an offer fit.</summary>
/// <param name="Field">The field of the request: <c>precision</c>, <c>contextLength</c>, <c>batchSize</c>, <c>mode</c> or a constraint.</param>
/// <param name="Value">What to put there.</param>
/// <param name="RequiredBytesPerGpu">What each GPU would hold then; null where the change is not about memory.</param>
public sealed record FitChange(string Field, string Value, long? RequiredBytesPerGpu, string Detail);

/// <summary>Replicas on instances of both kinds.</summary>
/// <param name="PerHour">USD of all of them.</param>
/// <param name="SavingPercent">Against the on-demand offer for all replicas.</param>
/// <param name="InterruptionsPerMonth">Expected, over all spot instances, in 730 hours.</param>
public sealed record MixedFleet(
    Offer OnDemand, int OnDemandInstances, Offer Spot, int SpotInstances, decimal PerHour, decimal SavingPercent, double InterruptionsPerMonth, IReadOnlyList<string> Reasons);

/// <summary>Offers that do not fit, with one of <see cref="RejectionCodes"/>.</summary>
/// <param name="Offer">The cheapest of them.</param>
public sealed record RejectedOffer(Offer Offer, string Code, string Detail)
{
    /// <summary>Offers of the same instance type and capacity that were refused for the same cause, this one included.</summary>
    public int Offers { get; init; } = 1;

    /// <summary>Their regions, cheapest first, at most ten.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];
}

/// <summary>The closed list of reasons against an offer, in the order in which they are checked.</summary>
public static class RejectionCodes
{
    /// <summary>The caller's or the product's rules exclude it.</summary>
    public const string Policy = "policy";
    public const string Region = "region";
    public const string Capacity = "capacity";
    public const string UnknownPrice = "unknown-price";
    public const string Dtype = "dtype";

    /// <summary>GPU memory, or main memory of the host.</summary>
    public const string Memory = "memory";
    public const string Parallelism = "parallelism";

    /// <summary>Money or hours that were set.</summary>
    public const string Budget = "budget";
}

/// <summary>Message: rank all offers for requirements that are already known. Answered by <see cref="Recommended"/>.</summary>
/// <param name="DatasetRows">Rows of one epoch; null when there is no dataset or its size is unknown.</param>
/// <param name="TokensPerRow">Average tokens of a row; null when unknown.</param>
/// <param name="MinDiskBytes">Disk that the model and the dataset need together.</param>
public sealed record Recommend(
    ModelRequirements Requirements,
    Constraints Constraints,
    Goal? Goal,
    long? DatasetRows,
    long? TokensPerRow,
    long MinDiskBytes)
{
    public Job? Job { get; init; }

    /// <summary>Bytes of the dataset as it is downloaded; null when there is none or its size is unknown.</summary>
    public long? DatasetBytes { get; init; }

    /// <summary>As <see cref="RecommendationRequest.Limit"/>.</summary>
    public int? Limit { get; init; }
}

/// <summary>Answer to <see cref="Recommend"/>.</summary>
public sealed record Recommended(Recommendation? Recommendation, Refusal? Refusal);
