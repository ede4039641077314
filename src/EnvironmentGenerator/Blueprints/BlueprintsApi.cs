using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Bundles;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Blueprints;

internal static class BlueprintsApi
{
    public static void MapBlueprintsApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/blueprints").WithTags("blueprints").RequireAuthorization();
        group.MapGet("/", List).WithName("ListBlueprints").WithSummary("Lists the blueprints that an environment can be made from");
        group.MapGet("/{cloud}/{name}", Get).WithName("GetBlueprint").WithSummary("One blueprint: its modules, switches, options as JSON Schema, and outputs");
    }

    private static Ok<Page<BlueprintSummary>> List() => TypedResults.Ok(new Page<BlueprintSummary>(
        [.. Blueprint.All.OrderBy(b => Wire.Name(b.Cloud), StringComparer.Ordinal).ThenBy(b => b.Name, StringComparer.Ordinal).Select(b => BlueprintShape.Of(b).ToSummary(b))], null));

    private static Results<Ok<BlueprintResponse>, ProblemHttpResult> Get(string cloud, string name) =>
        Wire.TryParse<Cloud>(cloud, out var known) && Blueprint.Find(known, name) is { } blueprint
            ? TypedResults.Ok(BlueprintShape.Of(blueprint).ToResponse(blueprint))
            : Problems.Problem(RefusalCodes.NotFound, "There is no such blueprint.", "GET /api/v1/blueprints lists those that exist.");
}
