using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Hubs;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Catalog;

/// <summary>What was last learned about a model, from its hub or from the shipped snapshot; the columns are what lists filter and sort by.</summary>
public sealed class ModelEntry
{
    public required string Source { get; init; }

    /// <summary>The id in lower case: hubs find a model however it is capitalized.</summary>
    public required string Key { get; init; }

    public string? Task { get; private set; }

    public string? Library { get; private set; }

    public string? License { get; private set; }

    public long? Parameters { get; private set; }

    public long? Downloads { get; private set; }

    public long? Likes { get; private set; }

    /// <summary>Lower-case tags between line feeds, so that one can be found whole.</summary>
    public string Tags { get; private set; } = "";

    public HubModel Document { get; private set; } = null!;

    /// <summary>True while nothing but the shipped snapshot is known.</summary>
    public bool FromSnapshot { get; private set; }

    public DateTimeOffset AsOf { get; private set; }

    public static string KeyOf(string id) => id.ToLowerInvariant();

    public static ModelEntry Of(HubModel model)
    {
        var entry = new ModelEntry { Source = model.Source, Key = KeyOf(model.Id) };
        entry.Learn(model);
        return entry;
    }

    /// <summary>Takes over newer figures; older ones change nothing.</summary>
    public bool Learn(HubModel model)
    {
        if (Document is not null && model.Provenance.AsOf < AsOf)
        {
            return false;
        }

        Document = model;
        Task = model.Task?.ToLowerInvariant();
        Library = model.Library?.ToLowerInvariant();
        License = model.License?.ToLowerInvariant();
        Parameters = ParameterCount.Of(model, ModelConfig.Parse(model.Config))?.Parameters.Total;
        Downloads = model.Downloads;
        Likes = model.Likes;
        Tags = $"\n{string.Join('\n', model.Tags.Select(tag => tag.ToLowerInvariant()))}\n";
        FromSnapshot = model.Provenance.Source == Snapshot.Origin;
        AsOf = model.Provenance.AsOf;
        return true;
    }
}

public static class HubModelMapping
{
    public static ModelSummary ToSummary(this HubModel model) =>
        model.ToSummary(ParameterCount.Of(model, ModelConfig.Parse(model.Config))?.Parameters.Total);

    public static ModelDetail ToDetail(this HubModel model)
    {
        var config = ModelConfig.Parse(model.Config);
        var parameters = ParameterCount.Of(model, config)?.Parameters;
        return new ModelDetail(model.ToSummary(parameters?.Total), model.Revision, parameters, model.Files, config?.ToArchitecture());
    }

    private static ModelSummary ToSummary(this HubModel model, long? parameters) => new(
        model.Source, model.Id, model.Task, model.Library, model.License, model.Gated, parameters,
        model.Downloads, model.Likes, model.LastModified, model.Tags, model.Provenance);
}
