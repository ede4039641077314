using System.Text.Json;
using Microsoft.Extensions.Options;
using Terradev.Contracts;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

internal sealed class HuggingFaceHub(IHuggingFaceApi api, IHuggingFaceFiles files, ReadSafetensors headers, TimeProvider time, ILogger<HuggingFaceHub> logger) : IModelHub
{
    public const string Name = HubReference.DefaultSource;
    public const string ApiClient = "modelregistry-huggingface-api";
    public const string FilesClient = "modelregistry-huggingface-files";

    // One call tells of 1,000 models, where a lookup each would take as many.
    private const string FirstPage = "sort=lastModified&limit=1000&expand=sha&expand=pipeline_tag&expand=library_name&expand=gated&expand=downloads&expand=likes"
        + "&expand=trendingScore&expand=createdAt&expand=lastModified&expand=tags&expand=safetensors";

    // Of each window of the hub's rate limit, what lists leave to lookups, for which somebody waits.
    private const double ShareOfLookups = 0.1;

    public string Source => Name;

    public Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken) => HubCall.GuardAsync(logger, Name, "its catalogue", async () =>
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
        if (fault is not null && !atEnd)
        {
            // Taken for the end, it would leave what comes behind it out of this pass and of those that follow.
            return HubAnswer.Unavailable<HubPage>(fault);
        }

        return HubAnswer.Found(new HubPage(models, atEnd ? null : next, skipped)
        {
            Wait = HubRateLimit.Read(response)?.WaitToKeep(ShareOfLookups) ?? TimeSpan.Zero,
        });
    });

    public Task<HubAnswer<HubModel>> FindAsync(string id, CancellationToken cancellationToken) => HubCall.InTimeAsync(deadline => HubCall.GuardAsync(logger, Name, id, async () =>
    {
        var response = await api.GetModelAsync(id, deadline);
        if (!response.ResponseMessage.IsSuccessStatusCode)
        {
            return HubAnswer.Refused<HubModel>(response.ResponseMessage, time.GetUtcNow());
        }

        var model = response.GetContent();
        return HubReference.TryParse(model.Id, out var reference) && reference.Id == model.Id
            ? HubAnswer.Found(await CompleteAsync(model, deadline, cancellationToken))
            : HubAnswer.Unavailable<HubModel>("The hub answered with an id that is none.");
    }), cancellationToken);

    // What the files say is read side by side, and what cannot be read is a note: a model without it is still a model.
    private async Task<HubModel> CompleteAsync(HuggingFaceModel model, CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (model.Disabled == true)
        {
            return model.ToHubModel(null, ["The hub has disabled this repository; its files cannot be read."], time.GetUtcNow());
        }

        var reading = model.StoredElements is null ? TensorsAsync(model, deadline, cancellationToken) : Task.FromResult<(IReadOnlyList<SafetensorsTensor>?, string?)>((null, null));
        var (config, kept, noConfig) = await ConfigAsync(model, deadline, cancellationToken);
        var (tensors, notRead) = await reading;
        var (elements, notCounted) = tensors is null ? (null, notRead)
            : noConfig is not null && SafetensorsCount.NeedsConfig(tensors) ? (null, "config.json, which tells how its tensors are packed, is left out.")
            : SafetensorsCount.Of(tensors, config);
        string?[] notes =
        [
            noConfig is null ? null : $"config.json is left out: {noConfig}",
            notCounted is null ? null : $"Parameters are not counted from file headers: {notCounted}",
            elements is null ? null : "Parameters were counted from the headers of the files, where the hub tells no count.",
        ];
        if (noConfig is not null)
        {
            Log.WithoutPart(logger, model.Id, "its config.json", noConfig);
        }

        if (notCounted is not null)
        {
            Log.WithoutPart(logger, model.Id, "the headers of its files", notCounted);
        }

        var found = model.ToHubModel(kept, [.. notes.OfType<string>()], time.GetUtcNow());
        return elements is null ? found : found with { StoredElements = elements };
    }

    private async Task<(JsonElement? Whole, JsonElement? Kept, string? Fault)> ConfigAsync(HuggingFaceModel model, CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (model.Siblings?.Any(file => file?.Rfilename == "config.json") == false)
        {
            return (null, null, null);
        }

        try
        {
            var response = await files.GetConfigAsync(model.Id, model.Revision ?? "main", deadline);
            if (!response.ResponseMessage.IsSuccessStatusCode)
            {
                return (null, null, HubAnswer.Refused<HubModel>(response.ResponseMessage).Reason);
            }

            var config = response.GetContent();
            return ConfigJson.Trim(config) is { } kept ? (config, kept, null) : (null, null, "It is not an object of readable text within 128 KiB.");
        }
        catch (HubUnavailableException exception)
        {
            return (null, null, exception.Message);
        }
        catch (JsonException exception)
        {
            Log.UnreadableAnswer(logger, exception, Name, $"{model.Id}/config.json");
            return (null, null, "It is not JSON.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, null, HubCall.OutOfTime);
        }
    }

    private async Task<(IReadOnlyList<SafetensorsTensor>? Tensors, string? Fault)> TensorsAsync(HuggingFaceModel model, CancellationToken deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await headers.RunAsync(model, deadline);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, HubCall.OutOfTime);
        }
    }
}

internal static class HuggingFaceHubModule
{
    public static void AddHuggingFace(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<HuggingFaceOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Endpoint = configuration["HF_ENDPOINT"] is { Length: > 0 } endpoint ? endpoint : options.Endpoint;
                options.Token = configuration["HF_TOKEN"] is { Length: > 0 } token ? token : options.Token;
            })
            .BindConfiguration(HuggingFaceOptions.Section)
            .Validate(options => HubEndpoint.TryRead(options.Endpoint, out _),
                $"{HuggingFaceOptions.Section}:Endpoint (or HF_ENDPOINT) is not an http or https address: leave it out, or write it as https://huggingface.co.")
            .ValidateOnStart();
        builder.AddHubClient<IHuggingFaceApi>(HuggingFaceHub.ApiClient, Hub, HubHttp.MetadataBytes);
        builder.AddHubClient<IHuggingFaceFiles>(HuggingFaceHub.FilesClient, Hub, HubHttp.ConfigBytes);
        builder.Services.AddHubHttp(HuggingFaceContent.HubClient, Hub, HubHttp.ConfigBytes, System.Net.DecompressionMethods.None);
        builder.Services.AddContentHttp(HuggingFaceContent.ElsewhereClient, Hub);
        builder.Services.AddSingleton<HuggingFaceContent>();
        builder.Services.AddSingleton<ReadSafetensors>();
        builder.Services.AddSingleton<IModelHub, HuggingFaceHub>();
    }

    private static HubEndpoint Hub(IServiceProvider services) => services.GetRequiredService<IOptions<HuggingFaceOptions>>().Value.ToEndpoint();
}
