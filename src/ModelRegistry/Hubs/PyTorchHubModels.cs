using Terradev.Contracts;
using Terradev.ModelRegistry.Catalog;

namespace Terradev.ModelRegistry.Hubs;

/// <summary>Puts together what page, repository, <c>hubconf.py</c> and the shipped table of weights tell of a model.</summary>
internal static class PyTorchHubModels
{
    private const int EntryPointsShown = 50;

    /// <param name="blob">Git's hash of the page; null where it was not asked for.</param>
    public static HubModel Of(PyTorchHubPage page, string? blob, GitHubRepository? repository, HubConf? hubConf, DateTimeOffset now)
    {
        var shipped = Snapshot.Shipped.Find(PyTorchHub.Name, page.Id);
        var loads = page.Loads.Select(load => PyTorchHubCatalog.Load(load.Repository.ToString(), load.EntryPoint));

        // A page whose calls pass a variable names no entry point: those of hubconf.py are what there is.
        var offered = page.Loads.Count > 0 || page.Source is not { } source ? []
            : hubConf is null ? shipped?.Usage ?? []
            : hubConf.EntryPoints.Take(EntryPointsShown).Select(entryPoint => PyTorchHubCatalog.Load(source.ToString(), entryPoint));
        return new HubModel(
            PyTorchHub.Name, page.Id, blob, shipped?.Task ?? TaskWords.In($"{page.Title} {page.Description}"), "pytorch", repository?.License, Gated: false, Downloads: null, Likes: null,
            repository?.PushedAt, [.. page.Tags.Prepend("pytorch").Append(page.Accelerator).Append(page.Repository?.Repository).OfType<string>().Distinct(StringComparer.Ordinal)],
            StoredElements: null, shipped?.PublishedParameters, Files: [], Config: null, Provenance.Now(PyTorchHub.Name, now), Notes(shipped, hubConf))
        {
            Title = page.Title,
            Description = page.Description,
            Stars = repository?.Stars,
            Usage = [.. loads, .. offered],
        };
    }

    private static string? Notes(HubModel? shipped, HubConf? hubConf) => Text.Clean(
        $"{shipped?.Note} {(hubConf is { Dependencies.Count: > 0 } ? $"hubconf.py needs the packages {string.Join(", ", hubConf.Dependencies)}." : "")}".Trim(), 1000);

    public static HubModel Of(GitHubReference repository, string entryPoint, GitHubRepository? told, HubModel? shipped, HubConf hubConf, DateTimeOffset now) => new(
        PyTorchHub.Name, $"{repository}/{entryPoint}", null, shipped?.Task, "pytorch", told?.License ?? shipped?.License, Gated: false, Downloads: null, Likes: null, told?.PushedAt,
        shipped?.Tags ?? ["pytorch"], StoredElements: null, shipped?.PublishedParameters, shipped?.Files ?? [], Config: null, Provenance.Now(PyTorchHub.Name, now), Notes(shipped, hubConf))
    {
        Stars = told?.Stars,
        Usage = shipped?.Usage ?? [PyTorchHubCatalog.Load(repository.ToString(), entryPoint)],
    };
}
