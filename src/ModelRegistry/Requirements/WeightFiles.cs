using System.Text.RegularExpressions;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Picks the files that are the model once: repositories keep the same weights in several formats and precisions.</summary>
public static partial class WeightFiles
{
    private static readonly string[] Components = ["unet/", "transformer/", "vae/", "text_encoder/", "text_encoder_2/", "text_encoder_3/", "prior/", "image_encoder/"];

    /// <summary>Bytes of the chosen weight files; null when none is there or a size is missing.</summary>
    public static long? Bytes(IReadOnlyList<ModelFile> files)
    {
        var chosen = Choose(files);
        if (chosen.Count == 0 || chosen.Any(file => file.SizeBytes is not (> 0 and < 1L << 50)))
        {
            return null;
        }

        return chosen.Sum(file => file.SizeBytes);
    }

    /// <summary>The weights in one format, safetensors before pickle, without variants such as <c>.fp16</c>.</summary>
    public static IReadOnlyList<ModelFile> Choose(IReadOnlyList<ModelFile> files)
    {
        if (files.Any(file => file.Path == "model_index.json"))
        {
            return [.. files.Where(file => Components.Any(component => file.Path.StartsWith(component, StringComparison.Ordinal))
                && ComponentWeights().IsMatch(file.Path[(file.Path.IndexOf('/', StringComparison.Ordinal) + 1)..]))];
        }

        return new[] { Safetensors(), Pickle(), TensorFlow() }
            .Select(format => files.Where(file => format.IsMatch(file.Path)).ToArray())
            .FirstOrDefault(chosen => chosen.Length > 0) ?? [];
    }

    [GeneratedRegex(@"^(model|diffusion_pytorch_model)([-_]\d{5,6}-of-\d{5,6})?\.safetensors$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ComponentWeights();

    [GeneratedRegex(@"^model([-_]\d{5,6}-of-\d{5,6})?\.safetensors$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Safetensors();

    // Variables of a SavedModel, or weights that Keras saves by themselves.
    [GeneratedRegex(@"(^|/)variables\.data-\d{5}-of-\d{5}$|^model\.weights\.h5$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TensorFlow();

    [GeneratedRegex(@"^pytorch_model([-_]\d{5,6}-of-\d{5,6})?\.bin$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pickle();
}
