using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Offers;

public sealed class GpusApiTests(OptimizerApp app) : IClassFixture<OptimizerApp>
{
    [Fact]
    public async Task Every_gpu_with_a_price_is_listed_with_its_cheapest_offers()
    {
        var (status, page) = await app.GetAsync<Page<GpuDetail>>("/api/v1/gpus?sort=-memory");

        status.ShouldBe(200);
        var gpus = page.Items.Select(item => item.Gpu).ToList();
        gpus.Select(gpu => gpu.Model).ShouldBe(Catalog.Snapshot.Priced.Select(offer => offer.Gpu.Model).Distinct(), ignoreOrder: true);
        gpus.Select(gpu => gpu.MemoryMiB).ShouldBeInOrder(SortDirection.Descending);
        gpus.Sum(gpu => gpu.Offers).ShouldBe(Catalog.Snapshot.Priced.Count);
        var l4 = gpus.Single(gpu => gpu.Model == "L4");
        l4.Precisions.ShouldBe([Precision.Fp16, Precision.Bf16, Precision.Fp8]);
        l4.CheapestOnDemand.ShouldBe(Catalog.Snapshot.Priced.First(offer => offer is { Gpu.Model: "L4", Capacity: Capacity.OnDemand }));
        page.Items.Single(item => item.Gpu.Model == "L4").Instances.Select(instance => instance.InstanceType).ShouldContain("g6.xlarge");
    }

    [Fact]
    public async Task A_gpu_names_its_instances_and_their_regions()
    {
        var (status, detail) = await app.GetAsync<GpuDetail>("/api/v1/gpus/t4?cloud=aws");

        status.ShouldBe(200);
        detail.Gpu.Model.ShouldBe("T4");
        var type = detail.Instances.Single(instance => instance.InstanceType == "g4dn.xlarge");
        var offers = Catalog.Snapshot.Priced.Where(offer => offer.InstanceType == "g4dn.xlarge").ToList();
        type.OnDemandFrom.ShouldBe(offers.Where(offer => offer.Capacity == Capacity.OnDemand).Min(offer => offer.PricePerHour));
        type.Regions.Select(region => region.Region).ShouldBe(offers.Select(offer => offer.Region).Distinct(), ignoreOrder: true);
    }

    [Fact]
    public async Task An_unknown_gpu_is_not_found_and_the_closest_are_named()
    {
        var (status, problem) = await app.GetAsync<Problem>("/api/v1/gpus/H1000");

        status.ShouldBe(404);
        problem.Code.ShouldBe(RefusalCodes.NotFound);
        problem.Detail.ShouldContain("H100");
    }

    [Theory]
    [InlineData("/api/v1/gpus?cloud=ibm&region=%00&capacity=1&minMemoryGiB=-1&vendor=a%20b&sort=x&colour=1", 7)]
    [InlineData("/api/v1/gpus/L4?sort=name&cloud=ibm", 2)]
    public async Task All_faults_are_answered_at_once(string address, int faults)
    {
        var (status, problem) = await app.GetAsync<Problem>(address);

        status.ShouldBe(400);
        problem.Errors!.Count.ShouldBe(faults);
    }
}
