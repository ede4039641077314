using System.Text.Json;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>How a repository packs its weights, from <c>quantization_config</c>: integers that each hold several values, and tensors of scales beside them.</summary>
internal sealed class SafetensorsQuantization
{
    private static readonly HashSet<string> Bookkeeping =
    [
        "weight_scale", "weight_scale_inv", "weight_scale_2", "weight_global_scale", "weight_zero_point", "input_scale", "input_global_scale",
        "input_zero_point", "zero_point", "weight_shape", "weight_g_idx",
    ];

    private static readonly string[] FourBitWords = ["fp4", "int4", "nf4"];

    private readonly string _method;
    private readonly double? _bits;
    private readonly bool _in4Bits;
    private readonly int? _expertBits;
    private readonly string? _format;
    private readonly NamePattern[] _exceptions;
    private readonly NamePattern[] _ignored;
    private readonly Group[] _groups;
    private readonly MlxQuantization? _mlx;

    private SafetensorsQuantization(JsonElement settings, string? expertDtype, MlxQuantization? mlx)
    {
        _mlx = mlx;
        _method = (ConfigJson.String(settings, "quant_method") ?? "").ToLowerInvariant();
        _bits = ConfigJson.Number(settings, "bits");
        _in4Bits = ConfigJson.IsTrue(settings, "load_in_4bit");
        _format = ConfigJson.String(settings, "format");
        _exceptions = [.. ConfigJson.Strings(settings, "modules_to_not_convert").Select(NamePattern.OfPart)];
        _ignored = [.. ConfigJson.Strings(settings, "ignore").Select(NamePattern.OfTarget)];
        _expertBits = BitsIn(ConfigJson.String(settings, "expert_dtype") ?? expertDtype ?? ConfigJson.String(settings, "store_dtype"));
        _groups = ConfigJson.Object(settings, "config_groups") is { } groups
            ? [.. groups.EnumerateObject().Where(group => group.Value.ValueKind == JsonValueKind.Object).Select(group => new Group(
                ConfigJson.String(group.Value, "format"), [.. ConfigJson.Strings(group.Value, "targets").Select(NamePattern.OfTarget)],
                ConfigJson.Object(group.Value, "weights") is { } weights ? ConfigJson.Number(weights, "num_bits") : null))]
            : [];
    }

    /// <summary>How many patterns a tensor's name may be compared with.</summary>
    public int Patterns => _exceptions.Length + _ignored.Length + _groups.Sum(group => group.Targets.Length + 1);

    /// <summary>Null where <c>config.json</c> tells of no quantization, of the model or of the language model within it.</summary>
    public static SafetensorsQuantization? Of(JsonElement? config, IReadOnlyList<SafetensorsTensor> tensors)
    {
        if (config is not { ValueKind: JsonValueKind.Object } json)
        {
            return null;
        }

        var text = ConfigJson.Object(json, "text_config");
        var expertDtype = ConfigJson.String(json, "expert_dtype") ?? (text is { } inner ? ConfigJson.String(inner, "expert_dtype") : null);
        return Within(json, expertDtype, tensors) ?? (text is { } model ? Within(model, expertDtype, tensors) : null);
    }

    /// <summary>Parameters that one element holds, a fraction where values cross its ends; 0 for scales and other bookkeeping.</summary>
    public double PerElement(SafetensorsTensor tensor)
    {
        var suffix = Suffix(tensor.Name);
        if (Bookkeeping.Contains(suffix))
        {
            return 0;
        }

        if (_mlx is not null)
        {
            return _mlx.PerElement(tensor, suffix);
        }

        return _method switch
        {
            "mxfp4" when tensor.Dtype == "U8" && suffix.EndsWith("_scales", StringComparison.Ordinal) => 0,
            "bitsandbytes" when suffix is "absmax" or "quant_map" or "nested_absmax" or "nested_quant_map" || suffix.StartsWith("bitsandbytes__", StringComparison.Ordinal) => 0,
            _ when !IsQuantized(tensor.Name) => 1,
            "gptq" or "awq" => Gptq(tensor, suffix),
            "mxfp4" => tensor.Dtype == "U8" && tensor.Name.Contains("_blocks", StringComparison.Ordinal) ? 2 : 1,
            "bitsandbytes" => tensor.Dtype == "U8" && _in4Bits ? 2 : 1,
            "compressed-tensors" => Compressed(tensor),

            // Eight-bit floats are a value each; only experts may be narrower still.
            "fp8" => tensor.Name.Contains(".experts.", StringComparison.Ordinal) && !tensor.Name.Contains("shared_experts", StringComparison.Ordinal) ? Packed(tensor.Dtype, _expertBits) : 1,
            _ => tensor.Dtype == "U8" && (_in4Bits || _bits == 4) ? 2 : 1,
        };
    }

    /// <summary>Values of so many bits that an integer holds; 1 where it is no container for them.</summary>
    public static double Packed(string dtype, double? bits)
    {
        var container = dtype is "U8" or "I8" or "U16" or "I16" or "U32" or "I32" ? SafetensorsDtype.Find(dtype)!.Bits : 0;
        return bits is > 0 and var width && width < container ? container / width : 1;
    }

    /// <summary>A tensor's name behind its last dot.</summary>
    public static string Suffix(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static SafetensorsQuantization? Within(JsonElement json, string? expertDtype, IReadOnlyList<SafetensorsTensor> tensors)
    {
        var settings = ConfigJson.Object(json, "quantization_config");
        var mlx = MlxQuantization.Of(ConfigJson.Object(json, "quantization"), tensors) ?? MlxQuantization.Of(settings, tensors);
        return settings is null && mlx is null ? null : new SafetensorsQuantization(settings ?? default, expertDtype, mlx);
    }

    private double Gptq(SafetensorsTensor tensor, string suffix) => suffix switch
    {
        "qzeros" or "g_idx" or "scales" => 0,
        "qweight" => Math.Max(1, Math.Floor(32 / (_bits is > 0 and var bits ? bits : 4))),
        _ when tensor.Dtype == "U8" && _bits is 4 or 2 => 8 / _bits.Value,
        _ => 1,
    };

    private double Compressed(SafetensorsTensor tensor)
    {
        var module = Module(tensor.Name);
        var group = Array.Find(_groups, group => group.Targets.Any(target => target.Fits(module)));
        return (group?.Format ?? _format)?.ToLowerInvariant() is { } format && format.EndsWith("pack-quantized", StringComparison.Ordinal)
            ? Packed(tensor.Dtype, group?.Bits ?? _groups.FirstOrDefault(other => other.Bits > 0)?.Bits ?? BitsIn(format) ?? 4)
            : 1;
    }

    private bool IsQuantized(string name) =>
        !(_ignored.Length > 0 && Module(name) is var module && _ignored.Any(target => target.Fits(module)))
        && !_exceptions.Any(pattern => pattern.Fits(name));

    private static string Module(string name) => name.LastIndexOf(".weight", StringComparison.Ordinal) is >= 0 and var end ? name[..end] : name;

    private static int? BitsIn(string? format) =>
        format is null ? null
        : FourBitWords.Any(word => format.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 4
        : format.Contains("int2", StringComparison.OrdinalIgnoreCase) ? 2
        : null;

    private sealed record Group(string? Format, NamePattern[] Targets, double? Bits);
}
