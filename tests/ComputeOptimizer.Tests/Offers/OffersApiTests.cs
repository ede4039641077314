using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Offers;

public sealed class OffersApiTests(OptimizerApp app) : IClassFixture<OptimizerApp>
{
    [Fact]
    public async Task The_list_has_every_priced_offer_cheapest_first()
    {
        var (status, page) = await app.GetAsync<Page<Offer>>("/api/v1/offers?limit=1000");

        status.ShouldBe(200);
        page.NextCursor.ShouldBeNull();
        page.Items.Count.ShouldBe(Catalog.Rows.Count(row => row.PricePerHour is not null));
        page.Items.Select(offer => offer.PricePerHour!.Value).ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task Filters_are_combined()
    {
        var (_, page) = await app.GetAsync<Page<Offer>>("/api/v1/offers?cloud=aws&region=us-east-1&gpu=l4&gpuCount=1&minGpuMemoryGiB=22&capacity=spot&maxHourly=0.42");

        page.Items.Select(offer => offer.InstanceType).ShouldBe(["g6.xlarge", "g6.2xlarge"]);
    }

    [Fact]
    public async Task Memory_is_compared_with_what_the_provider_reports()
    {
        var (_, page) = await app.GetAsync<Page<Offer>>("/api/v1/offers?gpu=L4&minGpuMemoryGiB=24");

        page.Items.ShouldBeEmpty("an L4 is called 24 GB and has 22.35 GiB");
    }

    [Theory]
    [InlineData("price")]
    [InlineData("-price")]
    [InlineData("gpu-memory")]
    [InlineData("-gpu-memory")]
    [InlineData("instance-type")]
    [InlineData("-instance-type")]
    [InlineData("price-per-gpu")]
    [InlineData("-price-per-gib")]
    [InlineData("total-gpu-memory")]
    [InlineData("-gpu-count")]
    [InlineData("vcpus")]
    [InlineData("-memory")]
    [InlineData("region")]
    [InlineData("-as-of")]
    public async Task Pages_join_to_the_whole_list_in_every_order(string sort)
    {
        var (_, whole) = await app.GetAsync<Page<Offer>>($"/api/v1/offers?sort={sort}&limit=1000");
        List<Offer> joined = [];
        string? cursor = null;
        do
        {
            var (_, page) = await app.GetAsync<Page<Offer>>($"/api/v1/offers?sort={sort}&limit=37{(cursor is null ? "" : $"&cursor={cursor}")}");
            joined.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        joined.ShouldBe(whole.Items);
        joined.Distinct().Count().ShouldBe(joined.Count);
    }

    [Fact]
    public async Task Memory_descending_starts_with_the_largest_gpu()
    {
        var (_, page) = await app.GetAsync<Page<Offer>>("/api/v1/offers?sort=-gpu-memory&limit=1");

        page.Items.Single().Gpu.Model.ShouldBe("B300");
    }

    [Fact]
    public async Task Lists_take_several_values_and_every_filter()
    {
        var (status, page) = await app.GetAsync<Page<Offer>>(
            "/api/v1/offers?cloud=aws,gcp&gpu=l4,A10G&vendor=nvidia&minGpuCount=2&maxGpuCount=4&minVcpus=40&minMemoryGiB=190&interconnect=pcie&minComputeCapability=8.6&confidence=listed,estimate,stale&maxAgeDays=36500&sort=-price-per-gpu&limit=1000");

        status.ShouldBe(200);
        page.Items.ShouldBe(Catalog.Snapshot.Priced.Where(offer => page.Items.Contains(offer)).OrderByDescending(offer => offer.PricePerHour / offer.Gpu.Count), ignoreOrder: true);
        page.Items.Select(offer => offer.PricePerHour!.Value / offer.Gpu.Count).ShouldBeInOrder(SortDirection.Descending);
        page.Items.Select(offer => offer.Gpu.Model).Distinct().Order().ShouldBe(["A10G", "L4"]);
        page.Items.ShouldAllBe(offer => offer.Gpu.Count >= 2 && offer.Gpu.Count <= 4 && offer.Vcpus >= 40 && offer.MemoryGiB >= 190);
    }

    [Fact]
    public async Task Money_has_four_decimals_in_the_json()
    {
        var json = await app.Client.GetStringAsync(new Uri("/api/v1/offers?gpu=T4&maxHourly=0.53&capacity=on-demand&cloud=aws", UriKind.Relative));

        json.ShouldContain("\"pricePerHour\":0.5260,");
        json.ShouldContain("\"count\":1,");
        json.ShouldContain("\"memoryGiB\":16,");
    }

    [Fact]
    public async Task All_faults_of_a_query_are_answered_at_once()
    {
        var (status, problem) = await app.GetAsync<Problem>(
            "/api/v1/offers?zone=%01&minVcpus=-1&interconnect=usb&confidence=sure&maxAgeDays=x&minGpuCount=4&maxGpuCount=2&source=%07&cloud=ibm&region=a%20b&gpu=%00&minGpuMemoryGiB=-1&gpuCount=NaN&capacity=1&maxHourly=1e9&sort=--price&limit=0&colour=red");

        status.ShouldBe(400);
        problem.Code.ShouldBe(RefusalCodes.InvalidRequest);
        problem.Errors!.Keys.ShouldBe(
            ["zone", "minVcpus", "interconnect", "confidence", "maxAgeDays", "maxGpuCount", "source", "cloud", "region", "gpu", "minGpuMemoryGiB", "gpuCount", "capacity", "maxHourly", "sort", "limit", "colour"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("cursor=%00")]
    [InlineData("cursor=AAAA")]
    [InlineData("cursor=MS4yLmE3NDA0OWFjMzM3NA")]
    [InlineData("cursor=ÄÖ")]
    public async Task A_cursor_that_is_not_of_this_list_is_refused(string query)
    {
        var (status, problem) = await app.GetAsync<Problem>($"/api/v1/offers?gpu=L4&{query}");

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(["cursor"]);
    }

    [Fact]
    public async Task A_cursor_does_not_carry_over_to_other_filters()
    {
        var (_, page) = await app.GetAsync<Page<Offer>>("/api/v1/offers?cloud=aws&limit=1");

        var (status, _) = await app.GetAsync<Problem>($"/api/v1/offers?cloud=gcp&limit=1&cursor={page.NextCursor}");

        status.ShouldBe(400);
    }

    [Fact]
    public async Task A_repeated_field_is_refused()
    {
        var (status, problem) = await app.GetAsync<Problem>("/api/v1/offers?cloud=aws&cloud=gcp");

        status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe(["cloud"]);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_told()
    {
        using var client = new HttpClient { BaseAddress = app.Client.BaseAddress };
        using var response = await client.GetAsync(new Uri("/api/v1/offers", UriKind.Relative));

        ((int)response.StatusCode).ShouldBe(401);
    }
}
