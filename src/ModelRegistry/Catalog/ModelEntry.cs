using System.Text.Json;
using System.Text.RegularExpressions;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// One row of the catalogue: what was last learned about a model, from its hub, from whoever registered it or from the shipped
/// snapshot. Figures that lists sort by are never null, so that an index alone gives the order; <see cref="Unknown"/> stands for unknown.
/// </summary>
public sealed class ModelEntry
{
    /// <summary>The source of models that were registered over the API.</summary>
    public const string Registered = "custom";

    /// <summary>Sorts after every figure.</summary>
    public const long Unknown = -1;

    /// <summary>How far a hub's clock may be ahead; a later date of creation is taken for none.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <summary>The place of the row in its table; it settles ties in every order.</summary>
    public long Number { get; private set; }

    public required string Source { get; init; }

    /// <summary>The id in lower case: hubs find a model however it is capitalized.</summary>
    public required string Key { get; init; }

    public required string Id { get; init; }

    public string? Title { get; init; }

    public string? Revision { get; init; }

    public string? Task { get; init; }

    public string? Library { get; init; }

    public string? License { get; init; }

    public bool Gated { get; init; }

    public long Parameters { get; init; } = Unknown;

    /// <summary>Bytes of the weights as stored.</summary>
    public long SizeBytes { get; init; } = Unknown;

    public long Downloads { get; init; } = Unknown;

    public long Likes { get; init; } = Unknown;

    public long Stars { get; init; } = Unknown;

    /// <summary>The hub's trending score in thousandths.</summary>
    public long Trending { get; init; } = Unknown;

    /// <summary>The score of <see cref="PopularityScore"/> in thousandths.</summary>
    public long Popularity { get; init; } = Unknown;

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; init; } = Unknown;

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Tags as the hub spells them, a line each.</summary>
    public string Tags { get; init; } = "";

    /// <summary>What text search and filters look for: <see cref="SearchWords"/>.</summary>
    public string Words { get; init; } = "";

    /// <summary>GPU bytes at default context and batch for each mode and precision; null where the size is unknown.</summary>
    public long? InferenceBytes32 { get; init; }

    public long? InferenceBytes16 { get; init; }

    public long? InferenceBytes8 { get; init; }

    public long? InferenceBytes4 { get; init; }

    public long? FullBytes32 { get; init; }

    public long? FullBytes16 { get; init; }

    public long? LoraBytes16 { get; init; }

    public long? LoraBytes8 { get; init; }

    public long? QloraBytes4 { get; init; }

    /// <summary>The rest of what a lookup told, as the JSON of a <see cref="ModelDocument"/>.</summary>
    public string Document { get; init; } = "{}";

    /// <summary>True while only lists told of the model: a list has neither files nor the config.</summary>
    public bool Listed { get; init; }

    /// <summary>The provenance: a hub, the registration, or the shipped snapshot.</summary>
    public string Origin { get; init; } = "";

    public DateTimeOffset AsOf { get; init; }

    /// <summary>Lower case, as keys are compared.</summary>
    public static string KeyOf(string id) => id.ToLowerInvariant();

    /// <param name="listed">True for an entry of a list, which must not displace what a lookup told of the same model.</param>
    public static ModelEntry Of(HubModel model, bool listed = false)
    {
        if (model.CreatedAt > model.Provenance.AsOf + ClockSkew)
        {
            model = model with { CreatedAt = null };
        }

        var config = ModelConfig.Parse(model.Config);
        var count = ParameterCount.Of(model, config);
        var needs = MemoryNeeds.Of(count, config);
        var popularity = PopularityScore.Of(model.Downloads, model.Likes, model.Stars, model.LastModified, model.Provenance.AsOf);
        return new ModelEntry
        {
            Source = model.Source,
            Key = KeyOf(model.Id),
            Id = model.Id,
            Title = Text.Clean(model.Title, 200),
            Revision = Text.Clean(model.Revision, 100),
            Task = Text.Clean(model.Task, 100)?.ToLowerInvariant(),
            Library = Text.Clean(model.Library, 100)?.ToLowerInvariant(),
            License = Text.Clean(model.License, 100)?.ToLowerInvariant(),
            Gated = model.Gated,
            Parameters = count?.Parameters.Total ?? Unknown,
            SizeBytes = count?.StoredBytes ?? Unknown,
            Downloads = Known(model.Downloads),
            Likes = Known(model.Likes),
            Stars = Known(model.Stars),
            Trending = Thousandths(model.TrendingScore),
            Popularity = Thousandths(popularity?.Score),
            Created = Known(model.CreatedAt?.ToUnixTimeSeconds()),
            LastModified = model.LastModified,
            Tags = string.Join('\n', model.Tags.Select(tag => Text.Clean(tag, 200)).Where(tag => tag is not null)),
            Words = SearchWords.Of(model),
            InferenceBytes32 = needs?.At(WorkloadMode.Inference, Precision.Fp32),
            InferenceBytes16 = needs?.At(WorkloadMode.Inference, Precision.Fp16),
            InferenceBytes8 = needs?.At(WorkloadMode.Inference, Precision.Int8),
            InferenceBytes4 = needs?.At(WorkloadMode.Inference, Precision.Int4),
            FullBytes32 = needs?.At(WorkloadMode.Full, Precision.Fp32),
            FullBytes16 = needs?.At(WorkloadMode.Full, Precision.Fp16),
            LoraBytes16 = needs?.At(WorkloadMode.Lora, Precision.Fp16),
            LoraBytes8 = needs?.At(WorkloadMode.Lora, Precision.Int8),
            QloraBytes4 = needs?.At(WorkloadMode.Qlora, Precision.Int4),
            Document = ModelDocument.Of(model).ToJson(),
            Listed = listed,
            Origin = model.Provenance.Source,
            AsOf = model.Provenance.AsOf,
        };
    }

    /// <summary>The model as its hub told of it, put together again.</summary>
    public HubModel ToModel()
    {
        var document = ModelDocument.FromJson(Document);
        return new HubModel(
            Source, Id, Revision, Task, Library, License, Gated, Value(Downloads), Value(Likes), LastModified, TagList(Tags),
            document.StoredElements, document.PublishedParameters, document.Files ?? [], document.Config, new Provenance(Origin, AsOf), NoteOn(document))
        {
            Title = Title,
            Description = document.Description,
            CreatedAt = Time(Created),
            TrendingScore = Trending == Unknown ? null : Trending / 1000d,
            Stars = Value(Stars),
            Usage = document.Usage ?? [],
        };
    }

    public static long? Value(long figure) => figure == Unknown ? null : figure;

    public static DateTimeOffset? Time(long seconds) => seconds == Unknown ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    public static IReadOnlyList<string> TagList(string tags) => tags.Length == 0 ? [] : tags.Split('\n');

    private string? NoteOn(ModelDocument document) => document.Revision is { } revision && revision != Revision && document.Files is not null
        ? $"{document.Note} Files and config.json are those of revision {revision}; the hub has a newer one.".TrimStart()
        : document.Note;

    private static long Known(long? figure) => figure is >= 0 and var known ? known : Unknown;

    private static long Thousandths(double? figure) => figure is >= 0 and <= 1e12 and var known ? (long)Math.Round(known * 1000) : Unknown;
}

public static class HubModelMapping
{
    private static readonly (WorkloadMode Mode, Precision Precision)[] Shown =
    [
        (WorkloadMode.Inference, Precision.Fp16), (WorkloadMode.Inference, Precision.Int8), (WorkloadMode.Inference, Precision.Int4),
        (WorkloadMode.Full, Precision.Fp16), (WorkloadMode.Lora, Precision.Fp16), (WorkloadMode.Qlora, Precision.Int4),
    ];

    public static ModelSummary ToSummary(this HubModel model) => model.ToSummary(ParameterCount.Of(model, ModelConfig.Parse(model.Config)));

    public static ModelDetail ToDetail(this HubModel model)
    {
        var config = ModelConfig.Parse(model.Config);
        var count = ParameterCount.Of(model, config);
        var needs = MemoryNeeds.Of(count, config);
        return new ModelDetail(model.ToSummary(count), model.Revision, count?.Parameters, model.Files, config?.ToArchitecture())
        {
            Description = model.Description,
            Usage = model.Usage,
            Needs = [.. Shown.Select(pair => (pair, Bytes: needs?.At(pair.Mode, pair.Precision))).Where(need => need.Bytes is not null)
                .Select(need => new MemoryNeed(need.pair.Mode, need.pair.Precision, need.Bytes!.Value))],
        };
    }

    private static ModelSummary ToSummary(this HubModel model, ParameterCount? count) => new(
        model.Source, model.Id, model.Task, model.Library, model.License, model.Gated, count?.Parameters.Total,
        model.Downloads, model.Likes, model.LastModified, model.Tags, model.Provenance)
    {
        Title = model.Title,
        CreatedAt = model.CreatedAt,
        Stars = model.Stars,
        TrendingScore = model.TrendingScore,
        SizeBytes = count?.StoredBytes,
        Popularity = PopularityScore.Of(model.Downloads, model.Likes, model.Stars, model.LastModified, model.Provenance.AsOf),
    };
}

/// <summary>What of a model is read whole or not at all.</summary>
/// <param name="Revision">The revision that the files and the config are of.</param>
public sealed partial record ModelDocument(
    string? Revision,
    IReadOnlyDictionary<string, long>? StoredElements,
    long? PublishedParameters,
    IReadOnlyList<ModelFile>? Files,
    JsonElement? Config,
    string? Note,
    string? Description,
    IReadOnlyList<string>? Usage)
{
    private static readonly JsonSerializerOptions Json = new(TerradevJson.Options) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    public static ModelDocument Of(HubModel model) => new(
        model.Revision, model.StoredElements, model.PublishedParameters, model.Files.Count > 0 ? model.Files : null, model.Config,
        model.Note, Text.Clean(model.Description, 2000), model.Usage.Count > 0 ? model.Usage : null);

    public static ModelDocument FromJson(string json) => JsonSerializer.Deserialize<ModelDocument>(json, Json)!;

    // PostgreSQL's text holds every character but this one. With a backslash of its own before it, it is text like any other.
    public string ToJson() => Nul().Replace(JsonSerializer.Serialize(this, Json), "");

    [GeneratedRegex(@"\\u0000(?<=(?<!\\)(\\\\)*\\u0000)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Nul();
}

/// <summary>Makes a stranger's text fit for a column and a terminal.</summary>
internal static class Text
{
    /// <summary>On one line, without control characters and lone surrogates, trimmed, at most <paramref name="longest"/> characters; null when nothing is left.</summary>
    public static string? Clean(string? text, int longest)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > longest)
        {
            text = text[..longest];
        }

        if (text.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            text = string.Concat(text.Replace('\n', ' ').Replace('\t', ' ').EnumerateRunes().Where(rune => rune != System.Text.Rune.ReplacementChar && !System.Text.Rune.IsControl(rune)));
        }

        text = text.Trim();
        return text.Length == 0 ? null : text;
    }
}
