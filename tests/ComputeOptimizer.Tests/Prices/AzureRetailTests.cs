using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class AzureRetailTests
{
    private const string Source = "azure-retail";
    private const string T4 = "Standard_NC4as_T4_v3";

    [Fact]
    public async Task Linux_meters_of_all_pages_become_offers_at_their_newest_price()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        List<string> queries = [];
        sources.Server.Serve("/azure", context =>
        {
            queries.Add(context.Request.QueryString.Value!);
            return context.Response.WriteAsync(queries.Count == 1
                ? Page(
                    $"{sources.Server.Address}azure?$skip=1000",
                    Item(T4, "eastus", 0.526m),
                    Item(T4, "eastus", 0.6m, from: "2021-01-01T00:00:00Z"),
                    Item(T4, "eastus", 0.9m, from: "2099-01-01T00:00:00Z"),
                    Item(T4, "eastus", 0.0526m, kind: " Spot"),
                    Item(T4, "eastus", 0.1m, kind: " Low Priority"),
                    Item(T4, "eastus", 0.71m, product: "Virtual Machines NCasT4 v3 Series Windows"),
                    Item(T4, "eastus", 2000m, type: "Reservation"),
                    Item(T4, "usgovvirginia", 0.66m))
                : Page(null, Item("Standard_ND96asr_v4", "westeurope", 33.9m)));
        });

        var batch = await sources.FetchAsync(Source);

        batch.Offers.Select(offer => (offer.InstanceType, offer.Region, offer.Capacity, offer.PricePerHour)).ShouldBe(
        [
            (T4, "eastus", Capacity.OnDemand, 0.526m),
            (T4, "eastus", Capacity.Spot, 0.0526m),
            ("Standard_ND96asr_v4", "westeurope", Capacity.OnDemand, 33.9m),
        ]);
        (batch.Rows, batch.Quarantined.Count).ShouldBe((5, 0));
        Uri.UnescapeDataString(queries[0]).ShouldContain("$filter=serviceName eq 'Virtual Machines' and priceType eq 'Consumption'");
        queries[1].ShouldBe("?$skip=1000");
        sources.Server.Requests.ShouldAllBe(request => request.Authorization.Length == 0);
    }

    [Fact]
    public async Task Odd_meters_are_kept_out_by_themselves()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/azure", Page(
            null,
            Item("Standard_NV6", "eastus", 1.1m),
            Item("Standard_NV6", "westus", 1.2m),
            Item(T4, "eastus", 0.5m, unit: "1 GiB Hour"),
            Item(T4, "eastus", 0.5m, currency: "EUR"),
            """{"type":"Consumption","armSkuName":"Standard_NC4as_T4_v3","armRegionName":"eastus","retailPrice":1e999,"currencyCode":"USD","unitOfMeasure":"1 Hour"}""",
            """{"type":"Consumption","armSkuName":5}""",
            Item(T4, "eastus2", 0.526m)));

        var batch = await sources.FetchAsync(Source);

        batch.Offers.ShouldHaveSingleItem().Region.ShouldBe("eastus2");
        batch.Quarantined.Select(price => price.Rule).ShouldBe([QuarantineRules.UnknownGpu, QuarantineRules.BadField, QuarantineRules.BadField, QuarantineRules.BadPrice, QuarantineRules.BadField]);
        batch.FurtherQuarantined.ShouldBe(new Dictionary<string, int> { [QuarantineRules.UnknownGpu] = 1 });
    }

    [Fact]
    public async Task A_next_page_elsewhere_is_not_followed()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        await using var elsewhere = await Testing.FakeHub.StartAsync();
        sources.Server.Serve("/azure", Page($"{elsewhere.Address}azure", Item(T4, "eastus", 0.526m)));

        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("elsewhere");

        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        await using var elsewhere = await Testing.FakeHub.StartAsync();
        sources.Server.Serve("/azure", "", 302, ("Location", $"{elsewhere.Address}azure"));

        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("redirects to 127.0.0.1");

        elsewhere.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_in_a_circle_end()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/azure", Page($"{sources.Server.Address}azure?$skip=1", Item(T4, "eastus", 0.526m)));

        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("do not end");

        sources.Server.Count("/azure").ShouldBe(2);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_cut()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/azure", new string(' ', 300 * 1024));

        (await sources.RefusalAsync(Source)).Refusal.Detail.ShouldContain("more than 256 KiB");
    }

    [Fact]
    public async Task A_source_that_dribbles_is_cut()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/azure", async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(50, context.RequestAborted);
            }
        });

        (await sources.RefusalAsync(Source)).Refusal.Code.ShouldBe(RefusalCodes.TimedOut);
    }

    [Fact]
    public async Task A_server_that_asks_for_time_is_left_alone_for_it()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/azure", "", 429, ("Retry-After", "120"));

        (await sources.RefusalAsync(Source)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(120));

        sources.Server.Count("/azure").ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_tried_again()
    {
        await using var sources = await SourcesUnderTest.StartAsync();
        sources.Server.Serve("/azure", context =>
        {
            if (sources.Server.Count("/azure") == 1)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(Page(null, Item(T4, "eastus", 0.526m)));
        });

        (await sources.FetchAsync(Source)).Offers.Count.ShouldBe(1);
    }

    internal static string Page(string? next, params string[] items) =>
        $$"""{"BillingCurrency":"USD","CustomerEntityId":"Default","CustomerEntityType":"Retail","Items":[{{string.Join(',', items)}}],"NextPageLink":{{JsonSerializer.Serialize(next)}},"Count":{{items.Length}}}""";

    internal static string Item(
        string sku, string region, decimal price, string kind = "", string product = "Virtual Machines NCasT4 v3 Series", string from = "2024-05-01T00:00:00Z", string unit = "1 Hour",
        string currency = "USD", string type = "Consumption") => JsonSerializer.Serialize(new
        {
            currencyCode = currency,
            tierMinimumUnits = 0.0,
            retailPrice = price,
            unitPrice = price,
            armRegionName = region,
            location = "US East",
            effectiveStartDate = from,
            meterId = "0f4c7b9e",
            meterName = $"NC4as T4 v3{kind}",
            productName = product,
            skuName = $"NC4as T4 v3{kind}",
            serviceName = "Virtual Machines",
            serviceFamily = "Compute",
            unitOfMeasure = unit,
            type,
            isPrimaryMeterRegion = true,
            armSkuName = sku,
        });
}
