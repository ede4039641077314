using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Catalog;

internal static class ModelsApi
{
    public static void MapModelsApi(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/v1/models").WithTags("Models");
        models.MapGet("", ListModels).WithName("ListModels").WithSummary("List the models that are known here: looked up before, or shipped with the product");
        models.MapGet("/{source}/{**id}", GetModel).WithName("GetModel").WithSummary("Look up one model on its hub, with parameter counts and files");
    }

    private static async Task<Results<Ok<Page<ModelSummary>>, ProblemHttpResult>> ListModels(
        [AsParameters] ModelListRequest request, ModelRegistryDb db, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        return ModelQuery.Parse(request, errors) is { } query
            ? TypedResults.Ok(await query.RunAsync(db, cancellationToken))
            : new Refusal(RefusalCodes.InvalidRequest, "The filters are not valid.", "Correct the fields named in errors.", errors).ToProblem();
    }

    private static async Task<Results<Ok<ModelDetail>, ProblemHttpResult>> GetModel(string source, string? id, FindModel find, CancellationToken cancellationToken)
    {
        // Clients that encode the id as one segment mean the same model.
        var found = await find.RunAsync($"{source}:{id?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)}", cancellationToken);
        return found.Model is { } model ? TypedResults.Ok(model.ToDetail()) : found.Refusal!.ToProblemOfAddress();
    }
}
