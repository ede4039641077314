using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>A model as Kaggle tells of it.</summary>
/// <param name="Ref">Written <c>owner/model</c>.</param>
/// <param name="PublishTime">The only time that Kaggle tells of a model.</param>
internal sealed record KaggleModel(
    string? Ref, string? Title, string? Subtitle, string? Description, DateTimeOffset? PublishTime, IReadOnlyList<KaggleInstance?>? Instances, IReadOnlyList<KaggleTag?>? Tags)
{
    private const int MaxInstances = 500;
    private const int MaxTags = 100;
    private const int HandlesShown = 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = 32, NumberHandling = JsonNumberHandling.AllowReadingFromString };

    /// <summary>Throws <see cref="JsonException"/> for anything that is not a model.</summary>
    public static KaggleModel Read(JsonElement model) => model.Deserialize<KaggleModel>(Json) ?? throw new JsonException("A model is null.");

    /// <summary>The variations for TensorFlow, the one that stands for the model first.</summary>
    [JsonIgnore]
    public IReadOnlyList<KaggleInstance> Variations =>
    [
        .. (Instances ?? []).Take(MaxInstances).OfType<KaggleInstance>().Where(instance => instance.Family is not null && IsName(instance.Slug))
            .OrderBy(instance => KaggleFramework.TensorFlow.IndexOf(instance.Family!)),
    ];

    [JsonIgnore]
    public KaggleInstance? Shown => Variations is [var first, ..] ? first : null;

    public KaggleInstance? Variation(KaggleFramework framework, string name) =>
        Variations.FirstOrDefault(instance => instance.Family == framework && string.Equals(instance.Slug, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What Kaggle's own tools download it by.</summary>
    public string Handle(KaggleInstance instance) => $"{Ref}/{instance.Family!.Handle}/{instance.Slug}";

    /// <param name="whole">True for the model, of which <paramref name="shown"/> tells the figures; false for that variation alone.</param>
    public HubModel ToHubModel(KaggleInstance shown, bool whole, IReadOnlyList<ModelFile> files, DateTimeOffset now)
    {
        // A date in the future would hide everything that is published until then.
        var published = PublishTime <= now ? PublishTime.Value.ToUniversalTime() : (DateTimeOffset?)null;
        var tags = (Tags ?? []).Take(MaxTags).Select(tag => Text.Clean(tag?.Name ?? tag?.Ref, 100)).OfType<string>().ToArray();
        return new HubModel(
            TensorFlowHub.Name, whole ? Ref! : Handle(shown), shown.VersionNumber?.ToString(CultureInfo.InvariantCulture), TaskOf(tags), shown.Family!.Tag, License(shown.LicenseName),
            Gated: false, Downloads: null, Likes: null, published,
            [
                .. Variations.Select(instance => instance.Family!.Tag).Append("tf").Distinct(StringComparer.Ordinal), .. tags,
                .. shown.FineTunable == true ? ["fine-tunable"] : Array.Empty<string>(),
            ],
            StoredElements: null, PublishedParameters: null, files, Config: null, Provenance.Now(TensorFlowHub.Name, now))
        {
            Title = Text.Clean(Title, 200),
            Description = Text.Clean(string.IsNullOrWhiteSpace(Subtitle) ? Description : Subtitle, 2000),
            CreatedAt = published,
            Usage = [.. (whole ? Variations.Take(HandlesShown) : [shown]).Select(instance => $"kagglehub.model_download(\"{Handle(instance)}\")")],
        };
    }

    private static bool IsName(string? slug) => HubReference.TryParse($"{TensorFlowHub.Name}:{slug}", out var reference) && !reference.Id.Contains('/', StringComparison.Ordinal);

    private string? TaskOf(string[] tags) =>
        Snapshot.Shipped.Find(TensorFlowHub.Name, Ref!)?.Task
        ?? tags.Select(TaskWords.Of).FirstOrDefault(task => task is not null && TaskWords.IsKnown(task))
        ?? TaskWords.In($"{Title} {Subtitle}");

    // Apache 2.0, or Attribution 4.0 International (CC BY 4.0).
    private static string? License(string? name)
    {
        if (Text.Clean(name, 100) is not { } words)
        {
            return null;
        }

        var (open, close) = (words.IndexOf('(', StringComparison.Ordinal), words.LastIndexOf(')'));
        return (open >= 0 && close > open + 1 ? words[(open + 1)..close] : words).Replace(' ', '-').ToLowerInvariant();
    }
}

/// <summary>A variation of a model for one framework.</summary>
internal sealed record KaggleInstance(string? Slug, string? Framework, bool? FineTunable, int? VersionNumber, string? LicenseName)
{
    /// <summary>Null for a framework that is not of TensorFlow's family.</summary>
    [JsonIgnore]
    public KaggleFramework? Family => KaggleFramework.Read(Framework);
}

internal sealed record KaggleTag(string? Ref, string? Name);
