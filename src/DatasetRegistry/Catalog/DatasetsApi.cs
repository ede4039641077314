using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.DatasetRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.DatasetRegistry.Catalog;

internal static class DatasetsApi
{
    public static void MapDatasetsApi(this IEndpointRouteBuilder app)
    {
        var datasets = app.MapGroup("/api/v1/datasets").WithTags("Datasets").WaitForStore<DatasetRegistryDb>();
        datasets.MapGet("", ListDatasets).WithName("ListDatasets").WithSummary("List the datasets that are known here: looked up before, or shipped with the product");
        datasets.MapGet("/{source}/{**id}", GetDataset).WithName("GetDataset").WithSummary("Look up one dataset on its hub, with its splits and sizes");
    }

    private static async Task<Results<Ok<Page<DatasetSummary>>, ProblemHttpResult>> ListDatasets(
        [AsParameters] DatasetListRequest request, DatasetRegistryDb db, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        return DatasetQuery.Parse(request, errors) is { } query
            ? TypedResults.Ok(await query.RunAsync(db, cancellationToken))
            : new Refusal(RefusalCodes.InvalidRequest, "The filters are not valid.", "Correct the fields named in errors.", errors).ToProblem();
    }

    private static async Task<Results<Ok<DatasetSummary>, ProblemHttpResult>> GetDataset(string source, string? id, FindDataset find, CancellationToken cancellationToken)
    {
        // Clients that encode the id as one segment mean the same dataset.
        var found = await find.RunAsync($"{source}:{id?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)}", cancellationToken);
        return found.Dataset is { } dataset ? TypedResults.Ok(dataset.ToSummary()) : found.Refusal!.ToProblemOfAddress();
    }
}
