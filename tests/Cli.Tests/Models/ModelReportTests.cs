using Terradev.Cli.Models;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Tests.Models;

public sealed class ModelReportTests
{
    private const long GiB = 1L << 30;
    private static readonly DateTimeOffset Morning = new(2026, 11, 22, 10, 4, 0, TimeSpan.Zero);

    private static readonly ModelSummary Bert = Sample.Bert with { SizeBytes = 440_449_768, Popularity = new Popularity(87.456, 46, 22, 19.456) };

    private static readonly ModelSummary Mine = Sample.Bert with
    {
        Source = "custom",
        Id = "acme/\u202eevil-model",
        Parameters = 7_000_000_000,
        License = null,
        Provenance = new Provenance("custom", Morning),
        Downloads = null,
        Likes = null,
    };

    private static readonly ModelPage Page = new(
        [Bert, Mine, Bert with { Id = "gpt2", Parameters = null, Gated = true, Provenance = new Provenance("snapshot", Morning) }], "more",
        new ModelFacets(new Dictionary<string, int> { ["huggingface"] = 2, ["custom"] = 1 }, Enumerable.Range(0, 12).ToDictionary(n => $"task-{n}", n => n * 1000), new Dictionary<string, int>(), new Dictionary<string, int> { ["mit"] = 3 }));

    private static readonly ModelDetail Detail = new(
        Bert with { Title = "BERT base", Gated = true }, "86b5e0934494", new ModelParameters(109_482_240, 109_482_240, new Dictionary<string, long> { ["F32"] = 109_482_240, ["I64"] = 512 }, "safetensors headers", Confidence.Headers),
        [new ModelFile("config.json", 570, null), new ModelFile("model.safetensors", 440_449_768, new string('a', 64))], null)
    {
        Description = "A model that reads text.\nIt was trained on books and an encyclopaedia, and it fills in words that are missing from a sentence.\u001b[31m",
        Usage = ["from transformers import pipeline\npipeline('fill-mask')"],
        Needs = [new(WorkloadMode.Inference, Precision.Fp16, GiB / 2), new(WorkloadMode.Full, Precision.Fp16, 3 * GiB)],
        Similar = [Bert with { Id = "FacebookAI/roberta-base" }, Mine],
        Smaller = [Bert with { Id = "distilbert/distilbert-base-uncased", Parameters = 67_000_000 }],
    };

    [Fact]
    public void A_list_reads_like_this() => Print(ModelReport.List(Page, 100)).ShouldBeGolden("models-100");

    [Fact]
    public void Nothing_found_is_said() => Print(ModelReport.List(new ModelPage([], null, null), 100)).ShouldBe("Nothing matches.\n");

    [Fact]
    public void A_model_reads_like_this() => Print([.. ModelReport.Entries(Detail).SelectMany(entry => Layout.Fit(entry, 100))]).ShouldBeGolden("model-100");

    [Fact]
    public void A_model_of_which_little_is_told_reads_like_this() => Print(
        [.. ModelReport.Entries(new ModelDetail(Mine with { Parameters = null, Task = null, Library = null, Popularity = null }, null, null, [], null)).SelectMany(entry => Layout.Fit(entry, 80))]).ShouldBeGolden("model-unknown-80");

    [Fact]
    public void A_sync_reads_like_this() => Print(SyncReport.Lines(
        [
            new("huggingface", SyncStatus.Waiting, 12, 12_000, 11_000, 1_000, 2, ["a/b: its id is none"], "The hub's rate limit is used up.", Morning, Morning, null, null, Morning.AddMinutes(5)),
            new("pytorch-hub", SyncStatus.Failed, 1, 0, 0, 0, 0, [], "The hub has no such\u001b[31m list.", Morning, Morning, Morning, Morning.AddDays(-1), null),
            new("tensorflow-hub", SyncStatus.Done, 3, 900, 0, 900, 0, [], null, Morning, Morning, Morning, Morning, null),
        ],
        Sample.Clock, 100)).ShouldBeGolden("sync-100");

    [Fact]
    public void No_line_of_a_list_is_longer_than_the_terminal() =>
        Print(ModelReport.List(Page, 100)).Split('\n').ShouldAllBe(line => line.Length <= 100);

    private static string Print(IReadOnlyList<IReadOnlyList<Span>> lines)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Screen.Plain(output, TextWriter.Null).Lines(lines);
        return output.ToString();
    }
}
