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

        var resolvingModel = request.Requirements is null
            ? models.GetResponse<ModelResolved>(
                new ResolveModel(request.Model!, new Workload(request.Mode, request.Precision, request.ContextLength, request.BatchSize)), cancellationToken, Messaging.RequestTimeout)
            : null;
        var resolvingDataset = request.Dataset is { } reference
            ? datasets.GetResponse<DatasetResolved>(new ResolveDataset(reference), cancellationToken, Messaging.RequestTimeout)
            : null;
        await Task.WhenAll(new Task?[] { resolvingModel, resolvingDataset }.OfType<Task>());

        var model = resolvingModel is null ? null : (await resolvingModel).Message;
        var dataset = resolvingDataset is null ? null : (await resolvingDataset).Message;
        if ((model?.Refusal ?? dataset?.Refusal) is { } refusal)
        {
            return new Recommended(null, refusal);
        }

        var summary = dataset?.Dataset;
        var requirements = request.Requirements ?? model!.Requirements!;
        var answer = await desk.AnswerAsync(
            new Recommend(
                requirements,
                request.Constraints ?? new Constraints(),
                request.Goal,
                summary?.Rows,
                summary?.TokensPerRow,
                Sum(requirements.DiskBytes, summary?.DownloadBytes ?? 0, summary?.SizeBytes ?? 0))
            {
                Job = request.Job,
                DatasetBytes = summary?.DownloadBytes ?? summary?.SizeBytes,
                Limit = request.Limit,
            },
            cancellationToken);
        return answer.Recommendation is { } recommendation
            ? answer with { Recommendation = recommendation with { Assumptions = [.. requirements.Assumptions, .. TokenAssumption(summary), .. recommendation.Assumptions] } }
            : answer;
    }

    private static long Sum(long disk, long download, long decoded) => (long)Math.Min((decimal)disk + download + decoded, long.MaxValue);

    private static IEnumerable<string> TokenAssumption(DatasetSummary? dataset) => dataset?.TokensPerRow is { } tokens
        ? [$"A row of {dataset.Id} has about {tokens} tokens: its decoded size / rows / {DatasetSummary.BytesPerToken} bytes per token."]
        : [];
}
