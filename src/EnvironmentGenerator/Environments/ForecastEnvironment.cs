using MassTransit;
using Microsoft.EntityFrameworkCore;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Asks the optimizer what an environment will have cost at a date, from what is known of its start, its quote and its budget.</summary>
internal sealed class ForecastEnvironment(EnvironmentGeneratorDb db, IRequestClient<ForecastCost> optimizer, TimeProvider time)
{
    /// <param name="until">The deadline unless told.</param>
    public async Task<CostForecasted> ForAsync(GpuEnvironment environment, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (environment.Generation?.Quote is not { } quote || (until ?? environment.ExpiresAt) is not { } end)
        {
            return new CostForecasted(null, new Refusal(
                RefusalCodes.InvalidState, $"The environment is {Wire.Name(environment.Status)}: nothing is chosen for it yet.", "Wait for the event EnvironmentPlanned, or name a date with ?until=."));
        }

        var now = time.GetUtcNow();
        var billedSince = EnvironmentStates.MayExist(environment.Status)
            ? await db.Set<Runs.TerraformRun>().Where(run => run.EnvironmentId == environment.Id && run.Kind == RunKind.Apply && run.StartedAt != null)
                .OrderBy(run => run.Number).Select(run => run.StartedAt).FirstOrDefaultAsync(cancellationToken)
            : null;
        var request = new ForecastRequest
        {
            Cloud = quote.Offer.Cloud,
            Region = quote.Offer.Region,
            Zone = quote.Offer.Zone,
            InstanceType = quote.Offer.InstanceType,
            Capacity = quote.Offer.Capacity,
            StartedAt = billedSince ?? now,
            Until = end,
            StopsAt = environment.ExpiresAt is { } expires && expires > (billedSince ?? now) ? expires : null,
            Budget = environment.Request.Budget?.Total,
            SpentSoFar = billedSince is { } since ? Math.Round(quote.PerHour * (decimal)(now - since).TotalHours, 4) : null,
            // A fleet may start without a machine, and then costs less than one.
            ExtraPerHour = Math.Max(0, quote.PerHour - quote.Offer.PricePerHour!.Value),
        };
        var answer = await AskAsync(request, cancellationToken);

        // Nobody tells its price any more; what runs goes on at what it was quoted at.
        return answer.Refusal is { Code: not RefusalCodes.InvalidRequest }
            ? await AskAsync(
                request with { Cloud = null, Region = null, Zone = null, InstanceType = null, Capacity = null, PricePerHour = quote.Offer.PricePerHour }, cancellationToken)
            : answer;
    }

    private async Task<CostForecasted> AskAsync(ForecastRequest request, CancellationToken cancellationToken) =>
        (await optimizer.GetResponse<CostForecasted>(new ForecastCost(request), cancellationToken)).Message;
}
