using System.Collections.Frozen;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// One vocabulary of tasks for all hubs: the words of Hugging Face, such as <c>image-classification</c>. Other hubs' words and common
/// short forms are translated; a word that is in neither is kept, in lower case with hyphens.
/// </summary>
internal static class TaskWords
{
    private static readonly FrozenDictionary<string, string> Translations = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["image-classifier"] = "image-classification",
        ["image-classification-logits"] = "image-classification",
        ["image-feature-vector"] = "image-feature-extraction",
        ["image-object-detection"] = "object-detection",
        ["image-semantic-segmentation"] = "image-segmentation",
        ["semantic-segmentation"] = "image-segmentation",
        ["instance-segmentation"] = "image-segmentation",
        ["image-generator"] = "unconditional-image-generation",
        ["image-generation"] = "unconditional-image-generation",
        ["image-depth-estimation"] = "depth-estimation",
        ["image-pose-detection"] = "keypoint-detection",
        ["pose-estimation"] = "keypoint-detection",
        ["image-augmentation"] = "image-to-image",
        ["image-deblurring"] = "image-to-image",
        ["image-dehazing"] = "image-to-image",
        ["image-denoising"] = "image-to-image",
        ["image-deraining"] = "image-to-image",
        ["image-enhancement"] = "image-to-image",
        ["image-extrapolation"] = "image-to-image",
        ["image-style-transfer"] = "image-to-image",
        ["image-super-resolution"] = "image-to-image",
        ["super-resolution"] = "image-to-image",
        ["image-rnn-agent"] = "reinforcement-learning",
        ["rl"] = "reinforcement-learning",
        ["text-embedding"] = "feature-extraction",
        ["audio-embedding"] = "feature-extraction",
        ["video-feature-extraction"] = "feature-extraction",
        ["text-question-answering"] = "question-answering",
        ["text-retrieval-question-answering"] = "question-answering",
        ["text-segmentation"] = "token-classification",
        ["named-entity-recognition"] = "token-classification",
        ["ner"] = "token-classification",
        ["sentiment-analysis"] = "text-classification",
        ["masked-language-modeling"] = "fill-mask",
        ["language-modeling"] = "text-generation",
        ["audio-event-classification"] = "audio-classification",
        ["audio-command-detection"] = "audio-classification",
        ["audio-paralinguistics"] = "audio-classification",
        ["audio-stt"] = "automatic-speech-recognition",
        ["asr"] = "automatic-speech-recognition",
        ["speech-recognition"] = "automatic-speech-recognition",
        ["speech-to-text"] = "automatic-speech-recognition",
        ["audio-speech-synthesis"] = "text-to-speech",
        ["speech-synthesis"] = "text-to-speech",
        ["text-to-mel"] = "text-to-speech",
        ["tts"] = "text-to-speech",
        ["time-series"] = "time-series-forecasting",
        ["time-series-analysis"] = "time-series-forecasting",
        ["forecasting"] = "time-series-forecasting",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Known = Translations.Values.Concat(
    [
        "image-to-text", "image-to-video", "mask-generation", "summarization", "table-question-answering", "text-generation", "text-to-audio", "text-to-image",
        "text-to-video", "translation", "video-classification", "visual-question-answering", "zero-shot-classification", "zero-shot-image-classification",
        "zero-shot-object-detection", "sentence-similarity", "audio-to-audio", "voice-activity-detection", "fill-mask", "tabular-classification",
        "tabular-regression", "image-text-to-text", "text-ranking", "image-segmentation", "image-classification",
    ]).ToFrozenSet(StringComparer.Ordinal);

    // What pages say of themselves where they name no task; the first that fits counts.
    private static readonly (string Phrase, string Task)[] Phrases =
    [
        ("speech-to-text", "automatic-speech-recognition"), ("speech recognition", "automatic-speech-recognition"), ("text-to-speech", "text-to-speech"),
        ("mel spectrogram", "text-to-speech"), ("voice activity", "voice-activity-detection"), ("source separation", "audio-to-audio"),
        ("video classification", "video-classification"), ("kinetics", "video-classification"), ("object detection", "object-detection"),
        ("segmentation", "image-segmentation"), ("depth", "depth-estimation"), ("translation", "translation"), ("image generat", "unconditional-image-generation"),
        ("bert", "fill-mask"), ("language model", "text-generation"), ("reinforcement learning", "reinforcement-learning"), ("time series", "time-series-forecasting"),
        ("forecast", "time-series-forecasting"), ("imagenet", "image-classification"), ("image classif", "image-classification"),
    ];

    /// <summary>The word of the common vocabulary; null for null and for text without a letter or digit.</summary>
    public static string? Of(string? word)
    {
        var plain = (word ?? "").Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
        return !plain.Any(char.IsLetterOrDigit) ? null : Translations.GetValueOrDefault(plain, plain);
    }

    /// <summary>True for a word of the common vocabulary itself.</summary>
    public static bool IsKnown(string word) => Known.Contains(word);

    /// <summary>The task that a description speaks of; null where it speaks of none.</summary>
    public static string? In(string? description) =>
        description is null ? null : Phrases.FirstOrDefault(pair => description.Contains(pair.Phrase, StringComparison.OrdinalIgnoreCase)).Task;
}
