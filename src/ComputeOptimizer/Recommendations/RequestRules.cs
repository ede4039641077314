using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>What the body of a recommendation request may say, before anyone else is asked.</summary>
internal static class RequestRules
{
    public const int MaxContextLength = 10_000_000;
    public const int MaxBatchSize = 65_536;

    /// <summary>The refusal with the messages of every field at fault; null when the request can be worked on.</summary>
    public static Refusal? Check(RecommendationRequest request)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        CheckModel(request, errors);
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
            var mode = request.Requirements?.Mode ?? request.Mode;
            ConstraintRules.CheckWork(constraints, request.Job?.Tokens is not null || (request.Dataset is not null && mode != WorkloadMode.Inference), errors);
        }

        JobRules.Check(request.Job, request.Requirements?.Mode ?? request.Mode, errors);
        JobRules.CheckLimit(request.Limit, errors);

        return errors.Count == 0
            ? null
            : new Refusal(RefusalCodes.InvalidRequest, "The request cannot be answered as it was put.", "Correct the fields in 'errors'.", errors);
    }

    /// <summary>Either a model, which is sized as the fields beside it say, or requirements, which say it all.</summary>
    private static void CheckModel(RecommendationRequest request, Dictionary<string, string[]> errors)
    {
        if (request.Requirements is not { } needs)
        {
            if (string.IsNullOrWhiteSpace(request.Model))
            {
                errors["model"] = ["It is needed, written source:id, such as huggingface:google-bert/bert-base-uncased; or requirements in its place."];
            }
            else if (!HubReference.TryParse(request.Model, out _))
            {
                errors["model"] = ["It must be written source:id, with up to 200 letters, digits, '.', '_', '-' and '/'."];
            }

            return;
        }

        RequirementRules.Check(needs, errors);
        foreach (var (field, given) in new[]
        {
            ("model", request.Model is not null), ("mode", request.Mode is not null), ("precision", request.Precision is not null),
            ("contextLength", request.ContextLength is not null), ("batchSize", request.BatchSize is not null),
        })
        {
            if (given)
            {
                errors.TryAdd(field, ["The requirements say it; leave it out, or leave them out."]);
            }
        }
    }
}
