using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class PriceAgeTests
{
    private static readonly DateTimeOffset Newest = new(2026, 8, 3, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_price_is_stale_from_a_year_and_a_day_on()
    {
        PriceAge.Confidence(PriceConfidence.Listed, new DateTimeOffset(2025, 8, 3, 0, 0, 0, TimeSpan.Zero), Newest).ShouldBe(PriceConfidence.Listed);
        PriceAge.Confidence(PriceConfidence.Listed, new DateTimeOffset(2025, 8, 2, 0, 0, 0, TimeSpan.Zero), Newest).ShouldBe(PriceConfidence.Stale);
        PriceAge.Confidence(PriceConfidence.Estimate, new DateTimeOffset(2025, 8, 2, 0, 0, 0, TimeSpan.Zero), Newest).ShouldBe(PriceConfidence.Stale);
    }

    [Fact]
    public void What_is_not_known_does_not_age() =>
        PriceAge.Confidence(PriceConfidence.Unknown, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), Newest).ShouldBe(PriceConfidence.Unknown);

    [Fact]
    public void The_catalogue_has_estimates_and_old_prices_and_says_so()
    {
        var byType = Catalog.Snapshot.Priced.ToLookup(offer => (offer.InstanceType, offer.Capacity), offer => offer.Confidence);

        byType[("g4dn.xlarge", Capacity.OnDemand)].ShouldBe([PriceConfidence.Listed]);
        byType[("g4dn.xlarge", Capacity.Spot)].ShouldBe([PriceConfidence.Estimate]);
        byType[("Standard_ND96isr_H100_v5", Capacity.Spot)].ShouldBe([PriceConfidence.Stale]);
    }
}
