using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Bytes that number formats take.</summary>
internal static class Formats
{
    /// <summary>Bits of one weight, scales aside.</summary>
    public static int Bits(Precision precision) => precision switch
    {
        Precision.Fp32 => 32,
        Precision.Bf16 or Precision.Fp16 => 16,
        Precision.Int8 or Precision.Fp8 => 8,
        _ => 4,
    };

    /// <summary>What a config says about its files; fp32 without a word, in which the library saves by default.</summary>
    public static Precision Stored(ModelConfig? config) => config switch
    {
        { Quantization: { Bits: 4 } packed } => packed.IsFloat ? Precision.Fp4 : Precision.Int4,
        { Quantization: { Bits: 8 } packed } => packed.IsFloat ? Precision.Fp8 : Precision.Int8,
        _ => OfDtype(config?.Dtype ?? "F32"),
    };

    /// <summary>The precision that a dtype of a file header stands for.</summary>
    public static Precision OfDtype(string dtype) => dtype switch
    {
        "BF16" => Precision.Bf16,
        "F16" => Precision.Fp16,
        "I8" or "U8" => Precision.Int8,
        _ when dtype.StartsWith("F8", StringComparison.Ordinal) => Precision.Fp8,
        _ when dtype.StartsWith("F4", StringComparison.Ordinal) => Precision.Fp4,
        _ => Precision.Fp32,
    };

    /// <summary>
    /// Bytes of <paramref name="total"/> parameters of which quantization leaves <paramref name="dense"/>, embedding and head, in 16 bits.
    /// int4 takes 0.52 bytes with its scales (one of 16 bits and a zero point for 128 weights), fp4 4.5 bits (NVFP4: one of 8 bits for 16 weights).
    /// </summary>
    public static Int128 WeightBytes(Int128 total, Int128 dense, Precision precision)
    {
        var kept = Int128.Min(dense, total);
        return precision switch
        {
            Precision.Fp32 => total * 4,
            Precision.Bf16 or Precision.Fp16 => total * 2,
            Precision.Int8 or Precision.Fp8 => total - kept + (kept * 2),
            Precision.Fp4 => ((total - kept) * 9 / 16) + (kept * 2),
            _ => ((total - kept) * 52 / 100) + (kept * 2),
        };
    }
}
