using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class GcpBillingTests
{
    private const string Source = "gcp-billing";
    private const string Path = "/gcp/v1/services/6F81-5844-456A/skus";

    [Fact]
    public async Task A_machine_costs_what_its_parts_cost()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        List<(string Query, string Key)> asked = [];
        sources.Server.Serve(Path, context =>
        {
            asked.Add((context.Request.QueryString.Value!, context.Request.Headers["X-Goog-Api-Key"].ToString()));
            return context.Response.WriteAsync(asked.Count == 1
                ? Page("more=", Sku("Nvidia L4 GPU running in Iowa", 560_040_000), Sku("G2 Instance Core running in Iowa", 24_988_000), Sku("Commitment v1: G2 Cpu in Iowa", 15_000_000, usage: "Commit1Yr"))
                : Page(
                    null,
                    Sku("G2 Instance Ram running in Iowa", 2_927_000, unit: "GiBy.h"),
                    Sku("Nvidia L4 GPU attached to Spot Preemptible VMs running in Iowa", 312_000_000, usage: "Preemptible"),
                    Sku("Spot Preemptible G2 Instance Core running in Iowa", 14_000_000, usage: "Preemptible"),
                    Sku("Spot Preemptible G2 Instance Ram running in Iowa", 1_600_000, usage: "Preemptible", unit: "GiBy.h"),
                    Sku("Reserved Nvidia L4 GPU running in Iowa", 1)));
        });

        var batch = await sources.FetchAsync(Source);

        // The catalogue has 0.7068 and 2.0008 for the same parts.
        Price(batch, "g2-standard-4", Capacity.OnDemand).ShouldBe((4 * 0.024988m) + (16 * 0.002927m) + 0.56004m);
        Price(batch, "g2-standard-4", Capacity.OnDemand).ShouldBe(0.7068m, 0.0001m);
        Price(batch, "g2-standard-24", Capacity.OnDemand).ShouldBe(2.0008m, 0.0001m);
        Price(batch, "g2-standard-4", Capacity.Spot).ShouldBe((4 * 0.014m) + (16 * 0.0016m) + 0.312m);
        batch.Offers.ShouldAllBe(offer => offer.Region == "us-central1" && offer.Zone == null && offer.PriceBasis == PriceConfidence.Listed);
        (batch.Rows, batch.Taken, batch.WithoutGpu).ShouldBe((8, 6, 2));
        asked.ShouldAllBe(request => request.Key == "key-of-google" && !request.Query.Contains("key-of-google"));
        asked[1].Query.ShouldContain("pageToken=more%3D");
    }

    [Fact]
    public async Task Machines_that_always_have_local_ssd_cost_it_too()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve(Path, Page(
            null,
            Sku("Nvidia Tesla A100 80GB GPU running in Iowa", 928_080_000, units: "3"),
            Sku("A2 Instance Core running in Iowa", 31_611_000),
            Sku("A2 Instance Ram running in Iowa", 4_237_000, unit: "GiBy.h"),
            Sku("SSD backed Local Storage", 80_000_000, unit: "GiBy.mo")));

        var batch = await sources.FetchAsync(Source);

        Price(batch, "a2-ultragpu-1g", Capacity.OnDemand).ShouldBe(5.0688m, 0.0001m);
        Price(batch, "a2-ultragpu-8g", Capacity.OnDemand).ShouldBe(40.5504m, 0.001m);
    }

    [Fact]
    public async Task A_machine_of_which_a_part_has_no_price_is_incomplete()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve(Path, Page(
            null,
            Sku("Nvidia L4 GPU running in Iowa", 560_040_000),
            Sku("G2 Instance Core running in Iowa", 24_988_000),
            Sku("G2 Instance Ram running in Iowa", 2_927_000, unit: "GiBy.mo"),
            Sku("Nvidia Tesla A100 GPU running in Iowa", -5),
            Sku("A2 Instance Core running in Iowa", 5, currency: "EUR")));

        var batch = await sources.FetchAsync(Source);

        batch.Offers.ShouldBeEmpty();
        batch.Quarantined.Where(price => price.InstanceType is null).ShouldAllBe(price => price.Rule == QuarantineRules.BadPrice);
        batch.Quarantined.Single(price => price.InstanceType == "g2-standard-4").ShouldSatisfyAllConditions(
            price => (price.Rule, price.Region, price.Capacity).ShouldBe((QuarantineRules.Incomplete, "us-central1", Capacity.OnDemand)),
            price => price.Detail.ShouldContain("G2 RAM"));
        batch.Quarantined.Count(price => price.Rule == QuarantineRules.Incomplete).ShouldBe(InstanceShapes.Of(Cloud.Gcp).Count());
    }

    [Fact]
    public async Task A_refused_key_is_not_told()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve(Path, """{"error":{"code":400,"message":"API key not valid: key-of-google","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}""", 400);

        var exception = await sources.RefusalAsync(Source);

        exception.Refusal.Code.ShouldBe(RefusalCodes.CredentialsMissing);
        exception.Refusal.Detail.ShouldContain("API_KEY_INVALID");
        exception.ToString().ShouldNotContain("key-of-google");
    }

    [Fact]
    public async Task Pages_without_end_and_answers_without_skus_are_refused()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve(Path, Page("same"));
        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("do not end");

        sources.Server.Serve(Path, "{}");
        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("no skus");
    }

    private static decimal Price(Terradev.ComputeOptimizer.Prices.PriceBatch batch, string type, Capacity capacity) =>
        batch.Offers.Single(offer => offer.InstanceType == type && offer.Capacity == capacity).PricePerHour!.Value;

    internal static string Page(string? token, params string[] skus) => $$"""{"skus":[{{string.Join(',', skus)}}],"nextPageToken":{{JsonSerializer.Serialize(token ?? "")}}}""";

    internal static string Sku(string description, int nanos, string usage = "OnDemand", string unit = "h", string units = "0", string currency = "USD") => JsonSerializer.Serialize(new
    {
        name = "services/6F81-5844-456A/skus/0008-F633-76AA",
        skuId = "0008-F633-76AA",
        description,
        category = new { serviceDisplayName = "Compute Engine", resourceFamily = "Compute", resourceGroup = "GPU", usageType = usage },
        serviceRegions = new[] { "us-central1" },
        pricingInfo = new[]
        {
            new
            {
                effectiveTime = "2026-08-03T00:00:00Z",
                pricingExpression = new
                {
                    usageUnit = unit,
                    displayQuantity = 1,
                    tieredRates = new[] { new { startUsageAmount = 0, unitPrice = new { currencyCode = currency, units, nanos } } },
                },
            },
        },
    });
}
