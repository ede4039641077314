using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry.Hubs;

/// <param name="viewer">Null where the configured hub is a mirror without a viewer.</param>
internal sealed class HuggingFaceHub(IHuggingFaceApi api, IDatasetViewer? viewer, TimeProvider time, ILogger<HuggingFaceHub> logger) : IDatasetHub
{
    public const string Name = HubReference.DefaultSource;
    public const string ApiClient = "datasetregistry-huggingface-api";
    public const string ViewerClient = "datasetregistry-huggingface-viewer";

    private const int MaxTags = 200;

    // Two requests of up to 10 s each would outlast the caller's patience.
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(12);

    public string Source => Name;

    public async Task<HubAnswer<HubDataset>> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LookupTimeout);
        try
        {
            var response = await api.GetDatasetAsync(id, deadline.Token);
            if (!response.ResponseMessage.IsSuccessStatusCode)
            {
                return HubAnswer.Refused<HubDataset>(response.ResponseMessage);
            }

            var dataset = response.GetContent();
            if (!HubReference.TryParse(dataset.Id, out var reference) || reference.Id != dataset.Id)
            {
                return HubAnswer.Unavailable<HubDataset>("The hub answered with an id that is none.");
            }

            var described = ToHubDataset(dataset, time.GetUtcNow());
            return HubAnswer.Found(DatasetSize.Of(described) is { Rows: not null, DownloadBytes: not null, SizeBytes: not null }
                ? described
                : await MeasuredAsync(described, deadline.Token));
        }
        catch (HubUnavailableException exception)
        {
            return HubAnswer.Unavailable<HubDataset>(exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, Name, id);
            return HubAnswer.Unavailable<HubDataset>("The hub's answer cannot be read.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HubAnswer.Unavailable<HubDataset>("The hub did not answer in time.");
        }
    }

    // What the card does not tell, the viewer has counted; a dataset without either is still a dataset.
    private async Task<HubDataset> MeasuredAsync(HubDataset dataset, CancellationToken cancellationToken)
    {
        if (viewer is null)
        {
            return dataset;
        }

        try
        {
            var response = await viewer.GetSizeAsync(dataset.Id, cancellationToken);
            if (!response.ResponseMessage.IsSuccessStatusCode)
            {
                Log.NotMeasured(logger, dataset.Id, HubAnswer.Refused<HubDataset>(response.ResponseMessage).Reason);
                return dataset;
            }

            var answer = response.GetContent();
            if (answer is { Partial: false, Pending: null or { Count: 0 }, Failed: null or { Count: 0 }, Size: { Configs: { Count: > 0 } configs, Splits: { Count: > 0 } splits } })
            {
                return dataset with { Configurations = Configurations(configs, splits), DefaultConfiguration = Default(dataset, configs) };
            }

            Log.NotMeasured(logger, dataset.Id, "The viewer has read only a part of it.");
        }
        catch (HubUnavailableException exception)
        {
            Log.NotMeasured(logger, dataset.Id, exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, "dataset viewer", dataset.Id);
        }

        return dataset;
    }

    private static IReadOnlyList<DatasetConfiguration> Configurations(IReadOnlyList<ViewerConfiguration> configs, IReadOnlyList<ViewerSplit> splits) =>
    [
        .. configs.Select(config => new DatasetConfiguration(
            config.Config,
            config.OriginalBytes,
            [.. splits.Where(split => split.Config == config.Config).Select(split => new DatasetSplit(split.Config, split.Split, split.Rows, split.MemoryBytes))])),
    ];

    private static string? Default(HubDataset dataset, IReadOnlyList<ViewerConfiguration> configs) =>
        configs is [{ } only] ? only.Config : dataset.DefaultConfiguration ?? configs.FirstOrDefault(config => config.Config == "default")?.Config;

    private static HubDataset ToHubDataset(HuggingFaceDataset dataset, DateTimeOffset now)
    {
        var tags = (dataset.Tags ?? []).Where(tag => !string.IsNullOrWhiteSpace(tag)).Take(MaxTags).ToArray();
        var configurations = DatasetCard.Configurations(dataset.CardData);
        return new HubDataset(
            Name,
            dataset.Id,
            dataset.Sha,
            Tagged(tags, "task_categories:"),
            Tagged(tags, "modality:"),
            DatasetCard.License(dataset.CardData) ?? Tagged(tags, "license:"),
            dataset.Gated.ValueKind is JsonValueKind.String or JsonValueKind.True,
            dataset.Downloads,
            dataset.Likes,
            tags,
            configurations,
            DatasetCard.DefaultConfiguration(dataset.CardData, configurations),
            DatasetSize.Sum([.. (dataset.Siblings ?? []).Select(file => file.Size)]),
            // Whole milliseconds, which is what JSON keeps.
            Provenance.Now(Name, now));
    }

    private static string? Tagged(IEnumerable<string> tags, string prefix) =>
        tags.FirstOrDefault(tag => tag.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
}
