using MassTransit;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Has the model and the dataset of a request resolved by their registries, then recommends.</summary>
internal sealed class RecommendForModel(IRequestClient<ResolveModel> models, IRequestClient<ResolveDataset> datasets, RecommendationDesk desk)
{
    public async Task<Recommended> AnswerAsync(RecommendationRequest request, CancellationToken cancellationToken)
    {
        if (RequestRules.Check(request) is { } invalid)
        {
            return new Recommended(null, invalid);
        }

        var workload = new Workload(request.Mode, request.Precision, request.ContextLength, request.BatchSize);
        var resolvingModel = models.GetResponse<ModelResolved>(new ResolveModel(request.Model!, workload), cancellationToken, Messaging.RequestTimeout);
        var resolvingDataset = request.Dataset is { } reference
            ? datasets.GetResponse<DatasetResolved>(new ResolveDataset(reference), cancellationToken, Messaging.RequestTimeout)
            : null;
        await Task.WhenAll(resolvingDataset is null ? [resolvingModel] : [resolvingModel, resolvingDataset]);

        var model = (await resolvingModel).Message;
        if (model.Refusal is { } modelRefusal)
        {
            return new Recommended(null, modelRefusal);
        }

        var dataset = resolvingDataset is null ? null : (await resolvingDataset).Message;
        if (dataset?.Refusal is { } datasetRefusal)
        {
            return new Recommended(null, datasetRefusal);
        }

        var summary = dataset?.Dataset;
        var requirements = model.Requirements!;
        var answer = await desk.AnswerAsync(
            new Recommend(
                requirements,
                request.Constraints ?? new Constraints(),
                request.Goal,
                summary?.Rows,
                summary?.TokensPerRow,
                requirements.DiskBytes + (summary?.DownloadBytes ?? 0) + (summary?.SizeBytes ?? 0)),
            cancellationToken);
        return answer.Recommendation is { } recommendation
            ? answer with { Recommendation = recommendation with { Assumptions = [.. requirements.Assumptions, .. TokenAssumption(summary), .. recommendation.Assumptions] } }
            : answer;
    }

    private static IEnumerable<string> TokenAssumption(DatasetSummary? dataset) => dataset?.TokensPerRow is { } tokens
        ? [$"A row of {dataset.Id} has about {tokens} tokens: its decoded size / rows / {DatasetSummary.BytesPerToken} bytes per token."]
        : [];
}
