using Terradev.Bench;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

/// <summary>The offers of the benchmark, where shortcuts are taken that a dozen offers do not reach.</summary>
public sealed class ManyOffersTests
{
    private static readonly OfferSnapshot Snapshot = GeneratedOffers.Snapshot(60_000, seed: 7);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(9)]
    public void Sixty_thousand_offers_are_judged_as_one_by_one(int question)
    {
        var request = Questions.Message(Questions.All[question]);

        var answer = Optimizer.Rank(request with { Limit = 500 }, Snapshot, OptimizerPolicy.Default).Recommendation;
        var verdicts = Snapshot.Offers.Select(offer => BruteForce.Judge(offer, request)).ToList();

        answer.RejectedByCode.ShouldBe(verdicts.Where(v => v.Code is not null).GroupBy(v => v.Code!).Select(group => KeyValuePair.Create(group.Key, group.Count())), ignoreOrder: true);
        answer.Rejected.Sum(entry => entry.Offers).ShouldBe(verdicts.Count(v => v.Code is not null));
        answer.Ranked.ToDictionary(entry => (entry.Offer.InstanceType, entry.Offer.Capacity), entry => entry.Offers).ShouldBe(
            verdicts.Where(v => v.Code is null).GroupBy(v => (v.Offer.Offer.InstanceType, v.Offer.Offer.Capacity)).Select(group => KeyValuePair.Create(group.Key, group.Count())), ignoreOrder: true);
        foreach (var entry in answer.Ranked)
        {
            var own = verdicts.Where(v => v.Code is null && v.Offer.Offer.InstanceType == entry.Offer.InstanceType && v.Offer.Offer.Capacity == entry.Offer.Capacity).ToList();
            if (answer.Goal == Goal.CheapestHour)
            {
                entry.Offer.PricePerHour.ShouldBe(own.Min(v => v.Price));
            }

            entry.Regions.ShouldBe(own.OrderBy(v => v.Price).ThenBy(v => v.Offer.Offer, OfferOrder.ByName).Select(v => v.Offer.Offer.Region).Distinct().Take(10));
        }
    }
}
