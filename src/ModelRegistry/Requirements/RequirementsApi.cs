using System.Globalization;
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
        string? model, string? mode, string? precision, string? contextLength, string? batchSize, SizeWorkload size, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> errors = [];
        if (!HubReference.TryParse(model, out _))
        {
            errors["model"] = ["A model is written source:id, such as huggingface:google-bert/bert-base-uncased."];
        }

        var workload = new Workload(
            Word<WorkloadMode>("mode", mode, errors), Word<Precision>("precision", precision, errors),
            Number("contextLength", contextLength, errors), Number("batchSize", batchSize, errors));
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

    private static T? Word<T>(string field, string? text, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Wire.TryParse<T>(text, out var value))
        {
            return value;
        }

        errors[field] = [$"Use one of: {string.Join(", ", Wire.Names<T>())}."];
        return null;
    }

    private static int? Number(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        errors[field] = ["Use a whole number."];
        return null;
    }
}
