namespace Terradev.ModelRegistry.Requirements;

/// <summary>Tensors that repositories store beside the parameters: masks, statistics, and second copies of tied matrices.</summary>
internal static class StoredExtras
{
    // Channels of the batch norms of ResNet-50, with scale, shift, mean and variance each: DETR freezes all four.
    private const int FrozenNorms = 4 * 26_560;

    /// <summary>
    /// The extras that make up the <paramref name="surplus"/> of stored over computed elements exactly; null when none do. GPT-2's masks
    /// are told from heads that the config does not name, too.
    /// </summary>
    public static (Int128 Elements, string What)? Of(ModelConfig config, Int128 surplus, Int128 stored)
    {
        if (surplus <= 0)
        {
            return null;
        }

        var known = Known(config);
        for (var choice = 1; choice < 1 << known.Count; choice++)
        {
            Int128 sum = 0;
            List<string> what = [];
            for (var index = 0; index < known.Count; index++)
            {
                if ((choice & (1 << index)) != 0)
                {
                    sum += known[index].Elements;
                    what.Add(known[index].What);
                }
            }

            if (sum == surplus && sum < stored)
            {
                return (sum, string.Join(" and ", what));
            }
        }

        return config.Type == "gpt2" && known is [var masks, ..] && masks.Elements > 0 && masks.Elements <= surplus ? masks : null;
    }

    private static List<(Int128 Elements, string What)> Known(ModelConfig c)
    {
        List<(Int128, string)> known = [];
        Int128 layers = c.Layers ?? 0;
        Int128 hidden = c.HiddenSize ?? 0;
        Int128 positions = c.MaxPositions ?? 0;
        if (c.Type is "gpt2" or "gpt_neo" or "gptj" or "gpt_neox" or "codegen")
        {
            known.Add((layers * positions * positions, "causal masks"));
            known.Add((layers, "the masks' fill values"));
        }

        if (c.EffectiveHeadDim is { } width && DecoderFamilies.Of(c.Type) is { Positions: false })
        {
            var rotated = (Int128)(width * (c.Fields.Number("rotary_pct") ?? c.Fields.Number("partial_rotary_factor") ?? 1)) / 2;
            known.Add((layers * rotated, "rotary frequencies"));
        }

        if (c.VocabularySize is { } vocabulary && hidden > 0)
        {
            if (ParameterFormulas.Tied(c))
            {
                known.Add((vocabulary * hidden, "a second copy of the embedding"));
            }

            if (c.IsEncoderDecoder)
            {
                known.Add((vocabulary * hidden * 2, "further copies of the embedding"));
            }

            known.Add((vocabulary, "a bias of the logits that is not trained or stored twice"));
        }

        if (c.Type == "detr")
        {
            known.Add((FrozenNorms, "the backbone's frozen norms"));
        }

        return known;
    }
}
