using System.Text.Json;
using Microsoft.Extensions.Options;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>
/// TensorFlow Hub, whose models are on Kaggle since November 2023. An id is a model <c>owner/model</c>, one variation of it
/// <c>owner/model/framework/variation</c>, or a handle of tfhub.dev, which the shipped catalogue knows.
/// </summary>
public sealed class TensorFlowHub(IKaggleApi api, TimeProvider time, ILogger<TensorFlowHub> logger) : IModelHub
{
    public const string Name = TensorFlowHubCatalog.Source;
    public const string ApiClient = "modelregistry-tensorflow-hub";

    private const int PageSize = 50;
    private const int MaxEntries = 1000;
    private const int MaxFiles = 2000;
    private const int MaxFilePages = 5;
    private const int MaxSkipped = 100;

    public string Source => Name;

    /// <summary>Newest first, so that a pass ends at the last one's time. Kaggle does not tell when a model changed: new versions are seen by full passes and lookups.</summary>
    public Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken) => AskAsync("its catalogue", async () =>
    {
        var response = await api.ListModelsAsync("createTime", PageSize, position.Cursor, cancellationToken);
        if (!response.ResponseMessage.IsSuccessStatusCode)
        {
            return HubRefusal.Of<HubPage>(response.ResponseMessage, time);
        }

        var content = response.GetContent();
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("models", out var entries) || entries.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The page has no list of models.");
        }

        List<HubModel> models = [];
        List<string> skipped = [];
        List<DateTimeOffset?> published = [];
        foreach (var (entry, place) in entries.EnumerateArray().Take(MaxEntries).Select((entry, place) => (entry, place)))
        {
            if (Read(entry, place, skipped) is { } model)
            {
                published.Add(model.PublishTime);
                if (model.Shown is { } variation)
                {
                    models.Add(model.ToHubModel(variation, whole: true, [], time.GetUtcNow()));
                }
            }
        }

        if (entries.GetArrayLength() > MaxEntries)
        {
            skipped.Add($"{entries.GetArrayLength() - MaxEntries} entries are beyond the {MaxEntries} that a page may have.");
        }

        var atEnd = published.Count > 0 && published.All(at => at < position.Since);
        return HubAnswer.Found(new HubPage(models, atEnd ? null : KaggleFiles.NextToken(content), skipped) { Wait = HubRefusal.Wait(response.ResponseMessage, time) ?? TimeSpan.Zero });
    });

    public async Task<HubAnswer<HubModel>> FindAsync(string id, CancellationToken cancellationToken)
    {
        var parts = TensorFlowHubCatalog.WithoutVersion(id).Split('/');
        var framework = parts.Length == 4 ? KaggleFramework.Read(parts[2]) : null;
        if (parts.Length != 2 && framework is null)
        {
            return Known(id, "Kaggle has this model under a name of its own.") ?? Unknown("The hub has no such model; ids are written owner/model or owner/model/framework/variation.");
        }

        var answer = await HubCall.InTimeAsync(
            token => AskAsync(id, () => LookUpAsync($"{parts[0]}/{parts[1]}", framework, framework is null ? null : parts[3], token)), cancellationToken);
        return answer.Outcome is HubOutcome.Unknown ? Known(id, "Kaggle does not have it under its name of tfhub.dev.") ?? answer : answer;
    }

    private async Task<HubAnswer<HubModel>> LookUpAsync(string name, KaggleFramework? framework, string? variation, CancellationToken cancellationToken)
    {
        var response = await api.GetModelAsync(name, cancellationToken);
        if (!response.ResponseMessage.IsSuccessStatusCode)
        {
            return HubRefusal.Of<HubModel>(response.ResponseMessage, time);
        }

        List<string> skipped = [];
        if (Read(response.GetContent(), 0, skipped) is not { } model || !string.Equals(model.Ref, name, StringComparison.OrdinalIgnoreCase))
        {
            return HubAnswer.Unavailable<HubModel>(skipped is [var reason, ..] ? reason : "The hub answered with another model than it was asked for.");
        }

        var chosen = framework is null ? model.Shown : model.Variation(framework, variation!);
        if (chosen is null)
        {
            return Unknown(framework is null ? "The model has no variation for TensorFlow." : "The model has no such variation.");
        }

        var files = await FilesAsync(model.Handle(chosen), chosen.VersionNumber, cancellationToken);
        return HubAnswer.Found(model.ToHubModel(chosen, whole: framework is null, files, time.GetUtcNow()));
    }

    // A model without a readable list of files is still a model.
    private async Task<IReadOnlyList<ModelFile>> FilesAsync(string variation, int? version, CancellationToken cancellationToken)
    {
        List<ModelFile> files = [];
        string? token = null;
        for (var page = 0; version is > 0 && page < MaxFilePages; page++)
        {
            var answer = await AskAsync(variation, async () =>
            {
                var response = await api.ListFilesAsync(variation, version.Value, MaxFiles / MaxFilePages, token, cancellationToken);
                return response.ResponseMessage.IsSuccessStatusCode ? HubAnswer.Found(new KaggleFiles(response.GetContent())) : HubRefusal.Of<KaggleFiles>(response.ResponseMessage, time);
            });
            if (answer.Value is not { } found)
            {
                Log.WithoutPart(logger, variation, "its list of files", answer.Reason);
                return [];
            }

            files.AddRange(found.Files.Take(MaxFiles - files.Count));
            if (KaggleFiles.NextToken(found.Content) is not { } next || next == token)
            {
                break;
            }

            token = next;
        }

        return files;
    }

    private Task<HubAnswer<T>> AskAsync<T>(string subject, Func<Task<HubAnswer<T>>> ask)
        where T : class => HubCall.GuardAsync(logger, Name, subject, ask);

    private static HubAnswer<HubModel> Unknown(string reason) => new(HubOutcome.Unknown, null, reason);

    // The hub's word that it does not have a model says nothing about the old name of one.
    private static HubAnswer<HubModel>? Known(string id, string reason) =>
        Snapshot.Shipped.Find(Name, id) is null ? null : HubAnswer.Unavailable<HubModel>(reason);

    private static KaggleModel? Read(JsonElement entry, int place, List<string> skipped)
    {
        string reason;
        try
        {
            var model = KaggleModel.Read(entry);
            if (HubReference.TryParse($"{Name}:{model.Ref}", out var reference) && reference.Id.Count(c => c == '/') == 1)
            {
                return model;
            }

            reason = $"Entry {place + 1} has no name that can be used: '{Text.Clean(model.Ref, 60)}'.";
        }
        catch (JsonException exception)
        {
            reason = $"Entry {place + 1} cannot be read: {Text.Clean(exception.Message, 160)}";
        }

        if (skipped.Count < MaxSkipped)
        {
            skipped.Add(reason);
        }

        return null;
    }
}

internal static class TensorFlowHubModule
{
    public static void AddTensorFlowHub(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TensorFlowHubOptions>()
            .Configure<IConfiguration>((options, configuration) =>
                (options.Username, options.Key, options.Token) = (configuration["KAGGLE_USERNAME"], configuration["KAGGLE_KEY"], configuration["KAGGLE_API_TOKEN"]))
            .BindConfiguration(TensorFlowHubOptions.Section)
            .Validate(options => HubEndpoint.TryRead(options.Endpoint, out _),
                $"{TensorFlowHubOptions.Section}:Endpoint is not an http or https address: leave it out, or write it as https://www.kaggle.com/api/v1.")
            .ValidateOnStart();
        builder.AddHubClient<IKaggleApi>(TensorFlowHub.ApiClient, services => services.GetRequiredService<IOptions<TensorFlowHubOptions>>().Value.ToEndpoint(), HubHttp.MetadataBytes);
        builder.Services.AddSingleton<IModelHub, TensorFlowHub>();
    }
}
