using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class AwsSpotTests
{
    private const string Source = "aws-spot-us-east-1";

    [Fact]
    public async Task The_newest_price_of_each_type_and_zone_becomes_a_spot_offer()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        List<Dictionary<string, Microsoft.Extensions.Primitives.StringValues>> questions = [];
        sources.Server.Serve("/aws", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            questions.Add(QueryHelpers.ParseQuery(await reader.ReadToEndAsync()));
            await context.Response.WriteAsync(questions.Count == 1
                ? Page("t+/=", Item("g5.xlarge", "us-east-1a", "0.410000", "2026-11-24T10:00:00.000Z"), Item("g5.xlarge", "us-east-1a", "0.420000", "2026-11-24T12:00:00.000Z"), Item("g5.xlarge", "us-east-1b", "0.5", "2026-11-24T11:00:00.000Z"))
                : Page("", Item("g5.xlarge", "us-east-1a", "0.400000", "2026-11-24T11:00:00.000Z"), Item("g5.xlarge", "us-east-1-atl-2a", "0.6", "2026-11-24T11:00:00.000Z")));
        });

        var batch = await sources.FetchAsync(Source);

        batch.Offers.Select(offer => (offer.Region, offer.Zone, offer.Capacity, offer.PricePerHour)).ShouldBe(
        [
            ("us-east-1", "us-east-1a", Capacity.Spot, 0.42m),
            ("us-east-1", "us-east-1b", Capacity.Spot, 0.5m),
            ("us-east-1", "us-east-1-atl-2a", Capacity.Spot, 0.6m),
        ]);
        (batch.Rows, batch.Taken).ShouldBe((5, 5));
        questions[0]["Action"].ToString().ShouldBe("DescribeSpotPriceHistory");
        questions[0]["Filter.1.Value.1"].ToString().ShouldBe("Linux/UNIX");
        questions[0].Where(field => field.Key.StartsWith("Filter.2.Value.", StringComparison.Ordinal)).ShouldContain(field => field.Value == "p5.48xlarge");
        questions[0].ShouldNotContainKey("NextToken");
        questions[1]["NextToken"].ToString().ShouldBe("t+/=");
        sources.Server.Requests.ShouldAllBe(request => request.Authorization.Contains("/us-east-1/ec2/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "));
    }

    [Fact]
    public async Task Odd_items_are_kept_out_by_themselves()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/aws", Page(
            "",
            Item("g5.xlarge", "us-east-1a", "-1", "2026-11-24T10:00:00.000Z"),
            Item("g5.xlarge", "us-east-1b", "NaN", "2026-11-24T10:00:00.000Z"),
            Item("g5.xlarge", "eu-west-1a", "0.4", "2026-11-24T10:00:00.000Z"),
            Item("g5.xlarge", "us-east-1c", "0.4", "yesterday"),
            Item("m5.large", "us-east-1a", "0.04", "2026-11-24T10:00:00.000Z"),
            "<item><more><instanceType>g5.xlarge</instanceType></more></item>",
            Item("g5.xlarge", "us-east-1d", "0.4", "2026-11-24T10:00:00.000Z")));

        var batch = await sources.FetchAsync(Source);

        batch.Offers.ShouldHaveSingleItem().Zone.ShouldBe("us-east-1d");
        batch.Quarantined.Select(price => price.Rule).ShouldBe([QuarantineRules.BadPrice, QuarantineRules.BadPrice, QuarantineRules.BadField, QuarantineRules.BadField]);
        (batch.Rows, batch.Taken, batch.WithoutGpu).ShouldBe((7, 1, 2));
    }

    [Theory]
    [InlineData(401, "<Response><Errors><Error><Code>AuthFailure</Code><Message>token-of-aws</Message></Error></Errors></Response>", RefusalCodes.CredentialsMissing, "AuthFailure")]
    [InlineData(503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>", RefusalCodes.PriceSourceUnreachable, "RequestLimitExceeded")]
    [InlineData(200, "<DescribeSpotPriceHistoryResponse><spotPriceHistorySet>", RefusalCodes.PriceSourceUnreachable, "no XML")]
    [InlineData(200, "<other/>", RefusalCodes.PriceSourceUnreachable, "no XML")]
    [InlineData(200, """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><DescribeSpotPriceHistoryResponse>&a;</DescribeSpotPriceHistoryResponse>""", RefusalCodes.PriceSourceUnreachable, "no XML")]
    [InlineData(200, "", RefusalCodes.PriceSourceUnreachable, "no XML")]
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
    public async Task Elements_without_end_within_each_other_are_not_followed()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/aws", "<DescribeSpotPriceHistoryResponse>" + string.Concat(Enumerable.Repeat("<a>", 50_000)));

        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("no XML");
    }

    [Fact]
    public async Task Each_region_is_a_source_and_regions_can_be_chosen()
    {
        await using var all = await SourcesUnderTest.StartAsync();
        await using var chosen = await SourcesUnderTest.StartAsync(("ComputeOptimizer:Sources:AwsSpot:Regions:0", "me-south-1"));

        all.Source("aws-spot-us-east-1").Missing.ShouldBeNull();
        all.Source("aws-spot-eu-north-1").Missing.ShouldBeNull();
        chosen.Source("aws-spot-me-south-1").Missing.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => chosen.Source("aws-spot-us-east-1"));
    }

    internal static string Page(string token, params string[] items) =>
        $"""
         <?xml version="1.0" encoding="UTF-8"?>
         <DescribeSpotPriceHistoryResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
             <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
             <spotPriceHistorySet>{string.Concat(items)}</spotPriceHistorySet>
             <nextToken>{token}</nextToken>
         </DescribeSpotPriceHistoryResponse>
         """;

    internal static string Item(string type, string zone, string price, string at) =>
        $"<item><instanceType>{type}</instanceType><productDescription>Linux/UNIX</productDescription><spotPrice>{price}</spotPrice><timestamp>{at}</timestamp><availabilityZone>{zone}</availabilityZone></item>";
}
