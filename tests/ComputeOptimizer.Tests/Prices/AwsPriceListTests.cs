using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class AwsPriceListTests
{
    private const string Source = "aws-price-list";

    [Fact]
    public async Task Products_of_all_pages_become_on_demand_offers()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        List<string> bodies = [];
        List<string> targets = [];
        sources.Server.Serve("/aws", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            targets.Add(context.Request.Headers["X-Amz-Target"].ToString());
            await context.Response.WriteAsync(bodies.Count == 1
                ? Page("second", Product("g5.xlarge", "us-east-1", "1.0060000000", gpus: "1"), Product("g5.xlarge", "us-west-2-lax-1", "1.208", gpus: "1", locationType: "AWS Local Zone"))
                : Page(null, Product("p5.48xlarge", "eu-north-1", "63.2", gpus: "8")));
        });

        var batch = await sources.FetchAsync(Source);

        batch.Offers.Select(offer => (offer.InstanceType, offer.Region, offer.Zone, offer.Capacity, offer.PricePerHour)).ShouldBe(
        [
            ("g5.xlarge", "us-east-1", null, Capacity.OnDemand, 1.006m),
            ("g5.xlarge", "us-west-2", "us-west-2-lax-1", Capacity.OnDemand, 1.208m),
            ("p5.48xlarge", "eu-north-1", null, Capacity.OnDemand, 63.2m),
        ]);
        (batch.Rows, batch.Taken, batch.Quarantined.Count).ShouldBe((3, 3, 0));
        batch.Offers[0].Shape().ShouldBe(InstanceShapes.Find(Cloud.Aws, "g5.xlarge"));
        targets.ShouldAllBe(target => target == "AWSPriceListService.GetProducts");
        bodies[0].ShouldContain("""{"Type":"TERM_MATCH","Field":"instanceFamily","Value":"GPU instance"}""");
        bodies[0].ShouldNotContain("NextToken");
        bodies[1].ShouldContain(""""NextToken":"second"""");
        sources.Server.Requests.ShouldAllBe(request => request.Authorization.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") && request.Authorization.Contains("/us-east-1/pricing/aws4_request"));
    }

    [Fact]
    public async Task A_new_type_of_a_known_family_gets_that_familys_gpu_and_another_one_is_kept_out()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/aws", Page(null, Product("g6e.36xlarge", "us-east-1", "22.5", gpus: "6"), Product("z9.large", "us-east-1", "3", gpus: "1"), Product("m5.large", "us-east-1", "0.1", gpus: "0")));

        var batch = await sources.FetchAsync(Source);

        batch.Offers.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            offer => (offer.GpuModel, offer.GpuCount, offer.Vcpus, offer.MemoryGiB).ShouldBe(("L40S", 6m, 16m, 64m)),
            offer => offer.GpuMemoryMiB.ShouldBe(InstanceShapes.Find(Cloud.Aws, "g6e.xlarge")!.Gpu.MemoryMiB));
        batch.Quarantined.ShouldHaveSingleItem().ShouldSatisfyAllConditions(price => price.Rule.ShouldBe(QuarantineRules.UnknownGpu), price => price.InstanceType.ShouldBe("z9.large"));
        (batch.Rows, batch.Taken, batch.WithoutGpu).ShouldBe((3, 1, 1));
    }

    [Fact]
    public async Task Odd_entries_are_kept_out_by_themselves()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/aws", Page(
            null,
            "no json",
            Product("g5.xlarge", "us-east-1", "NaN", gpus: "1"),
            Product("g5.xlarge", "us-east-1", "1.0", gpus: "1", unit: "Quantity"),
            Product("g5.xlarge", "us-east-1", "1.0", gpus: "1", effective: TimeProvider.System.GetUtcNow().AddDays(3)),
            Product("g5.xlarge", "somewhere", "1.0", gpus: "1", locationType: "AWS Outposts"),
            Product("g5.xlarge", "us-gov-west-1", "1.0", gpus: "1"),
            Product("g5.xlarge", "us-east-2", "1.006", gpus: "1")));

        var batch = await sources.FetchAsync(Source);

        batch.Offers.ShouldHaveSingleItem().Region.ShouldBe("us-east-2");
        batch.Quarantined.Select(price => price.Rule).ShouldBe([QuarantineRules.BadField, QuarantineRules.BadPrice, QuarantineRules.NoPrice, QuarantineRules.NoPrice, QuarantineRules.BadField]);
    }

    [Theory]
    [InlineData(400, """{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"The security token included in the request is invalid: token-of-aws"}""", RefusalCodes.CredentialsMissing, "UnrecognizedClientException")]
    [InlineData(403, "<html>secret-of-aws</html>", RefusalCodes.CredentialsMissing, "status 403")]
    [InlineData(400, """{"__type":"InvalidParameterException"}""", RefusalCodes.PriceSourceUnreachable, "InvalidParameterException")]
    [InlineData(500, "", RefusalCodes.PriceSourceUnreachable, "status 500")]
    [InlineData(200, "[", RefusalCodes.PriceSourceUnreachable, "no JSON")]
    [InlineData(200, """{"Prices":[]}""", RefusalCodes.PriceSourceUnreachable, "no PriceList")]
    [InlineData(200, """{"PriceList":[],"NextToken":"again"}""", RefusalCodes.PriceSourceUnreachable, "do not end")]
    public async Task A_refusal_tells_the_code_and_no_secret(int status, string body, string code, string told)
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/aws", body, status);

        var refusal = (await sources.RefusalAsync(Source)).Refusal;

        refusal.Code.ShouldBe(code);
        refusal.Detail.ShouldContain(told);
        (refusal.Detail + refusal.NextStep).ShouldNotContain("-of-aws");
    }

    [Fact]
    public async Task Throttling_is_tried_again()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        var asked = 0;
        sources.Server.Serve("/aws", context =>
        {
            context.Response.StatusCode = ++asked < 3 ? 400 : 200;
            return context.Response.WriteAsync(asked < 3 ? """{"__type":"ThrottlingException"}""" : Page(null, Product("g5.xlarge", "us-east-2", "1.006", gpus: "1")));
        });

        (await sources.FetchAsync(Source)).Offers.Count.ShouldBe(1);

        asked.ShouldBe(3);
    }

    internal static string Page(string? next, params string[] products) => JsonSerializer.Serialize(new { FormatVersion = "aws_v1", NextToken = next, PriceList = products });

    internal static string Product(
        string type, string region, string price, string gpus, string locationType = "AWS Region", string unit = "Hrs", DateTimeOffset? effective = null) => JsonSerializer.Serialize(new
        {
            product = new
            {
                productFamily = "Compute Instance",
                sku = "24G5MWZVZTMC3SRF",
                attributes = new { instanceType = type, regionCode = region, locationType, gpu = gpus, gpuMemory = "24 GB", vcpu = "16", memory = "64 GiB", instanceFamily = "GPU instance", operatingSystem = "Linux" },
            },
            serviceCode = "AmazonEC2",
            terms = new
            {
                OnDemand = new Dictionary<string, object>
                {
                    ["24G5MWZVZTMC3SRF.JRTCKXETXF"] = new
                    {
                        effectiveDate = (effective ?? new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                        priceDimensions = new Dictionary<string, object>
                        {
                            ["24G5MWZVZTMC3SRF.JRTCKXETXF.6YS6EN2CT7"] = new { unit, beginRange = "0", endRange = "Inf", pricePerUnit = new { USD = price } },
                        },
                    },
                },
            },
        });
}
