using Terradev.ModelRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Algorithms of libraries that no hub has, such as PPO and Prophet: file <c>reference.json</c>, which ships with the product.</summary>
public sealed class ReferenceModels : IModelHub
{
    public const string Name = "reference";

    public string Source => Name;

    public Task<HubAnswer<HubModel>> FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult(
        Snapshot.Shipped.Find(Name, id) is { } model
            ? HubAnswer.Found(model)
            : new HubAnswer<HubModel>(HubOutcome.Unknown, null, "No such algorithm ships with this version."));

    public Task<HubAnswer<HubPage>> ListAsync(CatalogPosition position, CancellationToken cancellationToken) =>
        Task.FromResult(HubAnswer.Found(new HubPage([.. Snapshot.Shipped.Models.Where(model => model.Source == Name)], null, [])));
}

internal static class ReferenceModelsModule
{
    public static void AddReferenceModels(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<IModelHub, ReferenceModels>();
}
