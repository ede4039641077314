using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Blueprints;

internal static class BlueprintsApi
{
    private static readonly string[] MediaTypes = ["application/zip", "application/octet-stream", "application/x-zip-compressed"];

    public static void MapBlueprintsApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/blueprints").WithTags("blueprints").RequireAuthorization().WaitForStore<EnvironmentGeneratorDb>();
        group.MapGet("/", List).WithName("ListBlueprints").WithSummary("Lists the blueprints that an environment can be made from");
        group.MapGet("/{cloud}/{name}", Get).WithName("GetBlueprint").WithSummary("One blueprint: its modules, switches, options as JSON Schema, and outputs");
        group.MapPut("/{cloud}/{name}", Put).WithName("RegisterBlueprint").WithSummary("Registers or replaces a blueprint of one's own: the body is a zip of its folder")
            .WithDescription("Environments that exist keep the version that they were made from.")
            .WithMetadata(new RequestSizeLimitAttribute(BlueprintZip.MaxBytes));
        group.MapDelete("/{cloud}/{name}", Delete).WithName("RemoveBlueprint").WithSummary("Removes a registered blueprint that no environment uses");
    }

    private static async Task<Ok<Page<BlueprintSummary>>> List(BlueprintCatalog blueprints, CancellationToken cancellationToken) => TypedResults.Ok(
        new Page<BlueprintSummary>([.. (await blueprints.ListAsync(cancellationToken)).Select(blueprint => BlueprintShape.Of(blueprint).ToSummary(blueprint))], null));

    private static async Task<Results<Ok<BlueprintResponse>, ProblemHttpResult>> Get(string cloud, string name, BlueprintCatalog blueprints, CancellationToken cancellationToken) =>
        Wire.TryParse<Cloud>(cloud, out var known) && await blueprints.FindAsync(known, name, cancellationToken) is { } blueprint
            ? TypedResults.Ok(BlueprintShape.Of(blueprint).ToResponse(blueprint))
            : Unknown();

    private static async Task<Results<Ok<BlueprintResponse>, Created<BlueprintResponse>, ProblemHttpResult>> Put(
        string cloud, string name, HttpRequest request, RegisterBlueprint register, CancellationToken cancellationToken)
    {
        if (!Wire.TryParse<Cloud>(cloud, out var known))
        {
            return Unknown();
        }

        if (!MediaTypes.Contains(request.ContentType?.Split(';')[0].Trim(), StringComparer.OrdinalIgnoreCase))
        {
            return Problems.Problem(RefusalCodes.UnsupportedMediaType, "The body must be a zip.", "Send the header 'Content-Type: application/zip'.");
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        var (blueprint, isNew, refusal) = await register.HandleAsync(known, name, body.ToArray(), request.HttpContext.User.Identity?.Name ?? "admin", cancellationToken);
        if (refusal is not null)
        {
            return refusal.ToProblem();
        }

        var response = BlueprintShape.Of(blueprint!).ToResponse(blueprint!);
        return isNew ? TypedResults.Created($"/api/v1/blueprints/{cloud}/{name}", response) : TypedResults.Ok(response);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(string cloud, string name, RegisterBlueprint register, CancellationToken cancellationToken)
    {
        if (!Wire.TryParse<Cloud>(cloud, out var known))
        {
            return Unknown();
        }

        var (removed, refusal) = await register.RemoveAsync(known, name, cancellationToken);
        return refusal is not null ? refusal.ToProblem() : removed ? TypedResults.NoContent() : Unknown();
    }

    private static ProblemHttpResult Unknown() => Problems.Problem(RefusalCodes.NotFound, "There is no such blueprint.", "GET /api/v1/blueprints lists those that exist.");
}
