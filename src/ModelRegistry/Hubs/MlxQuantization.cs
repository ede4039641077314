using System.Text.Json;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// MLX packs a module's weights into 32-bit integers, with <c>scales</c> and, in its affine mode, <c>biases</c> beside them. Its config
/// names no method: a mode and a width of its own tell it, for all modules or for single ones.
/// </summary>
internal sealed class MlxQuantization
{
    private readonly JsonElement _settings;
    private readonly Dictionary<string, JsonElement> _own = [];
    private readonly HashSet<string> _packed = [];

    private MlxQuantization(JsonElement settings, IReadOnlyList<SafetensorsTensor> tensors)
    {
        _settings = settings;
        foreach (var property in settings.EnumerateObject())
        {
            _own[property.Name] = property.Value;
        }

        var scaled = Modules(tensors, "scales");
        var shifted = Modules(tensors, "biases");
        foreach (var module in tensors.Where(tensor => tensor.Dtype == "U32" && SafetensorsQuantization.Suffix(tensor.Name) == "weight").Select(tensor => Module(tensor.Name)))
        {
            if (At(module) is { } way && scaled.Contains(module) && (way.Mode != "affine" || shifted.Contains(module)))
            {
                _packed.Add(module);
            }
        }
    }

    /// <summary>Null where the settings are not MLX's.</summary>
    public static MlxQuantization? Of(JsonElement? settings, IReadOnlyList<SafetensorsTensor> tensors)
    {
        if (settings is not { ValueKind: JsonValueKind.Object } json || (json.TryGetProperty("quant_method", out _) && ConfigJson.String(json, "quant_method")?.ToLowerInvariant() != "mlx"))
        {
            return null;
        }

        return (Tells(json) && Way.Of(json) is not null) || json.EnumerateObject().Any(own => Tells(own.Value) && Way.Of(own.Value) is not null)
            ? new MlxQuantization(json, tensors)
            : null;
    }

    /// <summary>Parameters that one element holds; 0 for the scales and biases of packed weights.</summary>
    public double PerElement(SafetensorsTensor tensor, string suffix)
    {
        var module = Module(tensor.Name);
        return !_packed.Contains(module) || At(module) is not { } way ? 1
            : suffix == "scales" || (suffix == "biases" && way.Mode == "affine") ? 0
            : suffix == "weight" && tensor.Dtype == "U32" ? SafetensorsQuantization.Packed(tensor.Dtype, way.Bits)
            : 1;
    }

    private Way? At(string module) =>
        !_own.TryGetValue(module, out var own) ? Way.Of(_settings)
        : own.ValueKind == JsonValueKind.False ? null
        : Way.Of(own.ValueKind == JsonValueKind.Object ? own : _settings);

    private static HashSet<string> Modules(IReadOnlyList<SafetensorsTensor> tensors, string suffix) =>
        [.. tensors.Where(tensor => SafetensorsQuantization.Suffix(tensor.Name) == suffix).Select(tensor => Module(tensor.Name))];

    private static string Module(string name) => name.LastIndexOf('.') is >= 0 and var end ? name[..end] : name;

    private static bool Tells(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("bits", out _) || json.TryGetProperty("group_size", out _) || json.TryGetProperty("mode", out _));

    private sealed record Way(string Mode, double Bits)
    {
        public static Way? Of(JsonElement json)
        {
            var mode = (ConfigJson.String(json, "mode") ?? "affine").ToLowerInvariant();
            var (bits, group) = (ConfigJson.Number(json, "bits"), ConfigJson.Number(json, "group_size"));
            return mode switch
            {
                "affine" when (bits ?? 4) is 2 or 3 or 4 or 5 or 6 or 8 && (group ?? 64) is 32 or 64 or 128 => new Way(mode, bits ?? 4),
                "mxfp4" when (bits ?? 4) is 4 && (group ?? 32) is 32 => new Way(mode, 4),
                "nvfp4" when (bits ?? 4) is 4 && (group ?? 16) is 16 => new Way(mode, 4),
                "mxfp8" when (bits ?? 8) is 8 && (group ?? 32) is 32 => new Way(mode, 8),
                _ => null,
            };
        }
    }
}
