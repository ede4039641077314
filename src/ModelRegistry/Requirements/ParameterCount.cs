using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>How many parameters a model has and how many bytes its files store them in.</summary>
/// <param name="StoredBytes">Bytes of the weights as the repository stores them.</param>
/// <param name="StoredBits">Bits a weight takes in the files: 32, 16, 8 or 4.</param>
/// <param name="Notes">What had to be assumed, in words.</param>
public sealed record ParameterCount(ModelParameters Parameters, long StoredBytes, int StoredBits, bool StoredBf16, IReadOnlyList<string> Notes)
{
    // A quadrillion: no figure above it is a model.
    private const long Largest = 1_000_000_000_000_000;

    /// <summary>
    /// Counts from the file headers, else by formula from <c>config.json</c>, else by the published figure, else from file sizes;
    /// null when nothing tells.
    /// </summary>
    public static ParameterCount? Of(HubModel model, ModelConfig? config) =>
        FromHeaders(model, config) ?? FromConfig(model, config) ?? FromPublication(model, config) ?? FromFiles(model, config);

    private static ParameterCount? FromHeaders(HubModel model, ModelConfig? config)
    {
        var elements = Sane(model.StoredElements);
        if (elements.Count == 0)
        {
            return null;
        }

        List<string> notes = [];
        var floats = elements.Where(entry => IsFloat(entry.Key)).Sum(entry => entry.Value);
        var stored = elements.Sum(entry => entry.Value * BytesOf(entry.Key));
        var total = floats;
        var mostUsed = elements.Where(entry => IsFloat(entry.Key)).OrderByDescending(entry => entry.Value).Select(entry => entry.Key).FirstOrDefault();
        var bits = BitsOf(mostUsed ?? "I8");
        var packed = Packed(elements, floats, config);
        if (packed is { } quantized)
        {
            total = floats + quantized.Parameters;
            stored = elements.Where(entry => IsFloat(entry.Key)).Sum(entry => entry.Value * BytesOf(entry.Key)) + quantized.Bytes;
            bits = quantized.Bits;
            notes.Add($"The repository stores its weights in {quantized.Bits} bits ({config?.QuantizationMethod}); packed elements were counted as the parameters they hold.");
        }
        else if (floats == 0)
        {
            total = elements.Values.Sum();
            bits = 8;
        }
        else if (config is not null && CausalMasks(config, floats) is > 0 and var masks)
        {
            total = floats - masks;
            notes.Add($"{masks:N0} stored elements are causal masks, not parameters.");
        }

        return Counted(total, config, elements, "safetensors headers", Confidence.Headers, stored, bits, mostUsed == "BF16", notes);
    }

    private static ParameterCount? FromConfig(HubModel model, ModelConfig? config)
    {
        if (config is null || ParameterFormulas.Total(config) is not { } total || total <= 0 || total > Largest)
        {
            return null;
        }

        // Without a word in the config the library saves in fp32.
        var bits = BitsOf(config.Dtype ?? "F32");
        var stored = WeightFiles.Bytes(model.Files) ?? Saturated.Long(total * bits / 8);
        return Counted((long)total, config, Empty, "config.json, by formula", Confidence.Config, stored, bits, config.Dtype == "BF16", []);
    }

    private static ParameterCount? FromPublication(HubModel model, ModelConfig? config) =>
        model.PublishedParameters is > 0 and <= Largest and var total
            ? Counted(total, config, Empty, "figure published with the model", Confidence.Name,
                WeightFiles.Bytes(model.Files) ?? total * BitsOf(config?.Dtype ?? "F32") / 8, BitsOf(config?.Dtype ?? "F32"), config?.Dtype == "BF16", [])
            : null;

    private static ParameterCount? FromFiles(HubModel model, ModelConfig? config)
    {
        if (WeightFiles.Bytes(model.Files) is not { } bytes)
        {
            return null;
        }

        var bits = config?.QuantizationBits ?? BitsOf(config?.Dtype ?? "F32");
        return Counted(Saturated.Long((Int128)bytes * 8 / bits), config, Empty, "file sizes", Confidence.Files, bytes, bits, config?.Dtype == "BF16",
            [$"The parameter count is the size of the weight files at {bits} bits a parameter."]);
    }

    private static ParameterCount? Counted(
        long total, ModelConfig? config, IReadOnlyDictionary<string, long> elements, string source, Confidence confidence, long stored, int bits, bool bf16, IReadOnlyList<string> notes)
    {
        if (total is <= 0 or > Largest)
        {
            return null;
        }

        var active = config is null ? total : (long)Int128.Clamp(total - ParameterFormulas.Idle(config), 1, total);
        return new ParameterCount(new ModelParameters(total, active, elements, source, confidence), stored, bits, bf16, notes);
    }

    // gpt2 was saved with a positions x positions mask in every layer; newer copies are saved without.
    private static long CausalMasks(ModelConfig config, long stored)
    {
        if (config is not { Type: "gpt2", Layers: { } layers, MaxPositions: { } positions } || ParameterFormulas.Total(config) is not { } formula)
        {
            return 0;
        }

        var masks = (Int128)layers * positions * positions;
        return stored - masks >= formula ? (long)masks : 0;
    }

    private static (long Parameters, long Bytes, int Bits)? Packed(IReadOnlyDictionary<string, long> elements, long floats, ModelConfig? config)
    {
        if (config is not { QuantizationMethod: { } method, QuantizationBits: { } bits and (2 or 3 or 4 or 8) })
        {
            return null;
        }

        var (container, count) = elements.Where(entry => entry.Key is "U8" or "I8" or "I32" or "U32").OrderByDescending(entry => entry.Value).FirstOrDefault();
        if (container is null || count == 0)
        {
            return null;
        }

        if (method == "mxfp4")
        {
            // The hub counts each 4-bit value, and the one-byte scale of every 32 of them as an element too.
            var values = count / 33 * 32;
            return (values, (values / 2) + (count - values), 4);
        }

        // The hub lists some repositories by container and others by value; the formula tells which this is.
        var perContainer = BitsOf(container) / bits;
        var byContainer = (Int128)count * perContainer;
        var formula = ParameterFormulas.Total(config) is { } expected ? expected - floats : byContainer;
        return Int128.Abs(byContainer - formula) <= Int128.Abs(count - formula)
            ? (Saturated.Long(byContainer), count * BytesOf(container), bits)
            : (count, Saturated.Long((Int128)count * bits / 8), bits);
    }

    private static IReadOnlyDictionary<string, long> Empty { get; } = new Dictionary<string, long>();

    private static IReadOnlyDictionary<string, long> Sane(IReadOnlyDictionary<string, long>? elements) =>
        elements is { Count: > 0 and <= 32 } && elements.Values.All(count => count is >= 0 and <= Largest) ? elements : Empty;

    private static bool IsFloat(string dtype) => dtype.StartsWith('F') || dtype.StartsWith("BF", StringComparison.Ordinal);

    private static int BitsOf(string dtype) => dtype switch
    {
        "F64" or "I64" or "U64" => 64,
        "F32" or "I32" or "U32" => 32,
        "F16" or "BF16" or "I16" or "U16" => 16,
        _ => 8,
    };

    private static int BytesOf(string dtype) => BitsOf(dtype) / 8;
}

/// <summary>Conversion that stops at the ends: figures of hostile files must not wrap around.</summary>
internal static class Saturated
{
    // Eight of these still fit a signed 64-bit sum.
    private static readonly Int128 Largest = (Int128)1 << 60;

    public static long Long(Int128 value) => (long)Int128.Clamp(value, 0, Largest);
}
