using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What the body of a recommendation request may say, before anyone else is asked.</summary>
internal static class RequestRules
{
    private const int MaxContextLength = 10_000_000;
    private const int MaxBatchSize = 65_536;

    /// <summary>The refusal with the messages of every field at fault; null when the request can be worked on.</summary>
    public static Refusal? Check(RecommendationRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(request.Model))
        {
            errors["model"] = ["It is needed, written source:id, such as huggingface:google-bert/bert-base-uncased."];
        }
        else if (!HubReference.TryParse(request.Model, out _))
        {
            errors["model"] = ["It must be written source:id, with up to 200 letters, digits, '.', '_', '-' and '/'."];
        }

        if (request.Dataset is not null && !HubReference.TryParse(request.Dataset, out _))
        {
            errors["dataset"] = ["It must be written source:id, with up to 200 letters, digits, '.', '_', '-' and '/'."];
        }

        if (request.ContextLength is < 1 or > MaxContextLength)
        {
            errors["contextLength"] = [$"It must be from 1 to {MaxContextLength}."];
        }

        if (request.BatchSize is < 1 or > MaxBatchSize)
        {
            errors["batchSize"] = [$"It must be from 1 to {MaxBatchSize}."];
        }

        if (request.Constraints is { } constraints)
        {
            ConstraintRules.Check(constraints, errors);
        }

        return errors.Count == 0
            ? null
            : new Refusal(RefusalCodes.InvalidRequest, "The request cannot be answered as it was put.", "Correct the fields in 'errors'.", errors);
    }
}
