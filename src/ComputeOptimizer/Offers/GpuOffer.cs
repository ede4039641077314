using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Offers;

/// <summary>Instruction set of an instance's CPUs, which decides which images run on it.</summary>
public enum CpuArchitecture
{
    X64,
    Arm64,
}

/// <summary>An offer with what choosing needs beyond what the API shows.</summary>
/// <param name="Withdrawn">True where the provider still prices the type but no longer lists it among its types.</param>
/// <param name="InterruptionBand">Share of spot instances interrupted in a month by AWS Spot Advisor, such as <c>5-10%</c>.</param>
public sealed record GpuOffer(Offer Offer, CpuArchitecture Architecture = CpuArchitecture.X64, bool Withdrawn = false, string? InterruptionBand = null);
