using Terradev.ComputeOptimizer.Advice;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class ForecastTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ForecastPrices Spot = new(new KnownPrice(0.20m, "a"), new KnownPrice(0.10m, "b"), new KnownPrice(0.50m, "c"));

    [Fact]
    public void Hours_times_prices_are_the_cost_and_its_range()
    {
        var forecast = Forecast.Of(Asking(hours: 100) with { ExtraPerHour = 0.05m }, Spot, Start.AddHours(40));

        forecast.Cost.ShouldBe(new CostRange(25m, 15m, 55m));
        forecast.PerHour.ShouldBe(new CostRange(0.25m, 0.15m, 0.55m));
        (forecast.Hours, forecast.HoursPriced).ShouldBe((100m, 100m));
        forecast.Budget.ShouldBeNull();
        forecast.Inputs.ShouldBe(
        [
            new CostInput("price", 0.20m, "USD/h", "a"), new CostInput("priceLow", 0.10m, "USD/h", "b"), new CostInput("priceHigh", 0.50m, "USD/h", "c"),
            new CostInput("extraPerHour", 0.05m, "USD/h", "request"),
        ]);
    }

    [Fact]
    public void What_is_spent_counts_as_it_is_and_only_the_hours_from_now_on_are_priced()
    {
        var forecast = Forecast.Of(Asking(hours: 100) with { SpentSoFar = 3m }, Spot, Start.AddHours(40));

        forecast.Cost.ShouldBe(new CostRange(15m, 9m, 33m)); // 3 + 60 x 0.20, 0.10, 0.50
        forecast.HoursPriced.ShouldBe(60m);
    }

    [Fact]
    public void A_machine_that_ends_before_the_date_costs_nothing_behind_its_end()
    {
        var forecast = Forecast.Of(Asking(hours: 100) with { StopsAt = Start.AddHours(10) }, Spot, Start);

        forecast.EndsAt.ShouldBe(Start.AddHours(10));
        forecast.Cost.ShouldBe(new CostRange(2m, 1m, 5m));
    }

    [Fact]
    public void The_budget_is_reached_sooner_at_the_high_price_and_later_at_the_low_one()
    {
        var budget = Forecast.Of(Asking(hours: 100) with { Budget = 10m, SpentSoFar = 2m }, Spot, Start.AddHours(10)).Budget!;

        budget.ShouldBe(new BudgetForecast(10m - 20m, Start.AddHours(10 + 40), Start.AddHours(10 + 16), Start.AddHours(10 + 80)));
    }

    [Fact]
    public void A_budget_that_outlasts_the_machine_is_not_reached()
    {
        var budget = Forecast.Of(Asking(hours: 100) with { Budget = 10m, StopsAt = Start.AddHours(30) }, Spot, Start).Budget!;

        budget.ShouldBe(new BudgetForecast(4m, null, Start.AddHours(20), null));
    }

    [Fact]
    public void A_budget_that_is_used_up_is_reached_at_the_moment_of_asking()
    {
        var now = Start.AddHours(10);

        Forecast.Of(Asking(hours: 100) with { Budget = 1m, SpentSoFar = 2m }, Spot, now).Budget.ShouldBe(new BudgetForecast(-19m, now, now, now));
    }

    [Fact]
    public void The_largest_figures_do_not_overflow()
    {
        var request = Asking(hours: ForecastRules.MaxHours) with { PricePerHour = 1_000_000m, ExtraPerHour = 1_000_000m, SpentSoFar = 1_000_000_000m, Budget = 1_000_000_000m };
        ForecastRules.Check(request).ShouldBeNull();

        Forecast.Of(request, ForecastPrices.Fixed(new KnownPrice(1_000_000m, "request")), Start).Cost.Expected.ShouldBe(1_000_000_000m + (87_600m * 2_000_000m));
        var cheap = request with { PricePerHour = 0.0000000001m, ExtraPerHour = 0, SpentSoFar = 0 };
        Forecast.Of(cheap, ForecastPrices.Fixed(new KnownPrice(0.0000000001m, "request")), Start).Budget!.ReachedAt.ShouldBeNull();
    }

    [Fact]
    public void Spot_moves_between_the_zones_the_past_and_the_on_demand_price()
    {
        var offer = Catalog.Offer("g4dn.xlarge", 0.20m, capacity: Capacity.Spot, zone: "us-east-1a");
        var snapshot = Catalog.Of(
            offer,
            Catalog.Offer("g4dn.xlarge", 0.15m, capacity: Capacity.Spot, zone: "us-east-1b"),
            Catalog.Offer("g4dn.xlarge", 0.01m, capacity: Capacity.Spot, zone: "us-east-1-atl-2a"),
            Catalog.Offer("g4dn.xlarge", 0.02m, capacity: Capacity.Spot, region: "us-west-2"),
            Catalog.Offer("g4dn.xlarge", 0.526m));

        var without = ForecastPrices.Of(offer.Offer, snapshot, []);
        (without.Expected.Usd, without.Low.Usd, without.High.Usd).ShouldBe((0.20m, 0.15m, 0.526m));
        without.High.Source.ShouldBe("test, 2026-07-20, us-east-1");

        var past = ForecastPrices.Of(offer.Offer, snapshot, [new KnownPrice(0.12m, "history"), new KnownPrice(0.30m, "history")]);
        (past.Low, past.High.Usd).ShouldBe((new KnownPrice(0.12m, "history"), 0.526m));
    }

    [Fact]
    public void On_demand_stays_as_it_is()
    {
        var offer = Catalog.Offer("g4dn.xlarge", 0.526m);

        ForecastPrices.Of(offer.Offer, Catalog.Of(offer, Catalog.Offer("g4dn.xlarge", 0.1m, capacity: Capacity.Spot)), [])
            .ShouldBe(ForecastPrices.Fixed(new KnownPrice(0.526m, "test, 2026-07-20, us-east-1")));
    }

    private static ForecastRequest Asking(int hours) => new() { PricePerHour = 1, StartedAt = Start, Until = Start.AddHours(hours) };
}
