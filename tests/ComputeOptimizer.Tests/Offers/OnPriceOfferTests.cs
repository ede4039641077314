using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Offers;

public sealed class OnPriceOfferTests
{
    private static readonly OfferSnapshot Snapshot = Catalog.Of(
    [
        Zone("us-east-1a", 0.30m), Zone("us-east-1b", 0.20m), Zone("us-east-1-atl-2a", 0.10m),
        Catalog.Offer("g5.xlarge", 1m), Catalog.Offer("g5.xlarge", 0.05m, capacity: Capacity.Spot, region: "us-west-2"),
    ]);

    [Theory]
    [InlineData("us-east-1a", "0.30")]
    [InlineData("us-east-1b", "0.20")]
    [InlineData("us-east-1-atl-2a", "0.10")]
    [InlineData("us-east-1z", "0.20")]
    [InlineData(null, "0.20")]
    public void The_zones_own_price_counts_and_else_the_cheapest_of_the_region(string? zone, string price) =>
        OnPriceOffer.Find(Snapshot, new PriceOffer(Cloud.Aws, "us-east-1", zone, "g5.xlarge", Capacity.Spot))!.PricePerHour.ShouldBe(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Other_regions_and_ways_to_buy_do_not_count() =>
        OnPriceOffer.Find(Snapshot, new PriceOffer(Cloud.Aws, "us-west-2", null, "g5.xlarge", Capacity.OnDemand)).ShouldBeNull();

    private static GpuOffer Zone(string zone, decimal price)
    {
        var offer = Catalog.Offer("g5.xlarge", price, capacity: Capacity.Spot);
        return offer with { Offer = offer.Offer with { Zone = zone } };
    }
}
