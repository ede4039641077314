using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Counts the weights of quantized repositories, whose elements are containers of several weights, scales and zero points.</summary>
internal static class PackedWeights
{
    /// <summary>Null for repositories that are not quantized, or without elements that could be packed weights.</summary>
    /// <param name="formula">What the config alone gives: it tells whether the hub listed containers or weights, and settles the count when both agree within 5 %.</param>
    public static HeldWeights? Read(StoredElements elements, ModelConfig? config, Int128? formula)
    {
        if (config is not { Quantization: { Bits: { } bits } packing } || bits is not (2 or 3 or 4 or 8))
        {
            return null;
        }

        if (packing is { IsFloat: true, Bits: 8 } && elements.Most(dtype => dtype.StartsWith("F8_E", StringComparison.Ordinal) && dtype != "F8_E8M0") is { } eight)
        {
            return Settled(elements.Floats - Scales(elements, elements.ByDtype[eight], packing.BlockSize), Saturated.Long(elements.Bytes), Precision.Fp8, packing, formula);
        }

        if (elements.Most(dtype => dtype is "U8" or "I8" or "I32" or "U32") is not { } container)
        {
            return null;
        }

        Int128 count = elements.ByDtype[container];
        var precision = PrecisionOf(packing, bits);
        var (byContainer, byValue, valueBytes) = packing.Method == "mxfp4" ? Mxfp4(count) : Packed(packing, StoredElements.BitsOf(container) / bits, bits, count);

        // Scales of 16 bits and of FP8 are no parameters; a symmetric method has one for each group.
        var scales = packing.GroupSize is { } group && packing.Method != "mxfp4" ? group : 0;
        Int128 Sum(Int128 weights) => weights + elements.Floats - (scales == 0 ? 0 : Int128.Min(weights / scales, elements.Floats / 2));
        var listsValues = formula is { } expected && Int128.Abs(Sum(byValue) - expected) < Int128.Abs(Sum(byContainer) - expected);
        return listsValues
            ? Settled(Sum(byValue), Saturated.Long(elements.FloatBytes + valueBytes), precision, packing, formula)
            : Settled(Sum(byContainer), Saturated.Long(elements.Bytes), precision, packing, formula);
    }

    private static HeldWeights Settled(Int128 counted, long bytes, Precision precision, Quantization packing, Int128? formula)
    {
        var total = formula is { } expected && Int128.Abs(counted - expected) <= expected / 20 && !(packing.IsFloat && counted > expected + (expected / 100)) ? expected : counted;
        return new(total, bytes, precision,
            [$"The repository stores its weights in {packing.Bits} bits ({packing.Method}); packed elements were counted as the parameters they hold."]);
    }

    private static Precision PrecisionOf(Quantization packing, int bits) => (bits, packing.IsFloat) switch
    {
        (8, true) => Precision.Fp8,
        (8, false) => Precision.Int8,
        (_, true) => Precision.Fp4,
        _ => Precision.Int4,
    };

    // Every 32 values of 4 bits share a scale of 8 bits (OCP Microscaling Formats 1.0, section 5.2). The hub counts each value and each
    // scale as an element; the files hold two values in a byte.
    private static (Int128 ByContainer, Int128 ByValue, Int128 ValueBytes) Mxfp4(Int128 count)
    {
        var values = count / 33 * 32;
        return (count / 17 * 32, values, (values / 2) + (count - values));
    }

    private static (Int128 ByContainer, Int128 ByValue, Int128 ValueBytes) Packed(Quantization packing, int perContainer, int bits, Int128 count)
    {
        var weights = packing switch
        {
            // Double quantization keeps a scale of 8 bits for 64 values beside the bytes of two values each (arXiv:2305.14314 section 3).
            { Method: "bitsandbytes", Bits: 4 } => count * 64 / 33,

            // Zero points are packed like the weights, one for each group.
            { Method: "gptq" or "awq", GroupSize: { } group } => count * perContainer * group / (group + 1),
            _ => count * perContainer,
        };
        return (weights, count, count * bits / 8);
    }

    // DeepSeek-V3 keeps a scale of 32 bits for each block of 128 x 128 weights.
    private static Int128 Scales(StoredElements elements, Int128 weights, int? block) =>
        block is { } size && elements.ByDtype.TryGetValue("F32", out var floats) ? Int128.Min(weights / size, floats) : 0;
}
