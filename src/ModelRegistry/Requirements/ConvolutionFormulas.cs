using static Terradev.ModelRegistry.Requirements.Blocks;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Parameters of networks that begin with convolutions.</summary>
internal static class ConvolutionFormulas
{
    private static readonly int[] ResNet50Widths = [256, 512, 1024, 2048];
    private static readonly int[] ResNet50Depths = [3, 4, 6, 3];

    /// <summary>Weights of the convolutions of ResNet-50 and ResNet-101, without norms and classifier (arXiv:1512.03385 table 1).</summary>
    private const long ResNet50Convolutions = 23_454_912;
    private const long ResNet101Convolutions = 42_394_816;

    /// <summary>ResNet of bottleneck or basic layers, and its classifier.</summary>
    public static Int128? ResNet(ModelConfig c)
    {
        IReadOnlyList<int> widths = c.Fields.Ints("hidden_sizes") is { Count: > 0 } told ? told : ResNet50Widths;
        IReadOnlyList<int> depths = c.Fields.Ints("depths") is { Count: > 0 } deep ? deep : ResNet50Depths;
        if (widths.Count != depths.Count || widths.Count > 16)
        {
            return null;
        }

        var basic = c.Fields.Word("layer_type") == "basic";
        Int128 inputs = c.Fields.Int("embedding_size") ?? 64;
        var total = Normed(c.Channels ?? 3, inputs, 7);
        for (var stage = 0; stage < widths.Count; stage++)
        {
            Int128 outputs = widths[stage];
            Int128 reduced = outputs / 4;
            Int128 Layer(Int128 from) => basic ? Normed(from, outputs, 3) + Normed(outputs, outputs, 3) : Normed(from, reduced, 1) + Normed(reduced, reduced, 3) + Normed(reduced, outputs, 1);

            // A stage that changes size or width has a convolution on its shortcut.
            var shortcut = inputs != outputs || stage > 0 ? Normed(inputs, outputs, 1) : 0;
            total += Layer(inputs) + shortcut + ((depths[stage] - 1) * Layer(outputs));
            inputs = outputs;
        }

        return total + (c.IsBare ? 0 : Linear(inputs, c.Labels ?? 2));
    }

    /// <summary>ConvNeXt, arXiv:2201.03545: depthwise 7 x 7 convolutions between two matrices four times as wide.</summary>
    public static Int128? ConvNext(ModelConfig c)
    {
        IReadOnlyList<int> widths = c.Fields.Ints("hidden_sizes") is { Count: > 0 } told ? told : [96, 192, 384, 768];
        IReadOnlyList<int> depths = c.Fields.Ints("depths") is { Count: > 0 } deep ? deep : [3, 3, 9, 3];
        if (widths.Count != depths.Count || widths.Count > 16)
        {
            return null;
        }

        var total = Convolution(c.Channels ?? 3, widths[0], c.PatchSize ?? 4) + Norm(widths[0]);
        for (var stage = 0; stage < widths.Count; stage++)
        {
            Int128 d = widths[stage];
            total += stage == 0 ? 0 : Norm(widths[stage - 1]) + Convolution(widths[stage - 1], d, 2);
            total += depths[stage] * (Linear(49, d) + Norm(d) + FeedForward(d, 4 * d) + d);
        }

        return total + Norm(widths[^1]) + (c.IsBare ? 0 : Linear(widths[^1], c.Labels ?? 2));
    }

    /// <summary>DETR over a ResNet whose norms are frozen and therefore no parameters.</summary>
    public static Int128? Detr(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i })
        {
            return null;
        }

        Int128 backbone = c.Fields.Word("backbone") switch { "resnet50" or null => ResNet50Convolutions, "resnet101" => ResNet101Convolutions, _ => 0 };
        if (backbone == 0)
        {
            return null;
        }

        var body = backbone + Linear(2048, h) + ((Int128)(c.Queries ?? 100) * h) + (l * EncoderLayer(h, i))
            + ((Int128)(c.DecoderLayers ?? l) * DecoderLayer(h, c.Fields.Int("decoder_ffn_dim") ?? i)) + Norm(h);
        return c.IsBare ? body : body + Linear(h, (c.Labels ?? 91) + 1) + (2 * Linear(h, h)) + Linear(h, 4);
    }

    /// <summary>wav2vec 2.0 and HuBERT: convolutions over the waveform, a convolution for positions, and an encoder.</summary>
    public static Int128? Wav2Vec2(ModelConfig c)
    {
        if (c is not { HiddenSize: { } h, Layers: { } l, IntermediateSize: { } i })
        {
            return null;
        }

        IReadOnlyList<int> widths = c.Fields.Ints("conv_dim") is { Count: > 0 } told ? told : [512, 512, 512, 512, 512, 512, 512];
        IReadOnlyList<int> kernels = c.Fields.Ints("conv_kernel") is { Count: > 0 } wide ? wide : [10, 3, 3, 3, 3, 2, 2];
        if (widths.Count != kernels.Count || widths.Count > 16)
        {
            return null;
        }

        var total = c.Fields.Word("feat_extract_norm") == "layer" ? widths.Aggregate((Int128)0, (sum, width) => sum + Norm(width)) : Norm(widths[0]);
        Int128 inputs = 1;
        for (var index = 0; index < widths.Count; index++)
        {
            total += Linear(inputs * kernels[index], widths[index], c.Fields.Flag("conv_bias") == true);
            inputs = widths[index];
        }

        Int128 kernel = c.Fields.Int("num_conv_pos_embeddings") ?? 128;
        Int128 positions = (Int128)h * (h / (c.Fields.Int("num_conv_pos_embedding_groups") ?? 16)) * kernel;
        return total + (c.Fields.Flag("feat_proj_layer_norm") == false ? 0 : Norm(inputs)) + Linear(inputs, h)
            + positions + kernel + h + h + Norm(h) + (l * EncoderLayer(h, i)) + SpeechHead(c, h, inputs);
    }

    /// <summary>WavLM: wav2vec 2.0 with 320 buckets of relative positions, gated in every layer (arXiv:2110.13900 section III).</summary>
    public static Int128? WavLm(ModelConfig c) =>
        Wav2Vec2(c) is { } body && c is { Layers: { } l, AttentionHeads: { } n, EffectiveHeadDim: { } d }
            ? body + (l * (Linear(d, 8) + n)) + ((Int128)(c.Fields.Int("num_buckets") ?? 320) * n)
            : null;

    private static Int128 SpeechHead(ModelConfig c, Int128 h, Int128 features)
    {
        if (c.IsFor("ForCTC"))
        {
            return Linear(h, c.VocabularySize ?? 32);
        }

        if (c.IsFor("ForSequenceClassification"))
        {
            Int128 projected = c.Fields.Int("classifier_proj_size") ?? 256;
            return Linear(h, projected) + Linear(projected, c.Labels ?? 2);
        }

        if (!c.IsFor("ForPreTraining"))
        {
            return 0;
        }

        // Two codebooks of 320 vectors, arXiv:2006.11477 section 2.
        Int128 groups = c.Fields.Int("num_codevector_groups") ?? 2;
        Int128 entries = groups * (c.Fields.Int("num_codevectors_per_group") ?? 320);
        Int128 code = c.Fields.Int("codevector_dim") ?? 256;
        Int128 target = c.Fields.Int("proj_codevector_dim") ?? 256;
        return (entries * (code / groups)) + Linear(features, entries) + Linear(h, target) + Linear(code, target);
    }

    // A convolution without bias and its batch norm.
    private static Int128 Normed(Int128 inputs, Int128 outputs, Int128 kernel) => Convolution(inputs, outputs, kernel, bias: false) + Norm(outputs);
}
