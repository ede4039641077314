using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Offers;

public sealed class BuiltInCatalogTests
{
    [Fact]
    public void It_has_every_instance_type_of_three_clouds()
    {
        var types = Catalog.Rows.Select(row => (row.Cloud, row.InstanceType)).Distinct().GroupBy(type => type.Cloud).ToDictionary(group => group.Key, group => group.Count());

        types.ShouldBe(new Dictionary<Cloud, int> { [Cloud.Aws] = 80, [Cloud.Gcp] = 31, [Cloud.Azure] = 26 }, ignoreOrder: true);
    }

    [Fact]
    public void Every_instance_type_is_there_in_both_capacities()
    {
        foreach (var type in Catalog.Rows.GroupBy(row => row.InstanceType))
        {
            type.Select(row => row.Capacity).Distinct().Count().ShouldBe(2, type.Key);
        }
    }

    [Fact]
    public void No_offer_is_there_twice() =>
        Catalog.Rows.GroupBy(row => (row.Cloud, row.Region, row.InstanceType, row.Capacity)).ShouldAllBe(group => group.Count() == 1);

    [Fact]
    public void Every_price_has_a_source_a_day_and_a_basis()
    {
        foreach (var row in Catalog.Rows)
        {
            row.PriceSource.ShouldNotBeNullOrWhiteSpace(row.InstanceType);
            row.PriceAsOf!.Value.ShouldBeInRange(new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 8, 3, 0, 0, 0, TimeSpan.Zero), row.InstanceType);
            (row.PriceBasis == PriceConfidence.Unknown).ShouldBe(row.PricePerHour is null, row.InstanceType);
            row.PriceBasis.ShouldNotBe(PriceConfidence.Stale, "age is judged when a row is read");
            (row.PricePerHour is null or > 0).ShouldBeTrue(row.InstanceType);
        }
    }

    [Fact]
    public void Estimates_say_what_they_were_made_from() =>
        Catalog.Rows.Where(row => row.PriceBasis == PriceConfidence.Estimate).ShouldAllBe(row => row.PriceSource.Contains("less the AWS Spot Advisor saving"));

    [Fact]
    public void Spot_is_cheaper_than_on_demand_wherever_both_are_known()
    {
        var compared = 0;
        foreach (var spot in Catalog.Rows.Where(row => row is { Capacity: Capacity.Spot, PricePerHour: not null }))
        {
            var onDemand = Catalog.Rows.SingleOrDefault(row =>
                row.Capacity == Capacity.OnDemand && row.InstanceType == spot.InstanceType && row.PricePerHour is not null);
            if (onDemand is not null)
            {
                spot.PricePerHour!.Value.ShouldBeLessThan(onDemand.PricePerHour!.Value, spot.InstanceType);
                compared++;
            }
        }

        compared.ShouldBeGreaterThan(80);
    }

    [Fact]
    public void Shapes_are_possible()
    {
        foreach (var row in Catalog.Rows)
        {
            row.GpuCount.ShouldBeInRange(0.1m, 16m, row.InstanceType);
            (row.GpuCount < 1 || row.GpuCount == decimal.Truncate(row.GpuCount)).ShouldBeTrue(row.InstanceType);
            row.GpuMemoryMiB.ShouldBeInRange(2048, 300_000, row.InstanceType);
            row.GpuMemorySource.ShouldBeOneOf("aws-api", "aws-api-same-gpu", "aws-api-a10g", "nominal", "nominal-decimal");
            row.Vcpus.ShouldBeInRange(2m, 384m, row.InstanceType);
            row.MemoryGiB.ShouldBeInRange(8m, 4096m, row.InstanceType);
            (row.ComputeCapability is null).ShouldBe(row.GpuVendor == "amd", row.InstanceType);
            (row.Interconnect == Interconnect.Nvlink && row.GpuCount < 2).ShouldBeFalse(row.InstanceType);
        }
    }

    [Theory]
    [InlineData("g4dn.xlarge", 16384)]
    [InlineData("g6.xlarge", 22888)]
    [InlineData("g2-standard-4", 22888)]
    [InlineData("g5.xlarge", 22888)]
    [InlineData("p4de.24xlarge", 81920)]
    [InlineData("a3-highgpu-8g", 81920)]
    [InlineData("g6f.large", 2861)]
    [InlineData("Standard_NV6ads_A10_v5", 3814)]
    public void Gpu_memory_is_the_providers_figure_and_not_the_name(string instanceType, int memoryMiB) =>
        Catalog.Rows.Where(row => row.InstanceType == instanceType).ShouldAllBe(row => row.GpuMemoryMiB == memoryMiB);

    [Fact]
    public void Types_that_are_priced_but_no_longer_listed_are_marked() =>
        Catalog.Rows.Where(row => row.Withdrawn).Select(row => row.InstanceType.Split('.')[0]).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["g3", "g3s", "p2", "p3"]);

    [Fact]
    public void Arm_types_are_marked() =>
        Catalog.Rows.Where(row => row.Architecture == CpuArchitecture.Arm64).Select(row => row.GpuModel).Distinct().ShouldBe(["T4g", "GB200"]);
}
