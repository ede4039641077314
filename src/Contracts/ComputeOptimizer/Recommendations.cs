using System.Text.Json.Serialization;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Contracts.ComputeOptimizer;

/// <summary>What "best" means.</summary>
public enum Goal
{
    CheapestHour,
    CheapestToFinish,
}

/// <summary>Body of <c>POST /api/v1/recommendations</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RecommendationRequest
{
    /// <summary>The model, written <c>source:id</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The dataset, written <c>source:id</c>; with it the time to finish is estimated.</summary>
    public string? Dataset { get; init; }

    public WorkloadMode? Mode { get; init; }

    public Precision? Precision { get; init; }

    public int? ContextLength { get; init; }

    public int? BatchSize { get; init; }

    public Goal? Goal { get; init; }

    public Constraints? Constraints { get; init; }
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

    /// <summary>USD per hour of the instance.</summary>
    public decimal? MaxHourly { get; init; }

    /// <summary>USD until the end: compared with price times <see cref="MaxRuntimeHours"/>.</summary>
    public decimal? TotalBudget { get; init; }

    public decimal? MaxRuntimeHours { get; init; }
}

/// <summary>Answer of <c>POST /api/v1/recommendations</c>, best first.</summary>
/// <param name="RejectedByCode">How many offers each code refused.</param>
/// <param name="Considered">Offers looked at: ranked plus rejected.</param>
public sealed record Recommendation(
    IReadOnlyList<RankedOffer> Ranked,
    IReadOnlyList<RejectedOffer> Rejected,
    IReadOnlyDictionary<string, int> RejectedByCode,
    int Considered,
    Goal Goal,
    IReadOnlyList<string> Assumptions);

/// <summary>An offer that fits.</summary>
public sealed record RankedOffer(Offer Offer, OfferFit Fit, OfferCost Cost, IReadOnlyList<string> Reasons);

/// <summary>How the workload sits on the offer's GPUs.</summary>
/// <param name="UsableBytesPerGpu">What the policy leaves of the provider's figure.</param>
public sealed record OfferFit(long RequiredBytesPerGpu, long UsableBytesPerGpu, decimal HeadroomPercent, int GpusUsed, int TensorParallel);

/// <summary>Cost in USD, 4 decimals.</summary>
/// <param name="ToFinish">Of the estimated hours; null when the work cannot be estimated.</param>
/// <param name="AtDeadline">Worst case: the price until the runtime limit; null without a limit.</param>
/// <param name="HoursToFinish">Estimated hours of computing; null when the work cannot be estimated.</param>
public sealed record OfferCost(decimal PerHour, decimal? ToFinish, decimal? AtDeadline, decimal? HoursToFinish);

/// <summary>An offer that does not fit, with one of <see cref="RejectionCodes"/>.</summary>
public sealed record RejectedOffer(Offer Offer, string Code, string Detail);

/// <summary>The closed list of reasons against an offer, in the order in which they are checked.</summary>
public static class RejectionCodes
{
    public const string Policy = "policy";
    public const string Region = "region";
    public const string Capacity = "capacity";
    public const string UnknownPrice = "unknown-price";
    public const string Dtype = "dtype";
    public const string Memory = "memory";
    public const string Parallelism = "parallelism";
    public const string Host = "host";
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
    long MinDiskBytes);

/// <summary>Answer to <see cref="Recommend"/>.</summary>
public sealed record Recommended(Recommendation? Recommendation, Refusal? Refusal);
