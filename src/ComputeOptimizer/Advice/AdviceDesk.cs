using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>An answer or the refusal; one of them is null.</summary>
internal sealed record Advised<T>(T? Answer, Refusal? Refusal)
    where T : class;

/// <summary>Has the model of a question resolved, then answers it from the current offers.</summary>
internal sealed class AdviceDesk(ResolveRequest resolve, OfferBook book, OptimizerPolicy policy)
{
    public async Task<Advised<CloudComparison>> CompareAsync(RecommendationRequest request, CancellationToken cancellationToken)
    {
        var resolved = await resolve.ResolveAsync(request, cancellationToken);
        if (resolved.Question is not { } question)
        {
            return new(null, resolved.Refusal);
        }

        var snapshot = await book.CurrentAsync(cancellationToken);
        if (RecommendationDesk.Check(question, snapshot, policy) is { } refusal)
        {
            return new(null, refusal);
        }

        var compared = CloudsCompared.Of(question, snapshot, policy);
        return compared.Answer is { } answer ? new(answer with { Assumptions = [.. resolved.Assumptions, .. answer.Assumptions] }, null) : compared;
    }

    public async Task<Advised<WhatIf>> WhatIfAsync(WhatIfRequest request, CancellationToken cancellationToken)
    {
        if (WhatIfRules.Check(request) is { } invalid)
        {
            return new(null, invalid);
        }

        var total = request.Total is not null;
        var budgets = request.Total ?? request.Hourly!;
        var resolved = await resolve.ResolveAsync(WhatIfRules.Under(request, budgets[0]), cancellationToken);
        if (resolved.Question is not { } question)
        {
            return new(null, WhatIfRules.InRequest(resolved.Refusal!));
        }

        var snapshot = await book.CurrentAsync(cancellationToken);
        if (RecommendationDesk.Check(question, snapshot, policy) is { } refusal)
        {
            return new(null, WhatIfRules.InRequest(refusal));
        }

        var constraints = total ? question.Constraints with { TotalBudget = null } : question.Constraints with { MaxHourly = null };
        var chosen = BudgetChoices.Of(question with { Constraints = constraints }, budgets, total, snapshot, policy);
        return chosen.Answer is { } answer ? new(answer with { Assumptions = [.. resolved.Assumptions, .. answer.Assumptions] }, null) : chosen;
    }
}
