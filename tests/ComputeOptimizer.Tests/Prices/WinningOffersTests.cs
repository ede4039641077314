using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class WinningOffersTests
{
    private static readonly DateTimeOffset Monday = new(2026, 8, 3, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Tuesday = Monday.AddDays(1);
    private static readonly InstanceShape G4 = InstanceShapes.Find(Cloud.Aws, "g4dn.xlarge")!;

    [Fact]
    public void The_source_that_told_last_is_believed_with_all_its_zones()
    {
        var offers = Merge(
            Source("b", Tuesday, Spot(0.2m, "use1-az1"), Spot(0.3m, "use1-az2")),
            Source("a", Monday, Spot(0.1m, "use1-az1"), Spot(0.1m, "use1-az3")));

        offers.Select(offer => (offer.Zone, offer.PricePerHour, offer.AsOf)).ShouldBe([("use1-az1", 0.2m, Tuesday), ("use1-az2", 0.3m, Tuesday)]);
    }

    [Fact]
    public void The_time_of_a_price_counts_before_that_of_its_import()
    {
        var offers = Merge(
            Source("imported-later", Tuesday, Row(0.6m, asOf: Monday.AddDays(-1))),
            Source("imported-earlier", Monday, Row(0.5m)));

        offers.ShouldHaveSingleItem().PricePerHour.ShouldBe(0.5m);
    }

    [Fact]
    public void Of_prices_of_the_same_time_a_listed_one_is_believed_then_the_first_name()
    {
        Merge(Source("a", Monday, Row(0.1m, basis: PriceConfidence.Estimate)), Source("b", Monday, Row(0.2m))).ShouldHaveSingleItem().PricePerHour.ShouldBe(0.2m);
        Merge(Source("b", Monday, Row(0.2m)), Source("a", Monday, Row(0.1m)), Source("B", Monday, Row(0.3m))).ShouldHaveSingleItem().PricePerHour.ShouldBe(0.3m);
    }

    [Fact]
    public void A_price_is_believed_before_the_news_that_there_is_none()
    {
        Merge(Source("a", Tuesday, Row(null, basis: PriceConfidence.Unknown)), Source("b", Monday, Row(0.2m))).ShouldHaveSingleItem().PricePerHour.ShouldBe(0.2m);
    }

    [Fact]
    public void Other_regions_and_capacities_are_other_offers() =>
        Merge(Source("a", Tuesday, Row(0.5m), Spot(0.1m, null)), Source("b", Monday, Row(0.4m, region: "eu-west-1"))).Count.ShouldBe(3);

    [Fact]
    public void An_on_demand_price_that_is_the_same_in_all_zones_is_one_offer()
    {
        Merge(Source("a", Monday, Row(0.5m, "use1-az1"), Row(0.5m, "use1-az2"))).ShouldHaveSingleItem().Zone.ShouldBeNull();
        Merge(Source("a", Monday, Row(0.5m, "use1-az1"), Row(0.6m, "use1-az2"))).Select(offer => offer.Zone).ShouldBe(["use1-az1", "use1-az2"]);
        Merge(Source("a", Monday, Spot(0.1m, "use1-az1"), Spot(0.1m, "use1-az2"))).Count.ShouldBe(2);
    }

    [Fact]
    public void Zones_away_from_the_region_stay_apart()
    {
        var offers = Merge(Source("a", Monday, Row(0.5m, "use1-az1"), Row(0.5m, "use1-az2"), Row(0.5m, "use1-atl2-az1")));

        offers.Select(offer => offer.Zone).ShouldBe([null, "use1-atl2-az1"]);
        offers.Select(offer => Aws.IsLocalZone(offer.Region, offer.Zone)).ShouldBe([false, true]);
    }

    [Theory]
    [InlineData("us-east-1", "use1-az1", false)]
    [InlineData("us-east-1", "us-east-1a", false)]
    [InlineData("us-east-1", null, false)]
    [InlineData("us-east-1", "use1-atl2-az1", true)]
    [InlineData("us-east-1", "us-east-1-atl-2a", true)]
    [InlineData("us-east-1", "use1-wl1-bos-wlz1", true)]
    public void Zones_tell_by_their_names_whether_they_are_away(string region, string? zone, bool local) => Aws.IsLocalZone(region, zone).ShouldBe(local);

    [Fact]
    public void Interruption_bands_are_those_of_the_shipped_catalogue()
    {
        var snapshot = WinningOffers.Of([Source("a", Monday, Spot(0.1m, null), Spot(0.1m, null, "eu-west-1"), Row(0.5m))]);
        var known = Catalog.Rows.First(row => row is { InstanceType: "g4dn.xlarge", Capacity: Capacity.Spot }).InterruptionBand;

        known.ShouldNotBeNull();
        snapshot.Offers.Select(offer => offer.InterruptionBand).ShouldBe([known, known, null]);
    }

    [Fact]
    public void The_snapshot_is_that_of_the_newest_import_and_of_the_newest_price()
    {
        var snapshot = WinningOffers.Of([Source("a", Monday, Row(0.5m)), Source("b", Tuesday, Row(0.4m))]);

        snapshot.AsOf.ShouldBe(Tuesday);
    }

    private static IReadOnlyList<Offer> Merge(params SourcePrices[] sources) => [.. WinningOffers.Of(sources).Offers.Select(offer => offer.Offer)];

    private static SourcePrices Source(string name, DateTimeOffset asOf, params OfferRow[] rows) => new(
        new PriceSnapshot
        {
            Source = name,
            Sequence = 1,
            ImportedAt = asOf,
            AsOf = asOf,
            Rows = 0,
            Taken = 0,
            WithoutGpu = 0,
            SpotOffers = 0,
            OnDemandOffers = 0,
            Added = 0,
            Changed = 0,
            Gone = 0,
            QuarantinedByRule = [],
        },
        rows.ToHashSet(OfferKey.Comparer));

    private static OfferRow Spot(decimal price, string? zone, string region = "us-east-1") => OfferRow.Of(G4, region, zone, Capacity.Spot, price, PriceConfidence.Listed, "test");

    private static OfferRow Row(decimal? price, string? zone = null, string region = "us-east-1", DateTimeOffset? asOf = null, PriceConfidence basis = PriceConfidence.Listed) =>
        OfferRow.Of(G4, region, zone, Capacity.OnDemand, price, basis, "test", asOf);
}
