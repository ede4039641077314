using Terradev.ComputeOptimizer.Advice;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class CloudsComparedTests
{
    [Fact]
    public void Each_cloud_has_its_best_of_both_kinds_or_why_none()
    {
        var snapshot = Catalog.Of(
            Catalog.Offer("g4dn.xlarge", 0.5m),
            Catalog.Offer("g4dn.xlarge", 0.2m, capacity: Capacity.Spot),
            Catalog.Offer("g4dn.2xlarge", 0.4m, capacity: Capacity.Spot),
            Catalog.Offer("n1-t4", 0.35m, cloud: Cloud.Gcp, region: "us-central1"),
            Catalog.Offer("n1-small", 0.1m, cloud: Cloud.Gcp, region: "us-central1", capacity: Capacity.Spot, memoryMiB: 1024));

        var compared = CloudsCompared.Of(Workloads.Asking(Workloads.Bert), snapshot, OptimizerPolicy.Default).Answer!;

        compared.Best.Offer.PricePerHour.ShouldBe(0.2m);
        compared.Clouds.Select(cloud => cloud.Cloud).ShouldBe([Cloud.Aws, Cloud.Gcp, Cloud.Azure]);
        var (aws, gcp, azure) = (compared.Clouds[0], compared.Clouds[1], compared.Clouds[2]);
        (aws.OnDemand.Offer!.Offer.PricePerHour, aws.OnDemand.PerHourPercent, aws.OnDemand.ToFinishPercent).ShouldBe((0.5m, 150m, null));
        (aws.Spot.Offer!.Offer.InstanceType, aws.Spot.PerHourPercent).ShouldBe(("g4dn.xlarge", 0m));
        (gcp.OnDemand.Offer!.Offer.InstanceType, gcp.OnDemand.PerHourPercent).ShouldBe(("n1-t4", 75m));
        gcp.Spot.Offer.ShouldBeNull();
        gcp.Spot.Nearest!.Code.ShouldBe(RejectionCodes.Memory);
        gcp.Spot.WhyNone!.ShouldStartWith("None of 1 spot offers fits. Nearest is n1-small in us-central1 (memory): ");
        azure.Spot.ShouldBe(new ComparedOffer(null, null, null, "No spot offer of azure is known.", null));
    }

    [Fact]
    public void The_first_of_the_ranking_is_the_best_of_its_cloud_and_nothing_beats_it()
    {
        var request = Workloads.Asking(
            Workloads.Bert, new Constraints { Clouds = [Cloud.Gcp, Cloud.Aws, Cloud.Gcp] }, Goal.CheapestToFinish, job: new Job { Tokens = 1_000_000_000 });

        var compared = CloudsCompared.Of(request, Catalog.Snapshot, OptimizerPolicy.Default).Answer!;

        compared.Best.Offer.ShouldBe(RecommendationDesk.Answer(request, Catalog.Snapshot, OptimizerPolicy.Default).Recommendation!.Ranked[0].Offer);
        compared.Clouds.Select(cloud => cloud.Cloud).ShouldBe([Cloud.Aws, Cloud.Gcp]);
        var offers = compared.Clouds.SelectMany(cloud => new[] { cloud.OnDemand, cloud.Spot }).ToList();
        offers.ShouldAllBe(offer => offer.ToFinishPercent >= 0);
        offers.Count(offer => offer.Offer!.Offer == compared.Best.Offer).ShouldBe(1);
    }

    [Fact]
    public void Where_nothing_fits_anywhere_it_is_refused() =>
        CloudsCompared.Of(Workloads.Asking(Workloads.Bert, new Constraints { MaxHourly = 0.01m }), Catalog.Snapshot, OptimizerPolicy.Default).Refusal!.Code.ShouldBe(RefusalCodes.NoOfferFits);
}
