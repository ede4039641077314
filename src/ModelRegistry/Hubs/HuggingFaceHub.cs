using System.Text.Json;
using System.Text.Json.Nodes;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

public sealed class HuggingFaceHub(IHuggingFaceApi api, IHuggingFaceFiles files, TimeProvider time, ILogger<HuggingFaceHub> logger) : IModelHub
{
    public const string Name = HubReference.DefaultSource;
    public const string ApiClient = "modelregistry-huggingface-api";
    public const string FilesClient = "modelregistry-huggingface-files";

    private const int MaxFiles = 2000;
    private const int BulkyCharacters = 4096;

    // Two requests of up to 10 s each would outlast the caller's patience.
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(12);

    // One call tells of 500 models, where a lookup each would take 500.
    private const string FirstPage = "sort=lastModified&limit=500&expand=sha&expand=pipeline_tag&expand=library_name&expand=gated&expand=downloads&expand=likes"
        + "&expand=trendingScore&expand=createdAt&expand=lastModified&expand=tags&expand=safetensors&expand=config";

    public string Source => Name;

    public async Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken)
    {
        try
        {
            var response = await api.ListModelsAsync(position.Cursor ?? FirstPage, cancellationToken);
            if (!response.ResponseMessage.IsSuccessStatusCode)
            {
                return HubAnswer.Refused<HubPage>(response.ResponseMessage);
            }

            var models = response.GetContent().Where(model => HubReference.TryParse(model.Id, out _))
                .Select(model => ToHubModel(model, null, time.GetUtcNow())).ToArray();
            var atEnd = models is [.., { LastModified: { } last }] && last < position.Since;
            return HubAnswer.Found(new HubPage(models, atEnd ? null : NextQuery(response.ResponseMessage), []));
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

    // Link: <https://huggingface.co/api/models?...&cursor=...>; rel="next". Its host is not ours where a mirror stands between, so the query alone is taken.
    private static string? NextQuery(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links)
            && string.Join(',', links).Split(',').FirstOrDefault(link => link.Contains("rel=\"next\"", StringComparison.Ordinal)) is { } next
            && next.IndexOf('?', StringComparison.Ordinal) is > 0 and var start && next.IndexOf('>', StringComparison.Ordinal) is var end && end > start
            ? next[(start + 1)..end]
            : null;

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
            return HubAnswer.Found(ToHubModel(model, config, time.GetUtcNow()));
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
        if (model.Siblings?.Any(file => file.Rfilename == "config.json") == false)
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

    private static HubModel ToHubModel(HuggingFaceModel model, JsonElement? config, DateTimeOffset now)
    {
        var tags = (model.Tags ?? []).Where(tag => !string.IsNullOrWhiteSpace(tag)).Take(200).ToArray();
        var elements = model.Safetensors?.Parameters?.Where(entry => entry.Value > 0).ToDictionary();
        return new HubModel(
            Name,
            model.Id,
            model.Sha,
            model.PipelineTag,
            model.LibraryName,
            License(model.CardData) ?? tags.FirstOrDefault(tag => tag.StartsWith("license:", StringComparison.Ordinal))?["license:".Length..],
            model.Gated.ValueKind is JsonValueKind.String or JsonValueKind.True,
            model.Downloads,
            model.Likes,
            model.LastModified?.ToUniversalTime(),
            tags,
            elements is { Count: > 0 } ? elements : null,
            PublishedParameters: null,
            [.. (model.Siblings ?? []).Take(MaxFiles).Select(file => new ModelFile(file.Rfilename, file.Size ?? file.Lfs?.Size, file.Lfs?.Sha256))],
            config,
            // Whole milliseconds, which is what JSON keeps.
            new Provenance(Name, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond))))
        {
            CreatedAt = model.CreatedAt?.ToUniversalTime(),
            TrendingScore = model.TrendingScore,
        };
    }

    private static string? License(JsonElement card)
    {
        if (card.ValueKind != JsonValueKind.Object || !card.TryGetProperty("license", out var license))
        {
            return null;
        }

        return license.ValueKind switch
        {
            JsonValueKind.String => license.GetString(),
            JsonValueKind.Array => license.EnumerateArray().FirstOrDefault(item => item.ValueKind == JsonValueKind.String) is { ValueKind: JsonValueKind.String } first ? first.GetString() : null,
            _ => null,
        };
    }
}
