using MassTransit;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.ModelRegistry;
using Terradev.ServiceDefaults;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Has the model and the dataset of a request resolved by their registries, which makes it a question that offers alone can answer.</summary>
internal sealed class ResolveRequest(IRequestClient<ResolveModel> models, IRequestClient<ResolveDataset> datasets)
{
    public async Task<ResolvedRequest> ResolveAsync(RecommendationRequest request, CancellationToken cancellationToken)
    {
        if (RequestRules.Check(request) is { } invalid)
        {
            return ResolvedRequest.Refused(invalid);
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
            return ResolvedRequest.Refused(refusal);
        }

        var summary = dataset?.Dataset;
        var requirements = request.Requirements ?? model!.Requirements!;
        return new ResolvedRequest(
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
            [.. requirements.Assumptions, .. TokenAssumption(summary)],
            null);
    }

    private static long Sum(long disk, long download, long decoded) => (long)Math.Min((decimal)disk + download + decoded, long.MaxValue);

    private static IEnumerable<string> TokenAssumption(DatasetSummary? dataset) => dataset?.TokensPerRow is { } tokens
        ? [$"A row of {dataset.Id} has about {tokens} tokens: its decoded size / rows / {DatasetSummary.BytesPerToken} bytes per token."]
        : [];
}

/// <param name="Question">Null where the request is refused.</param>
/// <param name="Assumptions">What the registries' figures rest on.</param>
internal sealed record ResolvedRequest(Recommend? Question, IReadOnlyList<string> Assumptions, Refusal? Refusal)
{
    public static ResolvedRequest Refused(Refusal refusal) => new(null, [], refusal);
}
