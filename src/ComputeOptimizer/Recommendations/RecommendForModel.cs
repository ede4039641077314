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
                summary is null ? null : TextTokens.PerRow(summary),
                requirements.DiskBytes + (summary?.DownloadBytes ?? 0) + (summary?.SizeBytes ?? 0)),
            cancellationToken);
        return answer.Recommendation is { } recommendation
            ? answer with { Recommendation = recommendation with { Assumptions = [.. requirements.Assumptions, .. TextTokens.Assumptions(summary), .. recommendation.Assumptions] } }
            : answer;
    }
}

/// <summary>How many tokens the rows of a text dataset have, by its size.</summary>
internal static class TextTokens
{
    /// <summary>Bytes of English text per token of a subword vocabulary; about 4 for BPE and WordPiece.</summary>
    private const int BytesPerToken = 4;

    /// <summary>Decoded bytes / rows / 4, at least 1; null for what is not text or has no known size.</summary>
    public static long? PerRow(DatasetSummary dataset) =>
        string.Equals(dataset.Modality, "text", StringComparison.OrdinalIgnoreCase) && dataset is { Rows: > 0 and var rows, SizeBytes: > 0 and var bytes }
            ? Math.Max(1, bytes / rows / BytesPerToken)
            : null;

    public static IEnumerable<string> Assumptions(DatasetSummary? dataset) => dataset is not null && PerRow(dataset) is { } tokens
        ? [$"A row of {dataset.Id} has about {tokens} tokens: its decoded size / rows / {BytesPerToken} bytes per token."]
        : [];
}
