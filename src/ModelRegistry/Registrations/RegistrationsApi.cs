using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Registrations;

internal static class RegistrationsApi
{
    public static void MapRegistrationsApi(this IEndpointRouteBuilder app)
    {
        var models = app.MapGroup("/api/v1/models").WithTags("Models").WaitForStore<ModelRegistryDb>();
        models.MapPost("", Register).WithName("RegisterModel").WithSummary("Register a model that is on no hub; the same registration again changes nothing");
        models.MapPut("/{source}/{**id}", Replace).WithName("ReplaceModel").WithSummary("Register a model of the source custom, or replace its registration");
        models.MapDelete("/{source}/{**id}", Remove).WithName("RemoveModel").WithSummary("Remove a registered model, of the source custom");
    }

    private static async Task<Results<Created<ModelDetail>, Ok<ModelDetail>, ProblemHttpResult>> Register(
        RegisterModel request, KeepRegistration keep, SearchModels search, CancellationToken cancellationToken) =>
        await AnswerAsync(await keep.AddAsync(request, cancellationToken), search, cancellationToken);

    private static async Task<Results<Created<ModelDetail>, Ok<ModelDetail>, ProblemHttpResult>> Replace(
        string source, string? id, RegisterModel request, KeepRegistration keep, SearchModels search, HttpResponse response, CancellationToken cancellationToken) =>
        source == ModelEntry.Registered ? await AnswerAsync(await keep.ReplaceAsync(Id(id), request, cancellationToken), search, cancellationToken) : NotOurs(response);

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        string source, string? id, KeepRegistration keep, HttpResponse response, CancellationToken cancellationToken)
    {
        if (source != ModelEntry.Registered)
        {
            return NotOurs(response);
        }

        if (!HubReference.TryParse($"{source}:{Id(id)}", out var reference) || !await keep.RemoveAsync(reference.Id, cancellationToken))
        {
            return new Refusal(RefusalCodes.ModelNotFound, "No model of this id is registered.", $"GET /api/v1/models?source={ModelEntry.Registered} lists those that are.").ToProblemOfAddress();
        }

        return TypedResults.NoContent();
    }

    private static async Task<Results<Created<ModelDetail>, Ok<ModelDetail>, ProblemHttpResult>> AnswerAsync(KeptRegistration kept, SearchModels search, CancellationToken cancellationToken)
    {
        if (kept.Model is not { } model)
        {
            return kept.Refusal!.ToProblem();
        }

        var detail = await search.WithAlternativesAsync(model.ToDetail(), cancellationToken);
        return kept.Added ? TypedResults.Created($"/api/v1/models/{model.Source}/{model.Id}", detail) : TypedResults.Ok(detail);
    }

    private static ProblemHttpResult NotOurs(HttpResponse response)
    {
        response.Headers.Allow = HttpMethods.Get;
        return Problems.Problem(RefusalCodes.MethodNotAllowed, "Models of hubs are not changed here.", $"Only registered models change: /api/v1/models/{ModelEntry.Registered}/<id>.");
    }

    // Clients that encode the id as one segment mean the same model.
    private static string Id(string? id) => (id ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
