using Microsoft.AspNetCore.Http.HttpResults;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ModelRegistry.Requirements;

internal static class RequirementsApi
{
    public static void MapRequirementsApi(this IEndpointRouteBuilder app)
    {
        var requirements = app.MapGroup("/api/v1/requirements").WithTags("Models");
        requirements.MapGet("", GetRequirements).WithName("GetRequirements").WithSummary("Size a workload: memory by part, disk, and which GPUs can run it");
    }

    private static async Task<Results<Ok<ModelRequirements>, ProblemHttpResult>> GetRequirements(
        string? model, [AsParameters] WorkloadQuery query, SizeWorkload size, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        if (!HubReference.TryParse(model, out _))
        {
            errors["model"] = ["A model is written source:id, such as huggingface:google-bert/bert-base-uncased."];
        }

        var workload = query.Read(errors);
        foreach (var (field, messages) in WorkloadPlan.Validate(workload))
        {
            errors.TryAdd(field, messages);
        }

        if (errors.Count > 0)
        {
            return new Refusal(RefusalCodes.InvalidRequest, "The workload is not valid.", "Correct the fields named in errors.", errors).ToProblem();
        }

        var answer = await size.RunAsync(model, workload, cancellationToken);
        return answer.Requirements is { } requirements ? TypedResults.Ok(requirements) : answer.Refusal!.ToProblem();
    }
}
