using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>How many parameters a model has and how many bytes its files store them in.</summary>
/// <param name="StoredBytes">Bytes of the weights as the repository stores them.</param>
/// <param name="StoredPrecision">The precision of most of the stored weights.</param>
/// <param name="Notes">What had to be assumed, in words.</param>
public sealed record ParameterCount(ModelParameters Parameters, long StoredBytes, Precision StoredPrecision, IReadOnlyList<string> Notes)
{
    // A quadrillion: no figure above it is a model.
    private const long Largest = 1_000_000_000_000_000;

    // From here on models are usually published in 16 bits.
    private const long LargeModel = 1_000_000_000;

    /// <summary>Bits a weight takes in the files: 32, 16, 8 or 4.</summary>
    public int StoredBits => Formats.Bits(StoredPrecision);

    /// <summary>
    /// True when <see cref="StoredBytes"/> is what the weights take once loaded in <paramref name="precision"/>: the files keep them in it,
    /// and their headers tell the bytes or they are quantized.
    /// </summary>
    public bool IsStoredIn(Precision precision) => StoredBits <= 8
        ? Formats.Bits(precision) == StoredBits
        : precision == StoredPrecision && Parameters.ByDtype.Count > 0;

    /// <summary>
    /// Counts from the file headers, else by the published figure, else by formula from <c>config.json</c>, else from file sizes, else by the
    /// formula of similar architectures, else by the name; null when nothing tells.
    /// </summary>
    public static ParameterCount? Of(HubModel model, ModelConfig? config) =>
        FromHeaders(model, config) ?? FromPublication(model, config) ?? FromConfig(model, config) ?? FromFiles(model, config)
        ?? FromLikeness(model, config) ?? FromName(model, config);

    private static ParameterCount? FromHeaders(HubModel model, ModelConfig? config)
    {
        if (StoredElements.Read(model.StoredElements, Largest) is not { } elements)
        {
            return null;
        }

        var formula = config is null ? null : ParameterFormulas.Total(config);
        var held = PackedWeights.Read(elements, config, formula) ?? elements.Whole(config, formula);
        return Counted(held.Parameters, null, config, elements.ByDtype, "safetensors headers", Confidence.Headers, held.Bytes, held.Precision, held.Notes);
    }

    private static ParameterCount? FromConfig(HubModel model, ModelConfig? config)
    {
        if (config is null)
        {
            return null;
        }

        var total = WeightFiles.Bytes(model.Files) is { } bytes && Formats.Bits(Formats.Stored(config)) is >= 16 and var bits
            ? ParameterFormulas.Nearest(config, (Int128)bytes * 8 / bits)
            : ParameterFormulas.Total(config);
        return total is { } counted ? Computed(counted, null, model, config, "config.json, by formula", Confidence.Config, []) : null;
    }

    private static ParameterCount? FromPublication(HubModel model, ModelConfig? config) =>
        Computed(model.PublishedParameters ?? 0, null, model, config, "figure published with the model", Confidence.Name, []);

    private static ParameterCount? FromFiles(HubModel model, ModelConfig? config)
    {
        if (WeightFiles.Bytes(model.Files) is not { } bytes)
        {
            return null;
        }

        var precision = Formats.Stored(config);
        var bits = Formats.Bits(precision);
        return Counted((Int128)bytes * 8 / bits, null, config, StoredElements.None, "file sizes", Confidence.Files, bytes, precision,
            [$"The parameter count is the size of the weight files at {bits} bits a parameter."]);
    }

    private static ParameterCount? FromLikeness(HubModel model, ModelConfig? config) =>
        config is not null && ParameterFormulas.Alike(config) is { } total
            ? Computed(total, null, model, config, "config.json, by the formula of similar architectures", Confidence.Config,
                [$"No formula for {config.Type} is known here: its parameters were counted as those of a decoder with the same dimensions."])
            : null;

    private static ParameterCount? FromName(HubModel model, ModelConfig? config) =>
        NamedSize.Of(model.Id) is { } size
            ? Computed(size.Total, size.Active, model, config, "the model's name", Confidence.Name,
                [$"Only its name tells the size of the model: \"{size.Text}\" was taken for {size.Total:N0} parameters."],
                guessed: config is not { Dtype: not null } and not { Quantization: not null } && size.Total >= LargeModel ? Precision.Fp16 : null)
            : null;

    private static ParameterCount? Computed(
        Int128 total, Int128? active, HubModel model, ModelConfig? config, string source, Confidence confidence, IReadOnlyList<string> notes, Precision? guessed = null)
    {
        var precision = guessed ?? Formats.Stored(config);
        var bytes = WeightFiles.Bytes(model.Files)
            ?? Saturated.Long(Formats.WeightBytes(total, config is null ? 0 : ParameterFormulas.Embeddings(config), precision));
        return Counted(total, active, config, StoredElements.None, source, confidence, bytes, precision, notes);
    }

    private static ParameterCount? Counted(
        Int128 total, Int128? active, ModelConfig? config, IReadOnlyDictionary<string, long> elements, string source, Confidence confidence, long stored, Precision precision, IReadOnlyList<string> notes)
    {
        if (total <= 0 || total > Largest)
        {
            return null;
        }

        var used = Int128.Clamp(active ?? (config is null ? total : total - ParameterFormulas.Idle(config)), 1, total);
        return new ParameterCount(new ModelParameters((long)total, (long)used, elements, source, confidence), stored, precision, notes);
    }
}

/// <summary>Conversion that stops at the ends: figures of hostile files must not wrap around.</summary>
internal static class Saturated
{
    // Eight of these still fit a signed 64-bit sum.
    private static readonly Int128 Largest = (Int128)1 << 60;

    public static long Long(Int128 value) => (long)Int128.Clamp(value, 0, Largest);
}
