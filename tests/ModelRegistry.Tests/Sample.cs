using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests;

/// <summary>Recorded answers of the hub, and models made from scratch.</summary>
internal static class Sample
{
    public static string Model(string id) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "models", id.Replace("/", "__", StringComparison.Ordinal) + ".json"));

    public static string Config(string id) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "configs", id.Replace("/", "__", StringComparison.Ordinal) + ".json"));

    public static HubModel Shipped(string id) => Snapshot.Shipped.Find("huggingface", id).ShouldNotBeNull();

    /// <summary>The shipped models whose number of parameters something tells.</summary>
    public static IReadOnlyList<HubModel> Sizable { get; } =
        [.. Snapshot.Shipped.Models.Where(model => ParameterCount.Of(model, ModelConfig.Parse(model.Config)) is not null).OrderBy(model => model.Id, StringComparer.Ordinal)];

    public static ModelConfig ParsedConfig(string json) => ModelConfig.Parse(JsonSerializer.Deserialize<JsonElement>(json)).ShouldNotBeNull();

    public static HubModel Made(string? config = null, IReadOnlyDictionary<string, long>? elements = null, params ModelFile[] files) => new(
        "huggingface", "made/up", null, null, null, null, false, null, null, null, [], elements, null, files,
        config is null ? null : JsonSerializer.Deserialize<JsonElement>(config), new Provenance("huggingface", DateTimeOffset.UnixEpoch));

    public static ModelRequirements Sized(string id, WorkloadMode? mode = null, Precision? precision = null, int? context = null, int? batch = null) =>
        Sized(Shipped(id), new Workload(mode, precision, context, batch));

    public static ModelRequirements Sized(HubModel model, Workload workload)
    {
        var answer = SizeWorkload.Size(model, workload);
        answer.Refusal.ShouldBeNull();
        return answer.Requirements.ShouldNotBeNull();
    }
}
