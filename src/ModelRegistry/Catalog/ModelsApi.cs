using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Catalog;

internal static class ModelsApi
{
    public static void MapModelsApi(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/v1/models").WithTags("Models").WaitForStore<ModelRegistryDb>();
        models.MapGet("", ListModels).WithName("ListModels").WithSummary("Search the catalogue by text, task, framework, source, licence, size and what fits a GPU");
        models.MapGet("/{source}/{**id}", GetModel).WithName("GetModel").WithSummary("Look up one model on its hub, with parameter counts, files, needs and alternatives");
    }

    private static async Task<Results<Ok<ModelPage>, ProblemHttpResult>> ListModels(
        [AsParameters] ModelListRequest request, SearchModels search, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        return ModelQuery.Parse(request, errors) is { } query
            ? TypedResults.Ok(await search.RunAsync(query, cancellationToken))
            : new Refusal(RefusalCodes.InvalidRequest, "The filters are not valid.", "Correct the fields named in errors.", errors).ToProblem();
    }

    private static async Task<Results<Ok<ModelDetail>, ProblemHttpResult>> GetModel(
        string source, string? id, FindModel find, SearchModels search, CancellationToken cancellationToken)
    {
        // Clients that encode the id as one segment mean the same model.
        var found = await find.RunAsync($"{source}:{id?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)}", cancellationToken);
        return found.Model is { } model
            ? TypedResults.Ok(await search.WithAlternativesAsync(model.ToDetail(), cancellationToken))
            : found.Refusal!.ToProblemOfAddress();
    }
}
