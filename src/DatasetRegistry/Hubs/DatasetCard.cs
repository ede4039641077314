using System.Text.Json;
using Terradev.Contracts.DatasetRegistry;

namespace Terradev.DatasetRegistry.Hubs;

/// <summary>Reads the YAML header of a dataset's README, which people write: <c>dataset_info</c> is an object or a list, and counts may be floats.</summary>
public static class DatasetCard
{
    private const int MaxConfigurations = 2000;
    private const int MaxSplits = 200;
    private const string OnlyConfiguration = "default";

    /// <summary>
    /// The configurations with their splits; one that the card names without describing it has none. The card's <c>dataset_size</c> is not
    /// read: it need not agree with the splits.
    /// </summary>
    public static IReadOnlyList<DatasetConfiguration> Configurations(JsonElement card)
    {
        if (card.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var described = Items(card, "dataset_info").Where(info => info.ValueKind == JsonValueKind.Object).Select(Configuration)
            .DistinctBy(configuration => configuration.Name).Take(MaxConfigurations).ToList();
        var named = Items(card, "config_names").Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!)
            .Concat(Items(card, "configs").Where(config => config.ValueKind == JsonValueKind.Object).Select(config => Text(config, "config_name") ?? OnlyConfiguration));
        return [.. described, .. named.Distinct().Except(described.Select(configuration => configuration.Name)).Take(MaxConfigurations).Select(name => new DatasetConfiguration(name, null, []))];
    }

    /// <summary>
    /// The configuration that the card marks as default, or the one named "default", or the only one; null otherwise.
    /// </summary>
    public static string? DefaultConfiguration(JsonElement card, IReadOnlyList<DatasetConfiguration> configurations)
    {
        var marked = Items(card, "configs").FirstOrDefault(config =>
            config.ValueKind == JsonValueKind.Object && config.TryGetProperty("default", out var isDefault) && isDefault.ValueKind == JsonValueKind.True);
        if (marked.ValueKind == JsonValueKind.Object && Text(marked, "config_name") is { } name)
        {
            return name;
        }

        return configurations is [{ } only] ? only.Name : configurations.FirstOrDefault(configuration => configuration.Name == OnlyConfiguration)?.Name;
    }

    /// <summary>The licence: a word or a list of words.</summary>
    public static string? License(JsonElement card)
    {
        if (card.ValueKind != JsonValueKind.Object || !card.TryGetProperty("license", out var license))
        {
            return null;
        }

        if (license.ValueKind == JsonValueKind.Array)
        {
            license = license.EnumerateArray().FirstOrDefault();
        }

        return license.ValueKind == JsonValueKind.String ? license.GetString() : null;
    }

    /// <summary>What a task is about, for datasets that the hub has not tagged with a modality; null for tasks that mix several.</summary>
    public static string? ModalityOf(string? task) => task switch
    {
        "text-classification" or "token-classification" or "question-answering" or "text-generation" or "text2text-generation" or "fill-mask"
            or "summarization" or "translation" or "sentence-similarity" or "zero-shot-classification" or "multiple-choice" => "text",
        "image-classification" or "object-detection" or "image-segmentation" or "depth-estimation" or "image-to-image" => "image",
        "automatic-speech-recognition" or "audio-classification" or "audio-to-audio" => "audio",
        "tabular-classification" or "tabular-regression" => "tabular",
        _ => null,
    };

    private static DatasetConfiguration Configuration(JsonElement info)
    {
        var name = Text(info, "config_name") ?? OnlyConfiguration;
        var splits = info.TryGetProperty("splits", out var listed) && listed.ValueKind == JsonValueKind.Array
            ? listed.EnumerateArray().Where(split => split.ValueKind == JsonValueKind.Object).Take(MaxSplits)
                .Select(split => new DatasetSplit(name, Text(split, "name") ?? "train", Count(split, "num_examples"), Count(split, "num_bytes")))
            : [];
        return new DatasetConfiguration(name, Count(info, "download_size"), [.. splits]);
    }

    // The value's items, or the value itself where people wrote one thing instead of a list.
    private static JsonElement[] Items(JsonElement card, string name) =>
        card.ValueKind != JsonValueKind.Object || !card.TryGetProperty(name, out var value) ? []
            : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()]
            : [value];

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 200 } text ? text : null;

    // 113648310.0 is an ordinary value here.
    private static long? Count(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 0 and <= DatasetSize.Largest
            ? (long)number
            : null;
}
