using System.Text.Json;
using System.Text.Json.Nodes;
using Terradev.Contracts;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

public sealed class HuggingFaceHub(IHuggingFaceApi api, IHuggingFaceFiles files, TimeProvider time, ILogger<HuggingFaceHub> logger) : IModelHub
{
    public const string Name = HubReference.DefaultSource;
    public const string ApiClient = "modelregistry-huggingface-api";
    public const string FilesClient = "modelregistry-huggingface-files";

    private const int BulkyCharacters = 4096;

    // Two requests of up to 10 s each would outlast the caller's patience.
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(12);

    // One call tells of 500 models, where a lookup each would take 500.
    private const string FirstPage = "sort=lastModified&limit=500&expand=sha&expand=pipeline_tag&expand=library_name&expand=gated&expand=downloads&expand=likes"
        + "&expand=trendingScore&expand=createdAt&expand=lastModified&expand=tags&expand=safetensors";

    // Of each window of the hub's rate limit, what lists leave to lookups, for which somebody waits.
    private const double ShareOfLookups = 0.1;

    public string Source => Name;

    public async Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken)
    {
        try
        {
            var query = position.Cursor ?? FirstPage;
            using var response = await api.ListModelsAsync(query, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                return HubAnswer.Refused<HubPage>(response, time.GetUtcNow());
            }

            var (models, skipped) = HuggingFaceList.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), time.GetUtcNow());
            var (next, fault) = LinkHeader.Next(response);
            if (next == query)
            {
                return HubAnswer.Unavailable<HubPage>("The hub's pages go round in circles.");
            }

            var atEnd = models is [.., { LastModified: { } last }] && last < position.Since;
            return HubAnswer.Found(new HubPage(models, atEnd ? null : next, fault is null || atEnd ? skipped : [.. skipped, fault])
            {
                Wait = HubRateLimit.Read(response)?.WaitToKeep(ShareOfLookups) ?? TimeSpan.Zero,
            });
        }
        catch (HubUnavailableException exception)
        {
            return HubAnswer.Unavailable<HubPage>(exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, Name, "its catalogue");
            return HubAnswer.Unavailable<HubPage>("The hub's answer cannot be read.");
        }
    }

    public async Task<HubAnswer<HubModel>> FindAsync(string id, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LookupTimeout);
        try
        {
            var response = await api.GetModelAsync(id, deadline.Token);
            if (!response.ResponseMessage.IsSuccessStatusCode)
            {
                return HubAnswer.Refused<HubModel>(response.ResponseMessage);
            }

            var model = response.GetContent();
            if (!HubReference.TryParse(model.Id, out var reference) || reference.Id != model.Id)
            {
                return HubAnswer.Unavailable<HubModel>("The hub answered with an id that is none.");
            }

            var config = await ConfigAsync(model, deadline.Token);
            return HubAnswer.Found(model.ToHubModel(config, [], time.GetUtcNow()));
        }
        catch (HubUnavailableException exception)
        {
            return HubAnswer.Unavailable<HubModel>(exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, Name, id);
            return HubAnswer.Unavailable<HubModel>("The hub's answer cannot be read.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HubAnswer.Unavailable<HubModel>("The hub did not answer in time.");
        }
    }

    // A model without a readable config is still a model: its size may follow from the headers.
    private async Task<JsonElement?> ConfigAsync(HuggingFaceModel model, CancellationToken cancellationToken)
    {
        if (model.Siblings?.Any(file => file?.Rfilename == "config.json") == false)
        {
            return null;
        }

        try
        {
            var response = await files.GetConfigAsync(model.Id, model.Sha ?? "main", cancellationToken);
            if (response.ResponseMessage.IsSuccessStatusCode)
            {
                return Trim(response.GetContent());
            }

            Log.NoConfig(logger, model.Id, HubAnswer.Refused<HubModel>(response.ResponseMessage).Reason);
        }
        catch (HubUnavailableException exception)
        {
            Log.NoConfig(logger, model.Id, exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, Name, $"{model.Id}/config.json");
        }

        return null;
    }

    /// <summary>Drops what is bulky and says nothing about size, such as 1,000 label names, and keeps how many labels there are.</summary>
    public static JsonElement? Trim(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var kept = new JsonObject();
        foreach (var property in config.EnumerateObject())
        {
            if (property.Name == "id2label" && property.Value.ValueKind == JsonValueKind.Object)
            {
                kept["num_labels"] = property.Value.EnumerateObject().Count();
            }
            else if (property.Name != "label2id" && property.Value.GetRawText().Length <= BulkyCharacters)
            {
                kept[property.Name] = JsonNode.Parse(property.Value.GetRawText());
            }
        }

        return JsonSerializer.SerializeToElement(kept);
    }
}
