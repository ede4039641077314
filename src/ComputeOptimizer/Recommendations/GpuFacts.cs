using System.Globalization;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What the makers say about GPUs, as far as choosing needs it.</summary>
public static class GpuFacts
{
    /// <summary>
    /// The compute capability below which a GPU has no arithmetic for the precision: 10.0 for fp4, 8.9 for fp8, 8.0 for bf16, 5.3 for fp16
    /// (CUDA C++ Programming Guide, compute capabilities); null where any GPU will do.
    /// </summary>
    public static decimal? MinComputeCapability(Precision precision) => precision switch
    {
        Precision.Fp4 => 10.0m,
        Precision.Fp8 => 8.9m,
        Precision.Bf16 => 8.0m,
        Precision.Fp16 => 5.3m,
        _ => null,
    };

    /// <summary>Reads <c>7.5</c>; null when it is not a number.</summary>
    public static decimal? Capability(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : null;
}
