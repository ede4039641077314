using System.Text.Json;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// Counts parameters by dtype as the hub's own index does (<c>parseSafetensorsMetadata</c> of <c>@huggingface/hub</c> 2.17): elements, times
/// the values that one element of a quantized tensor packs, without what quantization only keeps beside the weights.
/// </summary>
internal static class SafetensorsCount
{
    // Scales of microscaling formats, never weights.
    private const string ExponentsOnly = "F8_E8M0";

    // Matching names is the only work here that grows with two of a stranger's figures.
    private const long MostMatches = 50_000_000;
    private const long MostCharacters = 4_000_000_000;

    /// <summary>True when there are tensors of a dtype that quantization packs or scales: without the config they cannot be counted.</summary>
    public static bool NeedsConfig(IReadOnlyList<SafetensorsTensor> tensors) =>
        tensors.Any(tensor => !tensor.IsScalar && tensor.Dtype is not ("F64" or "F32" or "F16" or "BF16" or "C64" or "I64" or "U64" or "BOOL"));

    /// <summary>Parameters by dtype, without those of which there are none; or why they cannot be counted.</summary>
    /// <param name="config">The repository's <c>config.json</c>, which tells of quantization.</param>
    public static (IReadOnlyDictionary<string, long>? ByDtype, string? Fault) Of(IReadOnlyList<SafetensorsTensor> tensors, JsonElement? config)
    {
        var quantization = SafetensorsQuantization.Of(config, tensors);
        if (quantization is { Patterns: > 0 and var patterns }
            && ((long)tensors.Count * patterns > MostMatches || tensors.Sum(tensor => (long)tensor.Name.Length) * patterns > MostCharacters))
        {
            return (null, "config.json names more exceptions from quantization than can be looked through.");
        }

        Dictionary<string, long> counts = [];
        foreach (var tensor in tensors)
        {
            // A tensor without dimensions is a setting.
            if (tensor.IsScalar || tensor.Dtype == ExponentsOnly)
            {
                continue;
            }

            var parameters = Math.Floor((tensor.Elements * (quantization?.PerElement(tensor) ?? 1)) + 0.5);
            if (parameters > 0)
            {
                counts[tensor.Dtype] = counts.GetValueOrDefault(tensor.Dtype) + (long)parameters;
            }
        }

        return counts.Values.All(count => count <= HuggingFaceModel.MostElements) && counts.Count > 0
            ? (counts, null)
            : (null, "the headers tell of no parameters, or of more than any model has.");
    }
}
