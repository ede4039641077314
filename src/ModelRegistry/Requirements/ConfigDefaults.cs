using System.Collections.Frozen;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>
/// What the configuration classes of the transformers library take for figures that a <c>config.json</c> leaves out. A section within a
/// config is written without the figures that equal these, so there they are the model's own.
/// </summary>
internal sealed record ConfigDefaults(
    int Hidden, int Layers, int Heads, int? KeyValueHeads, int? HeadDim, int Intermediate, int? Vocabulary, int? Positions = null, int? Image = null, int? Patch = null)
{
    private static readonly FrozenDictionary<string, ConfigDefaults> ByType = new Dictionary<string, ConfigDefaults>
    {
        ["llama"] = new(4096, 32, 32, null, null, 11008, 32000, 2048),
        ["mistral"] = new(4096, 32, 32, 8, null, 14336, 32000, 131072),
        ["mixtral"] = new(4096, 32, 32, 8, null, 14336, 32000, 131072),
        ["qwen2"] = new(4096, 32, 32, 32, null, 22016, 151936, 32768),
        ["qwen3"] = new(4096, 32, 32, 32, 128, 22016, 151936, 32768),
        ["phi3"] = new(3072, 32, 32, null, null, 8192, 32064, 4096),
        ["gemma"] = new(3072, 28, 16, 16, 256, 24576, 256000, 8192),
        ["gemma2"] = new(2304, 26, 8, 4, 256, 9216, 256000, 8192),
        ["gemma3_text"] = new(2304, 26, 8, 4, 256, 9216, 262208, 131072),
        ["gpt_oss"] = new(2880, 36, 64, 8, 64, 2880, 201088, 131072),
        ["gpt2"] = new(768, 12, 12, null, null, 3072, 50257, 1024),
        ["bert"] = new(768, 12, 12, null, null, 3072, 30522, 512),
        ["roberta"] = new(768, 12, 12, null, null, 3072, 50265, 512),
        ["clip_text_model"] = new(512, 12, 8, null, null, 2048, 49408, 77),
        ["clip_vision_model"] = new(768, 12, 12, null, null, 3072, null, null, 224, 32),
        ["siglip_text_model"] = new(768, 12, 12, null, null, 3072, 32000, 64),
        ["siglip_vision_model"] = new(768, 12, 12, null, null, 3072, null, null, 224, 16),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static ConfigDefaults? Of(string type) => ByType.GetValueOrDefault(type);
}
