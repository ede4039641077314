namespace Terradev.ModelRegistry.Requirements;

/// <summary>How a repository packs its weights: the figures of <c>quantization_config</c>.</summary>
/// <param name="Method">Such as <c>gptq</c>, <c>awq</c>, <c>mxfp4</c>, <c>bitsandbytes</c>, <c>compressed-tensors</c>.</param>
/// <param name="Bits">Bits of one weight, 1 to 8; null where the config does not tell.</param>
/// <param name="GroupSize">Weights that share one scale; null for a scale per row or per tensor.</param>
/// <param name="BlockSize">Weights of a square block that share one scale, as DeepSeek-V3 stores FP8.</param>
/// <param name="IsFloat">True for FP8 and FP4, false for integers and NF4.</param>
public sealed record Quantization(string Method, int? Bits, int? GroupSize, int? BlockSize, bool IsFloat)
{
    /// <summary>Null without a method.</summary>
    internal static Quantization? Read(ConfigFields fields)
    {
        if (fields.Word("quant_method") is not { Length: > 0 and <= 50 } method)
        {
            return null;
        }

        var algorithm = fields.Word("quant_algo");
        var weights = fields.FirstSectionOf("config_groups")?.Section("weights");
        var block = fields.Ints("weight_block_size");
        var bits = fields.Int("bits", "w_bit")
            ?? weights?.Int("num_bits")
            ?? (fields.Flag("load_in_4bit", "_load_in_4bit") == true ? (int?)4 : null)
            ?? (fields.Flag("load_in_8bit", "_load_in_8bit") == true ? (int?)8 : null)
            ?? (method, algorithm) switch
            {
                ("mxfp4", _) or (_, "NVFP4") => 4,
                ("fp8" or "fbgemm_fp8", _) or (_, "FP8") => 8,
                _ => (int?)null,
            };
        var isFloat = method is "fp8" or "fbgemm_fp8" or "mxfp4" || algorithm is "FP8" or "NVFP4" || weights?.Word("type") == "float";
        return new Quantization(
            method, bits is >= 1 and <= 8 ? bits : null, fields.Int("group_size", "q_group_size") ?? weights?.Int("group_size"),
            block is [{ } height, { } width] ? (int)Math.Min((long)height * width, int.MaxValue) : null, isFloat);
    }
}
