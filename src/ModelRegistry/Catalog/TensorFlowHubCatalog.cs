using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsvHelper;
using Terradev.Contracts;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// The models that tfhub.dev documented, file <c>tensorflow-hub.csv</c>. An id is a handle without its version, such as
/// <c>google/universal-sentence-encoder</c>, which is also how Kaggle names many of them; the version is the revision.
/// </summary>
internal static partial class TensorFlowHubCatalog
{
    public const string Source = "tensorflow-hub";

    private static readonly string[] BertModel = ["BertModel"];
    private static readonly DateTimeOffset AsOf = new(2024, 3, 18, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<HubModel> Read() => ShippedFile.Rows("tensorflow-hub.csv", ToModel);

    /// <summary>A handle without the version at its end; other ids as they are.</summary>
    public static string WithoutVersion(string id)
    {
        var slash = id.LastIndexOf('/');
        return slash > id.IndexOf('/', StringComparison.Ordinal) && id.AsSpan(slash + 1).ContainsAnyExceptInRange('0', '9') == false ? id[..slash] : id;
    }

    /// <summary>The task in the common vocabulary; some families are more than the hub's word says.</summary>
    public static string? TaskOf(string id, string? word) => word switch
    {
        "text-embedding" when id.Contains("sentence", StringComparison.OrdinalIgnoreCase) || id.Contains("LaBSE", StringComparison.OrdinalIgnoreCase) => "sentence-similarity",
        "text-language-model" when id.Contains("-lm", StringComparison.Ordinal) => "text-generation",
        _ => TaskWords.Of(word),
    };

    private static HubModel ToModel(CsvReader row)
    {
        var id = row.GetField("id")!;
        var version = row.GetField("version")!;
        var tasks = row.Words("task");
        var format = row.GetField("format")!;
        var address = $"https://tfhub.dev/{id}/{version}";
        return new HubModel(
            Source, id, version, TaskOf(id, tasks.FirstOrDefault()), "tensorflow", row.Text("license"), Gated: false, Downloads: null, Likes: null, LastModified: null,
            [
                "tensorflow", "tf", format, .. row.Words("architecture"), .. tasks.Select(TaskWords.Of).OfType<string>().Distinct(StringComparer.Ordinal),
                .. row.Words("language").Take(20), .. row.Words("dataset").Select(dataset => "dataset:" + dataset), .. row.GetField("fine_tunable") == "true" ? ["fine-tunable"] : Array.Empty<string>(),
            ],
            StoredElements: null, PublishedParameters: null, Files: [], ConfigOf(id), new Provenance(Snapshot.Origin, AsOf), $"As documented at {address}, before the hub moved to Kaggle.")
        {
            Description = row.Text("description"),
            Usage = [format == "hub" ? $"hub.Module(\"{address}\")" : $"hub.load(\"{address}\")", .. row.Text("archive") is { } archive ? [archive] : Array.Empty<string>()],
        };
    }

    // tensorflow/small_bert/bert_en_uncased_L-2_H-128_A-2: the name holds the dimensions, and BERT's feed-forward layer is four times as wide.
    private static JsonElement? ConfigOf(string id)
    {
        if (BertName().Match(id) is not { Success: true } name)
        {
            return null;
        }

        var hidden = Number(name, "hidden");
        return JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["model_type"] = "bert",
            ["architectures"] = BertModel,
            ["num_hidden_layers"] = Number(name, "layers"),
            ["hidden_size"] = hidden,
            ["num_attention_heads"] = Number(name, "heads"),
            ["intermediate_size"] = 4 * hidden,
            ["vocab_size"] = name.Groups["uncased"].Success ? 30_522 : 28_996,
            ["max_position_embeddings"] = 512,
            ["type_vocab_size"] = 2,
        });
    }

    private static int Number(Match name, string group) => int.Parse(name.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/bert_(en_)?((?<uncased>uncased)|cased)_L-(?<layers>\d{1,2})_H-(?<hidden>\d{2,4})_A-(?<heads>\d{1,2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BertName();
}
