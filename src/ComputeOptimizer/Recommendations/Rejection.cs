using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Why an offer was refused.</summary>
/// <param name="Code">One of <see cref="RejectionCodes"/>.</param>
/// <param name="Distance">How many times what is there was asked for, to tell near misses from far ones; 1 where that says nothing.</param>
public sealed record Rejection(string Code, string Detail, double Distance)
{
    /// <summary>The codes in the order in which they are checked; only the memory of the host comes after <see cref="RejectionCodes.Parallelism"/>.</summary>
    public static readonly IReadOnlyList<string> Order =
    [
        RejectionCodes.Policy, RejectionCodes.Region, RejectionCodes.Capacity, RejectionCodes.UnknownPrice, RejectionCodes.Dtype,
        RejectionCodes.Memory, RejectionCodes.Parallelism, RejectionCodes.Budget,
    ];
}
