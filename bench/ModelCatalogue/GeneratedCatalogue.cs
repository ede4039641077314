using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Terradev.Bench;

/// <summary>
/// A catalogue as large as wanted in which model n is always the same for one seed. Its shape is that of the public one: few owners,
/// tasks and licences have most of the models, few models most of the downloads, and three of five have counted weights.
/// </summary>
internal sealed class GeneratedCatalogue(int count, ulong seed)
{
    private static readonly string[] Tasks =
    [
        "text-generation", "text-classification", "text-to-image", "automatic-speech-recognition", "image-classification", "token-classification", "fill-mask",
        "reinforcement-learning", "question-answering", "sentence-similarity", "translation", "summarization", "feature-extraction", "object-detection",
        "image-segmentation", "text-to-speech", "image-text-to-text", "audio-classification", "image-to-image", "zero-shot-classification", "tabular-classification",
        "time-series-forecasting", "video-classification", "depth-estimation", "visual-question-answering",
    ];

    private static readonly string[] Libraries =
    [
        "transformers", "peft", "diffusers", "sentence-transformers", "stable-baselines3", "ml-agents", "timm", "adapter-transformers", "gguf", "spacy", "setfit", "keras",
        "flair", "espnet", "nemo", "speechbrain", "sklearn", "fastai", "mlx", "onnx",
    ];

    private static readonly string[] Licenses =
    [
        "apache-2.0", "mit", "openrail", "creativeml-openrail-m", "other", "cc-by-nc-4.0", "llama3.1", "cc-by-4.0", "gemma", "afl-3.0", "gpl-3.0", "bigscience-openrail-m",
        "cc-by-sa-4.0", "bsd-3-clause", "cc0-1.0", "unlicense",
    ];

    private static readonly (string Word, string Type, string Architecture)[] Families =
    [
        ("llama", "llama", "LlamaForCausalLM"), ("bert", "bert", "BertForMaskedLM"), ("qwen2.5", "qwen2", "Qwen2ForCausalLM"), ("mistral", "mistral", "MistralForCausalLM"),
        ("distilbert", "distilbert", "DistilBertForSequenceClassification"), ("t5", "t5", "T5ForConditionalGeneration"), ("roberta", "roberta", "RobertaForMaskedLM"),
        ("gemma", "gemma2", "Gemma2ForCausalLM"), ("whisper", "whisper", "WhisperForConditionalGeneration"), ("wav2vec2", "wav2vec2", "Wav2Vec2ForCTC"),
        ("gpt2", "gpt2", "GPT2LMHeadModel"), ("vit", "vit", "ViTForImageClassification"), ("phi", "phi3", "Phi3ForCausalLM"), ("xlm", "xlm-roberta", "XLMRobertaForTokenClassification"),
        ("deberta", "deberta-v2", "DebertaV2ForSequenceClassification"), ("bart", "bart", "BartForConditionalGeneration"), ("resnet", "resnet", "ResNetForImageClassification"),
        ("ppo", "", ""), ("dqn", "", ""), ("sdxl", "", ""),
    ];

    private static readonly string[] Suffixes =
    [
        "instruct", "finetuned", "base", "large", "chat", "lora", "small", "sft", "dpo", "gguf", "awq", "gptq", "merged", "v2", "emotion", "squad", "imdb", "ner", "german", "french", "legal",
        "medical", "code", "math", "reasoning",
    ];

    private static readonly string[] Languages = ["en", "zh", "de", "fr", "es", "ja", "ko", "ru", "pt", "it", "multilingual"];

    private static readonly DateTimeOffset Newest = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public int Count => count;

    /// <summary>One page of the hub's list, newest change first, as <c>GET /api/models</c> answers it.</summary>
    public void WritePage(IBufferWriter<byte> output, int from, int length)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        for (var number = from; number < Math.Min(from + length, count); number++)
        {
            Write(json, Model(number));
        }

        json.WriteEndArray();
    }

    public GeneratedModel Model(int number)
    {
        var draw = new Draw(seed ^ ((ulong)number * 0x9E3779B97F4A7C15));
        var family = draw.Skewed(Families.Length);
        var (word, type, architecture) = Families[family];
        var billions = Math.Round(Math.Pow(10, (draw.Unit() * 3.6) - 1.8), 2);
        var owner = string.Create(CultureInfo.InvariantCulture, $"owner{draw.Skewed(60_000)}");
        var suffix = Suffixes[draw.Skewed(Suffixes.Length)];
        var changed = Newest - TimeSpan.FromSeconds(number * 120d);
        return new GeneratedModel(
            string.Create(CultureInfo.InvariantCulture, $"{owner}/{word}-{billions}b-{suffix}-{number}"),
            word,
            suffix,
            // The family says the task for most models, as it does in the public catalogue.
            Tasks[draw.Unit() < 0.7 ? family % Tasks.Length : draw.Skewed(Tasks.Length)],
            Libraries[draw.Skewed(Libraries.Length)],
            Licenses[draw.Skewed(Licenses.Length)],
            Languages[draw.Skewed(Languages.Length)],
            type,
            architecture,
            draw.Unit() < 0.6 ? (long)(billions * 1e9) : null,
            (long)Math.Pow(10, Math.Pow(draw.Unit(), 6) * 8),
            (long)Math.Pow(10, Math.Pow(draw.Unit(), 8) * 4) - 1,
            changed - TimeSpan.FromHours(draw.Unit() * 5000),
            changed);
    }

    private static void Write(Utf8JsonWriter json, GeneratedModel model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Id);
        json.WriteString("sha", "86b5e0934494bd15c9632b12f734a8a67f723594");
        json.WriteString("pipeline_tag", model.Task);
        json.WriteString("library_name", model.Library);
        json.WriteBoolean("gated", false);
        json.WriteBoolean("private", false);
        json.WriteNumber("downloads", model.Downloads);
        json.WriteNumber("likes", model.Likes);
        json.WriteNumber("trendingScore", model.Likes / 10);
        json.WriteString("createdAt", model.Created);
        json.WriteString("lastModified", model.LastModified);
        json.WriteStartArray("tags");
        foreach (var tag in (string[])[model.Library, "safetensors", model.Type, model.Task, "generated_from_trainer", model.Language, "base_model:made/up", "endpoints_compatible", $"license:{model.License}", "region:us"])
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        if (model.Parameters is { } parameters)
        {
            json.WriteStartObject("safetensors");
            json.WriteStartObject("parameters");
            json.WriteNumber("BF16", parameters);
            json.WriteEndObject();
            json.WriteNumber("total", parameters);
            json.WriteEndObject();
        }

        if (model.Type.Length > 0)
        {
            json.WriteStartObject("config");
            json.WriteStartArray("architectures");
            json.WriteStringValue(model.Architecture);
            json.WriteEndArray();
            json.WriteString("model_type", model.Type);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>SplitMix64: the numbers of one model do not depend on those of another.</summary>
    internal struct Draw(ulong state)
    {
        private ulong _state = state;

        /// <summary>At least 0 and below 1.</summary>
        public double Unit()
        {
            var mixed = _state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
        }

        /// <summary>An index below <paramref name="length"/>, the first ones most often: the i-th about as often as 1/i.</summary>
        public int Skewed(int length) => Math.Min(length - 1, (int)Math.Pow(length + 1, Unit()) - 1);
    }
}

internal sealed record GeneratedModel(
    string Id, string Family, string Suffix, string Task, string Library, string License, string Language, string Type, string Architecture, long? Parameters, long Downloads, long Likes,
    DateTimeOffset Created, DateTimeOffset LastModified);
