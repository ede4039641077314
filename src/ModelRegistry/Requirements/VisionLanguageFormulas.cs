using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of language models that read images: an image tower, a projector, a decoder.</summary>
internal static class VisionLanguageFormulas
{
    private const int MostMerged = 64;

    /// <summary>LLaVA: two matrices project the tower's patches.</summary>
    public static Int128? Llava(ModelConfig c) =>
        c is { Text: { HiddenSize: { } th } text, Vision: { HiddenSize: { } vh } vision }
            ? ParameterFormulas.Total(text) + ParameterFormulas.Total(vision) + Linear(vh, th) + Linear(th, th)
            : null;

    /// <summary>LLaVA-NeXT: LLaVA with a vector that ends the rows of an image.</summary>
    public static Int128? LlavaNext(ModelConfig c) => Llava(c) + (c.Text?.HiddenSize ?? 0);

    /// <summary>PaliGemma: one matrix projects the patches.</summary>
    public static Int128? PaliGemma(ModelConfig c) =>
        c is { Text: { HiddenSize: { } th } text, Vision: { HiddenSize: { } vh } vision }
            ? ParameterFormulas.Total(text) + ParameterFormulas.Total(vision) + Linear(vh, th)
            : null;

    /// <summary>Gemma 3: one matrix without bias and a norm; the SigLIP tower has no head.</summary>
    public static Int128? Gemma3(ModelConfig c) =>
        c is { Text: { HiddenSize: { } th } text, Vision: { HiddenSize: { } vh } vision }
            ? ParameterFormulas.Total(text) + ParameterFormulas.Total(vision) + ((Int128)vh * th) + vh
            : null;

    /// <summary>Qwen2-VL: patches over two frames, and a merger of 2 x 2 patches.</summary>
    public static Int128? Qwen2(ModelConfig c)
    {
        if (Language(c) is not { } text || Tower(c) is not { Embed: var e, Depth: var depth } tower || c.HiddenSize is not { } h)
        {
            return null;
        }

        var width = (Int128)e * (tower.Fields.Int("mlp_ratio") ?? 4);
        var layer = Attention(e) + FeedForward(e, width) + (2 * Norm(e));
        return text + Patches(tower.Fields, e) + (depth * layer) + Norm(e) + Merger(tower.Fields, e, h);
    }

    /// <summary>Qwen2.5-VL: the tower with RMS norms and gated feed-forward networks.</summary>
    public static Int128? Qwen25(ModelConfig c)
    {
        if (Language(c) is not { } text || Tower(c) is not { Embed: var e, Depth: var depth } tower)
        {
            return null;
        }

        Int128 width = tower.Fields.Int("intermediate_size") ?? 3420;
        var layer = Attention(e) + (2 * Linear(e, width)) + Linear(width, e) + (2 * (Int128)e);
        return text + Patches(tower.Fields, e) + (depth * layer) + e + Merger(tower.Fields, e, tower.Fields.Int("out_hidden_size") ?? 3584);
    }

    private static Int128? Language(ModelConfig c) => DecoderFormula.Total(c, DecoderFamilies.Of("qwen2")!);

    private static (ConfigFields Fields, int Embed, int Depth)? Tower(ModelConfig c) =>
        c.Fields.Section("vision_config") is { } fields
            ? (fields, fields.Int("embed_dim") ?? (c.Type == "qwen2_5_vl" ? fields.Int("hidden_size") : null) ?? 1280, fields.Int("depth") ?? 32)
            : null;

    private static Int128 Patches(ConfigFields tower, Int128 e) =>
        (Int128)(tower.Int("in_channels", "in_chans") ?? 3) * Math.Min(tower.Int("temporal_patch_size") ?? 2, MostMerged) * Square(tower.Int("patch_size", "spatial_patch_size") ?? 14) * e;

    private static Int128 Merger(ConfigFields tower, Int128 e, Int128 h)
    {
        var merged = e * Square(Math.Min(tower.Int("spatial_merge_size") ?? 2, MostMerged));
        return Linear(merged, merged) + Linear(merged, h);
    }
}
