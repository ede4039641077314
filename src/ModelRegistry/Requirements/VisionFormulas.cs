using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of vision transformers, and of towers for images and texts.</summary>
internal static class VisionFormulas
{
    public static Int128? Vit(ModelConfig c) => Tower(c, tokens: 1, patchBias: true) is { } body
        ? body + (c.IsFor("ForImageClassification") ? Classes(c) : Linear(c.HiddenSize!.Value, c.HiddenSize.Value))
        : null;

    /// <summary>DeiT: a second token that learns from a teacher, and in one class a head for it.</summary>
    public static Int128? Deit(ModelConfig c) => Tower(c, tokens: 2, patchBias: true) is { } body
        ? body + (c.IsFor("ForImageClassificationWithTeacher") ? 2 * Classes(c) : c.IsFor("ForImageClassification") ? Classes(c) : Linear(c.HiddenSize!.Value, c.HiddenSize.Value))
        : null;

    /// <summary>DINOv2: a mask token and two scales a layer; the classifier reads the class token beside the mean of the patches.</summary>
    public static Int128? Dinov2(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l })
        {
            return null;
        }

        var width = (Int128)h * (c.Fields.Int("mlp_ratio") ?? 4);
        if (c.Fields.Flag("use_swiglu_ffn") == true)
        {
            var gated = (((width * 2 / 3) + 7) / 8) * 8;
            return Tower(c with { IntermediateSize = 1 }, tokens: 1, patchBias: true) + h + (l * (2 * (Int128)h))
                + (l * (Linear(h, 2 * gated) + Linear(gated, h) - FeedForward(h, 1))) + DinoHead(c, h);
        }

        return Tower(c with { IntermediateSize = (int)Int128.Min(width, int.MaxValue) }, tokens: 1, patchBias: true) + h + (l * (2 * (Int128)h)) + DinoHead(c, h);
    }

    /// <summary>Swin, arXiv:2103.14030: windows with a table of relative positions for each head, and patches merged between stages.</summary>
    public static Int128? Swin(ModelConfig c)
    {
        if (c.Fields.Int("embed_dim") is not { } first || c.Fields.Ints("depths") is not { Count: > 0 and <= 8 } depths
            || c.Fields.Ints("num_heads") is not { } heads || heads.Count != depths.Count)
        {
            return null;
        }

        Int128 d = first;
        var table = Square((2 * (Int128)(c.Fields.Int("window_size") ?? 7)) - 1);
        var total = Convolution(c.Channels ?? 3, d, c.PatchSize ?? 4) + Norm(d);
        for (var stage = 0; stage < depths.Count; stage++)
        {
            var width = (Int128)((double)d * (c.Fields.Number("mlp_ratio") ?? 4));
            total += depths[stage] * (EncoderLayer(d, width) + (table * heads[stage]));
            total += stage + 1 < depths.Count ? Norm(4 * d) + (8 * Square(d)) : 0;
            d *= stage + 1 < depths.Count ? 2 : 1;
        }

        return total + Norm(d) + (c.IsFor("ForImageClassification") ? Linear(d, c.Labels ?? 2) : 0);
    }

    /// <summary>CLIP's image tower: a class token, and a norm before and after the layers.</summary>
    public static Int128? ClipVision(ModelConfig c) => Tower(c, tokens: 1, patchBias: false) + (c.HiddenSize is { } h ? Norm(h) : 0);

    public static Int128? ClipText(ModelConfig c) =>
        c is { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, VocabularySize: { } v, MaxPositions: { } p }
            ? (((Int128)v + p) * h) + (l * EncoderLayer(h, i)) + Norm(h) + (c.IsFor("WithProjection") ? (Int128)h * (c.ProjectionDim ?? 512) : 0)
            : null;

    public static Int128? Clip(ModelConfig c) =>
        c is { Text: { HiddenSize: { } th } text, Vision: { HiddenSize: { } vh } vision }
            ? ClipText(text) + ClipVision(vision) + ((Int128)(c.ProjectionDim ?? 512) * ((Int128)th + vh)) + 1
            : null;

    /// <summary>SigLIP's image tower: no class token; a probe attends to the patches where there is a head.</summary>
    public static Int128? SiglipVision(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, IntermediateSize: { } i } || Tower(c, tokens: 0, patchBias: true) is not { } body)
        {
            return null;
        }

        return body + (c.Fields.Flag("vision_use_head") == false ? 0 : h + Attention(h) + Norm(h) + FeedForward(h, i));
    }

    public static Int128? Siglip(ModelConfig c) =>
        c is { Text: { HiddenSize: { } h } text, Vision: { } vision }
            ? ClipText(text) + Linear(h, text.Fields.Int("projection_size") ?? h) + SiglipVision(vision) + 2
            : null;

    /// <summary>Patches, positions, <paramref name="tokens"/> extra tokens, layers and the last norm.</summary>
    private static Int128? Tower(ModelConfig c, int tokens, bool patchBias)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i, ImageSize: { } image, PatchSize: { } patch } || image < patch)
        {
            return null;
        }

        var layer = EncoderLayer(h, i) - (c.Fields.Flag("qkv_bias") == false ? 3 * h : 0);
        return ((Int128)tokens * h) + Convolution(c.Channels ?? 3, h, patch, patchBias) + ((Square(image / patch) + tokens) * h) + (l * layer) + Norm(h);
    }

    private static Int128 Classes(ModelConfig c) => Linear(c.HiddenSize!.Value, c.Labels ?? 2);

    private static Int128 DinoHead(ModelConfig c, Int128 h) => c.IsFor("ForImageClassification") ? Linear(2 * h, c.Labels ?? 2) : 0;
}
