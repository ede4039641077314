using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>Hours times prices. Pure: the moment of asking is given.</summary>
internal static class Forecast
{
    private const string Request = "request";

    /// <param name="request">One that <see cref="ForecastRules"/> has nothing against.</param>
    /// <param name="now">From here on hours are priced where <see cref="ForecastRequest.SpentSoFar"/> says what came before.</param>
    public static CostForecast Of(ForecastRequest request, ForecastPrices prices, DateTimeOffset now)
    {
        var (startedAt, until) = (request.StartedAt!.Value, request.Until!.Value);
        var endsAt = request.StopsAt < until ? request.StopsAt.Value : until;
        var (spent, extra) = (request.SpentSoFar ?? 0, request.ExtraPerHour ?? 0);
        var pricedFrom = request.SpentSoFar is not null && now > startedAt ? now : startedAt;
        var priced = Math.Max(0, HoursBetween(pricedFrom, endsAt));
        var perHour = new CostRange(prices.Expected.Usd + extra, prices.Low.Usd + extra, prices.High.Usd + extra);
        var cost = new CostRange(Money.Usd(spent + (perHour.Expected * priced)), Money.Usd(spent + (perHour.Low * priced)), Money.Usd(spent + (perHour.High * priced)));
        var hours = HoursBetween(startedAt, endsAt);
        return new CostForecast(
            cost,
            new CostRange(Money.Usd(perHour.Expected), Money.Usd(perHour.Low), Money.Usd(perHour.High)),
            endsAt,
            Math.Round(hours, 4),
            Math.Round(priced, 4),
            request.Budget is { } budget
                ? new BudgetForecast(Money.Usd(budget - cost.Expected), ReachedAt(perHour.Expected), ReachedAt(perHour.High), ReachedAt(perHour.Low))
                : null,
            [.. Inputs(request, prices)]);

        DateTimeOffset? ReachedAt(decimal rate)
        {
            var left = Math.Max(0, request.Budget!.Value - spent) / rate;
            if (left > ForecastRules.MaxHours)
            {
                return null;
            }

            // Whole milliseconds, which is what JSON keeps.
            var at = pricedFrom.AddMilliseconds((double)Math.Floor(left * 3_600_000m));
            return at > request.StopsAt || (at - startedAt).TotalHours > ForecastRules.MaxHours ? null : at;
        }
    }

    private static IEnumerable<CostInput> Inputs(ForecastRequest request, ForecastPrices prices)
    {
        yield return new("price", prices.Expected.Usd, "USD/h", prices.Expected.Source);
        yield return new("priceLow", prices.Low.Usd, "USD/h", prices.Low.Source);
        yield return new("priceHigh", prices.High.Usd, "USD/h", prices.High.Source);
        foreach (var (name, value, unit) in new[] { ("extraPerHour", request.ExtraPerHour, "USD/h"), ("spentSoFar", request.SpentSoFar, "USD"), ("budget", request.Budget, "USD") })
        {
            if (value is { } told)
            {
                yield return new(name, told, unit, Request);
            }
        }
    }

    private static decimal HoursBetween(DateTimeOffset from, DateTimeOffset to) => (to - from).Ticks / (decimal)TimeSpan.TicksPerHour;
}
