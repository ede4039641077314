using MassTransit;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.DatasetRegistry;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Asks the other services what a request needs and where it fits best, and makes the quote.</summary>
internal sealed class ChooseOffer(
    IRequestClient<ResolveModel> models, IRequestClient<ResolveDataset> datasets, IRequestClient<Recommend> optimizer, TimeProvider time)
{
    /// <summary>The choice, or why there is none.</summary>
    /// <exception cref="RequestTimeoutException">A service does not answer.</exception>
    public async Task<(Generation? Generation, Refusal? Refusal)> ForAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        var askModel = models.GetResponse<ModelResolved>(
            new ResolveModel(request.Model!, new Workload(request.Mode, request.Precision, request.ContextLength, request.BatchSize)), cancellationToken);
        var askDataset = request.Dataset is null ? null : datasets.GetResponse<DatasetResolved>(new ResolveDataset(request.Dataset), cancellationToken);
        var model = (await askModel).Message;
        var dataset = askDataset is null ? null : (await askDataset).Message;
        if ((model.Refusal ?? dataset?.Refusal) is { } refusal)
        {
            return (null, refusal);
        }

        var requirements = model.Requirements!;
        var rootVolume = EnvironmentPrice.RootVolumeGiB(requirements, dataset?.Dataset);
        var answer = (await optimizer.GetResponse<Recommended>(
            new Recommend(requirements, ConstraintsOf(request), request.Goal, dataset?.Dataset?.Rows, dataset?.Dataset?.TokensPerRow, rootVolume * (1L << 30))
            {
                DatasetBytes = dataset?.Dataset?.DownloadBytes,
            },
            cancellationToken)).Message;
        if (answer.Refusal is not null || answer.Recommendation is not { Ranked: [var choice, ..] })
        {
            return (null, answer.Refusal ?? new Refusal(RefusalCodes.NoOfferFits, "No offer fits.", "Relax the budget, the region or the precision."));
        }

        var quote = EnvironmentPrice.Quote(choice, answer.Recommendation.Snapshot, EnvironmentShape.Of(request, choice.Offer, requirements, dataset?.Dataset), request.MaxRuntimeHours!.Value, time.GetUtcNow());
        return OverBudget(quote, request.Budget) is { } over
            ? (null, over)
            : (new Generation(model.Model!, requirements, dataset?.Dataset, answer.Recommendation, quote), null);
    }

    /// <summary>The refusal when the machine or the whole environment costs more than the budget holds.</summary>
    public static Refusal? OverBudget(Quote quote, Budget? budget)
    {
        if (budget?.MaxHourly is { } hourly && quote.Offer.PricePerHour > hourly)
        {
            return new Refusal(
                RefusalCodes.BudgetExceeded,
                FormattableString.Invariant($"{quote.Offer.InstanceType} costs {quote.Offer.PricePerHour:0.0000} USD per hour now, more than budget.maxHourly of {hourly:0.0000} USD."),
                "Raise budget.maxHourly, or ask again and let another offer be chosen.");
        }

        if (budget?.Total is { } total && quote.AtDeadline > total)
        {
            return new Refusal(
                RefusalCodes.BudgetExceeded,
                FormattableString.Invariant($"{quote.Offer.InstanceType} could cost {quote.AtDeadline:0.00} USD until the deadline in {quote.MaxRuntimeHours:0.##} h, more than the budget of {total:0.00} USD."),
                "Shorten maxRuntimeHours or raise budget.total.");
        }

        return null;
    }

    private static Constraints ConstraintsOf(EnvironmentRequest request) => new()
    {
        Clouds = [request.Cloud!.Value],
        Regions = [request.Region!],
        Capacity = request.Capacity,
        InstanceTypes = request.InstanceType is null ? null : [request.InstanceType],
        MaxHourly = request.Budget?.MaxHourly,
        TotalBudget = request.Budget?.Total,
        MaxRuntimeHours = request.MaxRuntimeHours,
    };
}
