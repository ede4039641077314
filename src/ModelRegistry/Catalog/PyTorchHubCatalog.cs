using System.Globalization;
using CsvHelper;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>
/// The pages of PyTorch Hub, file <c>pytorch-hub.csv</c>, with ids such as <c>pytorch_vision_resnet</c>, and the models of torchvision,
/// file <c>torchvision.csv</c>, with ids such as <c>pytorch/vision/resnet50</c>: repository and entry point, as torch.hub loads most of them.
/// </summary>
internal static class PyTorchHubCatalog
{
    public const string Source = "pytorch-hub";

    /// <summary>The repository whose entry points <c>torchvision.csv</c> lists.</summary>
    public const string Torchvision = "pytorch/vision";

    private static readonly DateTimeOffset PagesAsOf = new(2024, 4, 15, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset WeightsAsOf = new(2022, 12, 15, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<HubModel> Read()
    {
        var weights = ShippedFile.Rows("torchvision.csv", Weights.Read).GroupBy(row => row.EntryPoint).ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        return [.. weights.Select(entry => ToModel(entry.Key, entry.Value)), .. ShippedFile.Rows("pytorch-hub.csv", row => ToModel(row, weights))];
    }

    /// <summary>The call that loads an entry point.</summary>
    public static string Load(string repository, string entryPoint) => $"torch.hub.load('{repository}', '{entryPoint}')";

    private static HubModel ToModel(string entryPoint, Weights[] files) => new(
        Source, $"{Torchvision}/{entryPoint}", "v0.14.1", files[0].Task, "pytorch", "bsd-3-clause", Gated: false, Downloads: null, Likes: null, LastModified: null,
        ["pytorch", "torchvision", "vision"], StoredElements: null, files[0].Parameters, [.. files.Select(file => new ModelFile(file.FileName, null, null))],
        Config: null, new Provenance(Snapshot.Origin, WeightsAsOf), $"{files[0].Parameters:N0} is the parameter count that torchvision publishes for {files[0].Name}.")
    {
        Usage =
        [
            .. files[0].TorchHub ? [Load(Torchvision, entryPoint)] : Array.Empty<string>(), $"torchvision.models.get_model('{entryPoint}', weights='DEFAULT')",
            .. files.Select(file => file.Address),
        ],
    };

    private static HubModel ToModel(CsvReader row, Dictionary<string, Weights[]> weights)
    {
        var tags = row.Words("tags");
        var loads = row.Words("loads").Select(pair => pair.Split(' ')).ToArray();
        var largest = loads.Where(load => load[0].StartsWith(Torchvision, StringComparison.Ordinal) && weights.ContainsKey(load[1]))
            .Select(load => weights[load[1]][0]).MaxBy(file => file.Parameters);
        return new HubModel(
            Source, row.GetField("id")!, row.GetField("blob"), row.GetField("task"), "pytorch", License: null, Gated: false, Downloads: null, Likes: null, LastModified: null,
            ["pytorch", .. tags, row.GetField("accelerator")!, row.GetField("repository")!], StoredElements: null, largest?.Parameters, Files: [], Config: null,
            new Provenance(Snapshot.Origin, PagesAsOf),
            largest is null ? null : $"{largest.Parameters:N0} is the parameter count that torchvision publishes for {largest.EntryPoint}, the largest entry point of this page.")
        {
            Title = row.GetField("title"),
            Description = $"{row.GetField("summary")!.TrimEnd('.')}. By {row.GetField("author")}.",
            Usage = [.. loads.Select(load => Load(load[0], load[1]))],
        };
    }

    // One row of torchvision.csv; the rows of an entry point begin with its default weights.
    private sealed record Weights(string EntryPoint, bool TorchHub, string Name, string Task, long Parameters, string Address)
    {
        public string FileName => Address[(Address.LastIndexOf('/') + 1)..];

        public static Weights Read(CsvReader row) => new(
            row.GetField("entry_point")!, row.GetField("torch_hub") == "true", row.GetField("weights")!, row.GetField("task")!,
            long.Parse(row.GetField("parameters")!, NumberStyles.None, CultureInfo.InvariantCulture), row.GetField("url")!);
    }
}
