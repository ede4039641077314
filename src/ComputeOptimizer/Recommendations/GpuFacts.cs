using System.Collections.Frozen;
using System.Globalization;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What the makers say about GPUs, as far as choosing needs it.</summary>
public static class GpuFacts
{
    private static readonly FrozenDictionary<string, double> Peaks = new Dictionary<string, double>
    {
        ["V100"] = 112, // PCIe card; the SXM2 module of AWS p3 reaches 125, and the name does not tell which it is
        ["V100-32GB"] = 125, // SXM2
        ["T4"] = 65,
        ["A10"] = 125,
        ["A10G"] = 70,
        ["A100"] = 312,
        ["A100-80GB"] = 312,
        ["L4"] = 121,
        ["L40S"] = 362,
        ["H100"] = 989, // SXM5
        ["H100-MEGA"] = 989,
        ["H100-NVL"] = 835,
        ["H200"] = 989,
        ["B200"] = 2250,
        ["B300"] = 2250,
        ["GB200"] = 2500,
        ["RTXPRO6000"] = 500, // an eighth of the 4000 TOPS of FP4 with sparsity that NVIDIA gives
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Dense half-precision tensor peak of one GPU in TFLOPS, from the datasheets of NVIDIA (half of the figures "with sparsity");
    /// null where none is known.
    /// </summary>
    public static double? PeakTflops(string model) => Peaks.TryGetValue(model, out var peak) ? peak : null;

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
