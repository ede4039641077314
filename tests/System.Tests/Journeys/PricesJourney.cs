using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.SystemTests.Processes;
using Terradev.SystemTests.Servers;
using Terradev.SystemTests.Services;

namespace Terradev.SystemTests.Journeys;

/// <summary>A catalogue of prices in SkyPilot's format, from a file to a recommendation, through the gateway into PostgreSQL.</summary>
public sealed class PricesJourney(SystemServers servers) : SystemTest
{
    // Regions of their own, so that the prices other journeys rely on stay as they are.
    private static readonly string[] Regions = ["ap-southeast-4", "eu-central-2", "me-central-1"];

    private static readonly (string Type, string Gpu, int Count, int MiB, int Vcpus, int MemoryGiB, decimal Price)[] Types =
    [
        ("g4dn.xlarge", "T4", 1, 16384, 4, 16, 0.526m), ("g5.xlarge", "A10G", 1, 22888, 4, 16, 1.006m), ("g5.12xlarge", "A10G", 4, 22888, 48, 192, 5.672m),
        ("g6.xlarge", "L4", 1, 22888, 4, 16, 0.8048m), ("p4d.24xlarge", "A100", 8, 40960, 96, 1152, 21.9576m), ("p5.48xlarge", "H100", 8, 81920, 192, 2048, 55.04m),
    ];

    [Fact]
    public async Task A_file_of_prices_becomes_offers_an_event_and_a_recommendation_that_explains_every_cheaper_offer()
    {
        var platform = await servers.Platform;
        Watch(platform.Processes);
        await using var events = await EventSubscriber.StartAsync((await servers.Broker).Address, "PricesUpdated");
        var csv = Csv();

        var report = await ImportAsync(platform, csv);

        var rows = csv.TrimEnd().Split('\n').Length - 1;
        (report.Rows, report.Taken, report.WithoutGpu).ShouldBe((rows, rows - 3, 2));
        report.QuarantinedByRule.ShouldBe(new Dictionary<string, int> { [QuarantineRules.SpotNotBelowOnDemand] = Regions.Length, [QuarantineRules.UnknownGpu] = 1 }, ignoreOrder: true);

        var told = await Until.ValueAsync(
            () => Task.FromResult(events.All("PricesUpdated").Where(json => json.GetProperty("source").GetString() == "journey").Select(json => new[] { json }).FirstOrDefault()),
            Deadlines.Event,
            () => "no PricesUpdated arrived");
        (told[0].GetProperty("sequence").GetInt64(), told[0].GetProperty("snapshot").GetInt64(), told[0].GetProperty("offers").GetInt32())
            .ShouldBe((1, report.Snapshot, report.Offers.Values.Sum()));

        await CheapestAreTheFilesAsync(platform, csv);
        await EveryCheaperOfferIsExplainedAsync(platform);

        var again = await ImportAsync(platform, csv);
        (again.Added, again.Changed, again.Gone).ShouldBe((0, 0, 0));
    }

    private static async Task<PriceImportReport> ImportAsync(Platform platform, string csv)
    {
        using var answer = await platform.Api.Http.PostAsync(
            "/api/v1/offers/import?format=skypilot&cloud=aws&source=journey&asOf=2026-11-01T00:00:00Z", new StringContent(csv, Encoding.UTF8, "text/csv"));
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(201, body);
        return JsonSerializer.Deserialize<PriceImportReport>(body, TerradevJson.Options)!;
    }

    // What a script of a few lines says of the same file.
    private static async Task CheapestAreTheFilesAsync(Platform platform, string csv)
    {
        var cheapest = csv.TrimEnd().Split('\n').Skip(1).Select(line => line.Split(','))
            .Where(row => Types.Any(type => type.Gpu == row[1]))
            .SelectMany(row => new[] { row[5], row[6] == row[5] ? "" : row[6] }.Where(price => price.Length > 0).Select(price => (Gpu: row[1], Price: decimal.Parse(price, CultureInfo.InvariantCulture))))
            .GroupBy(row => row.Gpu).ToDictionary(group => group.Key, group => group.Min(row => row.Price));
        foreach (var (gpu, price) in cheapest)
        {
            var offers = await platform.Api.Http.GetFromJsonAsync<Page<Offer>>($"/api/v1/offers?gpu={gpu}&source=journey&limit=1", TerradevJson.Options);
            offers!.Items.Single().PricePerHour.ShouldBe(price, gpu);
        }
    }

    private static async Task EveryCheaperOfferIsExplainedAsync(Platform platform)
    {
        using var answer = await platform.Api.Http.PostAsJsonAsync(
            "/api/v1/recommendations",
            new RecommendationRequest
            {
                Model = "huggingface:meta-llama/Llama-3.1-8B",
                Mode = Terradev.Contracts.ModelRegistry.WorkloadMode.Inference,
                Precision = Terradev.Contracts.ModelRegistry.Precision.Bf16,
                ContextLength = 8192,
                Constraints = new Constraints { Regions = Regions },
            },
            TerradevJson.Options);
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, body);
        var recommendation = JsonSerializer.Deserialize<Recommendation>(body, TerradevJson.Options)!;

        var best = recommendation.Ranked[0].Offer;
        best.Gpu.Model.ShouldBeOneOf("L4", "A10G");
        (recommendation.Fitting + recommendation.Rejected.Sum(rejected => rejected.Offers)).ShouldBe(recommendation.Considered);
        var offers = (await platform.Api.Http.GetFromJsonAsync<Page<Offer>>($"/api/v1/offers?limit=1000&maxHourly={best.PricePerHour}", TerradevJson.Options))!.Items;
        foreach (var cheaper in offers.Where(offer => offer.PricePerHour < best.PricePerHour))
        {
            recommendation.Rejected.ShouldContain(
                rejected => rejected.Offer.InstanceType == cheaper.InstanceType && rejected.Offer.Capacity == cheaper.Capacity && rejected.Detail.Length > 0, cheaper.ToString());
        }

        recommendation.Rejected.Where(rejected => rejected.Offer.Gpu.Model == "T4" && Regions.Contains(rejected.Offer.Region)).Select(rejected => rejected.Code).Distinct()
            .ShouldBe([RejectionCodes.Dtype]);
    }

    private static string Csv()
    {
        var csv = new StringBuilder("InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region,AvailabilityZone,GpuInfo\n");
        for (var region = 0; region < Regions.Length; region++)
        {
            foreach (var (type, gpu, count, miB, vcpus, memory, price) in Types)
            {
                for (var zone = 1; zone <= 2; zone++)
                {
                    var onDemand = price * (1 + (region * 0.03m));
                    // Nobody knew the spot price of p4d in these regions' first zones.
                    var spot = type == "p4d.24xlarge" && zone == 1 ? onDemand : onDemand * (0.3m + (region * 0.02m) + (zone * 0.01m));
                    csv.Append(CultureInfo.InvariantCulture, $"{type},{gpu},{count}.0,{vcpus}.0,{memory}.0,{onDemand:0.####},{spot:0.####},{Regions[region]},{Regions[region][..2]}x{region}-az{zone},")
                        .Append(CultureInfo.InvariantCulture, $"\"{{'Gpus': [{{'Name': '{gpu}', 'Manufacturer': 'NVIDIA', 'Count': {count}, 'MemoryInfo': {{'SizeInMiB': {miB}}}}}], 'TotalGpuMemoryInMiB': {count * miB}}}\"\n");
                }
            }
        }

        csv.Append("m5.large,,,2.0,8.0,0.1,0.03,me-central-1,mex2-az1,\nc5.large,,,2.0,4.0,0.09,,me-central-1,mex2-az1,\n");
        csv.Append("x1.gpu,Zeppelin9000,1.0,4.0,16.0,0.5,0.1,me-central-1,mex2-az1,\n");
        return csv.ToString();
    }
}
