using System.CommandLine;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Tests.Catalog;

[SupportedOSPlatform("linux")]
public sealed class OfferCommandsTests : IDisposable
{
    private const string PriceList =
        """
        InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch
        c1.medium,,,2.0,1.69921875,,0.158,0.0354,us-east-1,use1-az1,i386
        p3.8xlarge,V100,4.0,32.0,244.0,"{'Gpus': [{'Name': 'V100', 'Manufacturer': 'NVIDIA', 'Count': 4, 'MemoryInfo': {'SizeInMiB': 16384}}], 'TotalGpuMemoryInMiB': 65536}",12.24,1.4777,us-east-1,use1-az1,x86_64

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("terradev-offers-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Offers_are_asked_for_as_typed()
    {
        var asked = await AskedAsync(
            "/api/v1/offers", new Page<Offer>([Sample.T4Spot], null),
            "offers", "--cloud", "aws,gcp", "--region", "us-east-1,eastus", "--min-gpus", "2", "--max-gpus", "8", "--min-vcpus", "4", "--min-memory", "16", "--interconnect", "nvlink",
            "--min-compute-capability", "8.9", "--source", "built-in", "--confidence", "listed", "--sort=-price-per-gpu");

        asked.ShouldBe(
            "/api/v1/offers?cloud=aws%2Cgcp&region=us-east-1%2Ceastus&interconnect=nvlink&minComputeCapability=8.9&minGpuCount=2&maxGpuCount=8&minVcpus=4&minMemoryGiB=16"
            + "&source=built-in&confidence=listed&sort=-price-per-gpu&limit=20");
    }

    [Fact]
    public async Task A_gpu_and_a_history_are_asked_for_as_typed()
    {
        (await AskedAsync("/api/v1/gpus/{model}", CatalogSample.T4, "gpus", "a/../T4?", "--capacity", "spot")).ShouldBe("/api/v1/gpus/a%2F..%2FT4%3F?capacity=spot");
        (await AskedAsync("/api/v1/offers/history", new Page<PricePoint>([], null), "offers", "history", "aws", "g6.xlarge&x=1", "--region", "us-east-1"))
            .ShouldBe("/api/v1/offers/history?cloud=aws&instanceType=g6.xlarge%26x%3D1&region=us-east-1&limit=20");
    }

    [Fact]
    public async Task A_recommendation_is_asked_for_as_typed()
    {
        RecommendationRequest? asked = null;
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/recommendations", async (HttpContext context) =>
        {
            asked = await JsonSerializer.DeserializeAsync<RecommendationRequest>(context.Request.Body, TerradevJson.Options);
            return FakeServer.Json(CatalogSample.Recommendation);
        }));

        var result = await RunAsync(
            ["recommend", "gpt2", "--goal", "cheapest-to-finish", "--job-tokens", "5000000000", "--replicas", "4", "--deadline", "12.5", "--min-gpus", "1", "--max-gpus", "8", "--data", "gcp:us-central1", "--explain"],
            server.Address);

        result.Code.ShouldBe(0);
        result.Output.ShouldContain("refused");
        asked!.Goal.ShouldBe(Goal.CheapestToFinish);
        asked.Job.ShouldBe(new Job { Tokens = 5_000_000_000, Replicas = 4 });
        asked.Constraints.ShouldBe(new Constraints { DeadlineHours = 12.5m, MinGpus = 1, MaxGpus = 8, Data = new DataLocation { Cloud = Cloud.Gcp, Region = "us-central1" } });
    }

    [Theory]
    [InlineData("recommend", "gpt2", "--data", "mars:north")]
    [InlineData("recommend", "gpt2", "--data", "aws")]
    [InlineData("recommend", "gpt2", "--goal", "best")]
    [InlineData("offers", "import", "x.csv", "--as-of", "soon")]
    [InlineData("offers", "history", "aws")]
    public async Task What_cannot_be_meant_is_refused_before_a_server_is_asked(params string[] line) =>
        (await RunAsync(line, new Uri("http://127.0.0.1:9"))).Code.ShouldBe(ExitCodes.Usage);

    [Fact]
    public async Task A_file_is_sent_as_it_is_and_an_address_as_json()
    {
        var asked = new List<string>();
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/offers/import", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            asked.Add($"{context.Request.ContentType} {context.Request.QueryString} {await reader.ReadToEndAsync()}");
            return FakeServer.Json(CatalogSample.Import);
        }));

        (await RunAsync(["offers", "import", await ListAsync("a,b\n1,2\n"), "--cloud", "aws", "--source", "mine", "--as-of", "2026-08-10"], server.Address)).Code.ShouldBe(0);
        (await RunAsync(["offers", "import", "https://example.org/vms.csv", "--format", "skypilot", "--output", "json"], server.Address)).Output.ShouldContain("\"snapshot\": 12");

        asked[0].ShouldBe("text/csv ?cloud=aws&source=mine&asOf=2026-08-10T00%3A00%3A00.0000000Z a,b\n1,2\n");
        asked[1].ShouldStartWith("application/json; charset=utf-8  {\"url\":\"https://example.org/vms.csv\",\"format\":\"skypilot\"");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused_without_asking()
    {
        var result = await RunAsync(["offers", "import", Path.Combine(_folder.FullName, "none.csv")], new Uri("http://127.0.0.1:9"));

        result.Code.ShouldBe(ExitCodes.Refused);
        result.Error.ShouldStartWith("error: file-unreadable\n");
    }

    [Fact]
    public async Task A_price_list_goes_into_the_embedded_server_and_comes_back_as_import_source_and_history()
    {
        var file = await ListAsync(PriceList);

        var import = await EmbeddedAsync("offers", "import", file, "--cloud", "aws", "--source", "mine", "--output", "json");
        var sources = await EmbeddedAsync("offers", "sources");
        var imports = await EmbeddedAsync("offers", "imports", "--source", "mine");
        var history = await EmbeddedAsync("offers", "history", "aws", "p3.8xlarge", "--capacity", "spot", "--output", "json");
        var offers = await EmbeddedAsync("offers", "--source", "mine", "--output", "json");
        var gpus = await EmbeddedAsync("gpus", "v100", "--cloud", "aws", "--region", "us-east-1");

        var report = JsonSerializer.Deserialize<PriceImportReport>(import, TerradevJson.Options)!;
        report.ShouldSatisfyAllConditions(() => report.Rows.ShouldBe(2), () => report.Taken.ShouldBe(1), () => report.WithoutGpu.ShouldBe(1), () => report.Added.ShouldBe(2));
        sources.ShouldContain("mine");
        imports.ShouldContain("mine");
        JsonSerializer.Deserialize<Page<PricePoint>>(history, TerradevJson.Options)!.Items[0].PricePerHour.ShouldBe(1.4777m);
        JsonSerializer.Deserialize<Page<Offer>>(offers, TerradevJson.Options)!.Items.Select(offer => offer.PricePerHour).ShouldBe([1.4777m, 12.24m]);
        gpus.ShouldContain("p3.8xlarge");
    }

    [Fact]
    public async Task Clouds_and_budgets_are_compared_in_the_embedded_server()
    {
        var clouds = await EmbeddedAsync("compare", "google-bert/bert-base-uncased");
        var budgets = await EmbeddedAsync("what-if", "google-bert/bert-base-uncased", "--hourly", "0.01,0.5,100");
        var json = await EmbeddedAsync("what-if", "google-bert/bert-base-uncased", "--hourly", "0.01,0.5,100", "--output", "json");

        clouds.Split('\n').Where(line => line.StartsWith("aws", StringComparison.Ordinal) || line.StartsWith("gcp", StringComparison.Ordinal) || line.StartsWith("azure", StringComparison.Ordinal))
            .Count().ShouldBeGreaterThanOrEqualTo(6, clouds);
        var answer = JsonSerializer.Deserialize<WhatIf>(json, TerradevJson.Options)!;
        answer.Budgets.Select(budget => budget.Choice is null).ShouldBe([true, false, false]);
        budgets.ShouldContain("nothing fits");
        budgets.ShouldContain(answer.SmallestBudget.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture));
        (await TerradevProcess.RunAsync(["what-if", "gpt2", "--hourly", "1;2"], new Dictionary<string, string?>())).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    private static async Task<string> AskedAsync<T>(string route, T answer, params string[] line)
    {
        string? asked = null;
        await using var server = await FakeServer.StartAsync(app => app.MapGet(route, (HttpContext context) =>
        {
            asked = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            return FakeServer.Json(answer);
        }));
        (await RunAsync(line, server.Address)).Code.ShouldBe(0);
        return asked!;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] line, Uri server)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await TerradevCommand.RunAsync([.. line, "--server", server.ToString()], new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    private async Task<string> EmbeddedAsync(params string[] line)
    {
        var result = await TerradevProcess.RunAsync(line, new Dictionary<string, string?> { ["Terradev__DataDirectory"] = Path.Combine(_folder.FullName, "data") });
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output;
    }

    private async Task<string> ListAsync(string content)
    {
        var file = Path.Combine(_folder.FullName, "vms.csv");
        await File.WriteAllTextAsync(file, content);
        return file;
    }
}
