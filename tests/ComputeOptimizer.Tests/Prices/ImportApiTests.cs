using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Testing;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class ImportApiTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-imports-").FullName;

    public static TheoryData<string> Stores => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_list_becomes_offers_with_what_was_not_believed_beside_it(string store)
    {
        await using var app = await StartAsync(store);

        var (status, report) = await ImportAsync<PriceImportReport>(app, PriceLists.Aws, "?asOf=2026-08-10");

        status.ShouldBe(HttpStatusCode.Created);
        (report.Source, report.Format, report.Rows, report.Taken, report.WithoutGpu).ShouldBe(("skypilot-aws", PriceFormat.Skypilot, 7, 4, 3));
        (report.Added, report.Changed, report.Gone).ShouldBe((6, 0, 0));
        report.Offers.ShouldBe(new Dictionary<string, int> { ["spot"] = 3, ["on-demand"] = 3 }, ignoreOrder: true);
        report.QuarantinedByRule.ShouldBe(new Dictionary<string, int> { [QuarantineRules.SpotNotBelowOnDemand] = 1 });
        report.Quarantined.ShouldHaveSingleItem().ShouldBe(new QuarantinedPrice(
            6, "p4d.24xlarge", "ap-south-1", Capacity.Spot, QuarantineRules.SpotNotBelowOnDemand, "The spot price 26.3444 is not below the on-demand price 26.3444."));

        var offers = await BookAsync(app, report.Snapshot);
        var imported = offers.Priced.Where(offer => offer.Source == "skypilot-aws").ToList();
        imported.Count.ShouldBe(6);
        imported.Single(offer => offer is { InstanceType: "p4de.24xlarge", Capacity: Capacity.Spot }).ShouldSatisfyAllConditions(
            offer => offer.PricePerHour.ShouldBe(8.4114m),
            offer => offer.Zone.ShouldBe("use1-az6"),
            offer => offer.Gpu.ShouldBe(InstanceShapes.Find(Cloud.Aws, "p4de.24xlarge")!.Gpu),
            offer => offer.AsOf.ShouldBe(new DateTimeOffset(2026, 8, 10, 0, 0, 0, TimeSpan.Zero)));
        offers.Priced.Single(offer => offer is { InstanceType: "p5e.48xlarge", Region: "us-west-2" }).Zone.ShouldBe("usw2-az3");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_same_list_again_changes_nothing_and_a_changed_one_only_what_changed(string store)
    {
        await using var app = await StartAsync(store);
        await ImportAsync<PriceImportReport>(app, PriceLists.Aws);

        var (_, again) = await ImportAsync<PriceImportReport>(app, PriceLists.Aws);
        var (_, changed) = await ImportAsync<PriceImportReport>(app, PriceLists.Aws.Replace("8.411400", "9.5", StringComparison.Ordinal).Replace("p5e.48xlarge", "c5.48xlarge", StringComparison.Ordinal).Replace(",H200,", ",,", StringComparison.Ordinal));

        (again.Added, again.Changed, again.Gone).ShouldBe((0, 0, 0));
        (changed.Added, changed.Changed, changed.Gone).ShouldBe((0, 1, 1));
        var (_, history) = await app.GetAsync<Page<PricePoint>>("/api/v1/offers/history?cloud=aws&instanceType=p4de.24xlarge&region=us-east-1&capacity=spot");
        history.Items.Where(point => point.Source == "skypilot-aws").Select(point => point.PricePerHour).ShouldBe([9.5m, 8.4114m]);
        (await app.GetAsync<Page<PricePoint>>("/api/v1/offers/history?cloud=aws&instanceType=p5e.48xlarge&region=us-west-2")).Body.Items[0].Gone.ShouldBeTrue();
        (await BookAsync(app, changed.Snapshot)).Priced.ShouldNotContain(offer => offer.InstanceType == "p5e.48xlarge" && offer.Source == "skypilot-aws");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Reports_and_quarantine_can_be_read_again(string store)
    {
        await using var app = await StartAsync(store);
        var (_, report) = await ImportAsync<PriceImportReport>(app, PriceLists.Aws);

        var (status, again) = await app.GetAsync<PriceImportReport>($"/api/v1/offers/imports/{report.Snapshot}");
        var (_, all) = await app.GetAsync<Page<PriceImportReport>>("/api/v1/offers/imports?limit=1");
        var (_, rest) = await app.GetAsync<Page<PriceImportReport>>($"/api/v1/offers/imports?limit=1&cursor={all.NextCursor}");
        var (_, quarantine) = await app.GetAsync<Page<QuarantinedPrice>>($"/api/v1/offers/imports/{report.Snapshot}/quarantine");

        status.ShouldBe(200);
        again.Quarantined.ShouldBe(report.Quarantined);
        (again.Source, again.Rows, again.Taken, again.AsOf, again.ImportedAt).ShouldBe((report.Source, report.Rows, report.Taken, report.AsOf, report.ImportedAt));
        all.Items.Single().Snapshot.ShouldBe(report.Snapshot);
        rest.Items.Single().Source.ShouldBe("built-in");
        rest.NextCursor.ShouldBeNull();
        quarantine.Items.ShouldBe(report.Quarantined);
        (await app.GetAsync<Problem>("/api/v1/offers/imports/999999")).Body.Code.ShouldBe(RefusalCodes.NotFound);
    }

    [Fact]
    public async Task A_file_of_a_form_and_items_as_json_are_lists_too()
    {
        await using var app = await StartAsync("sqlite");
        using var form = new MultipartFormDataContent { { new StringContent("x"), "note" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(PriceLists.Aws)), "file", "vms.csv" } };
        using var formAnswer = await app.Client.PostAsync(new Uri("/api/v1/offers/import", UriKind.Relative), form);
        formAnswer.StatusCode.ShouldBe(HttpStatusCode.Created);
        formAnswer.Headers.Location!.ToString().ShouldStartWith("/api/v1/offers/imports/");

        var (status, report) = await ImportAsync<PriceImportReport>(
            app,
            """[{"provider":"gcp","instance_name":"a2-highgpu-1g","location":"us-central1-a","price":3.67,"cpu":12,"memory":85.0,"gpu_count":1,"gpu_name":"A100","gpu_memory":40.0,"spot":false}]""",
            mediaType: "application/json");
        status.ShouldBe(HttpStatusCode.Created);
        (report.Source, report.Format, report.Taken).ShouldBe(("gpuhunt", PriceFormat.Gpuhunt, 1));
    }

    [Theory]
    [InlineData("", "text/csv", RefusalCodes.InvalidRequest)]
    [InlineData("a,b,c\n1,2,3\n", "text/csv", RefusalCodes.InvalidRequest)]
    [InlineData(PriceLists.AwsHeader + "\n", "text/csv", RefusalCodes.InvalidRequest)]
    [InlineData(PriceLists.AwsHeader + "\n\"never closed,,,\n", "text/csv", RefusalCodes.InvalidRequest)]
    [InlineData(PriceLists.AwsHeader + "\nm5.large,,,2,8,,0.1,0.03,us-east-1,use1-az1,x86_64,,False,,\n", "text/csv", RefusalCodes.NoPrices)]
    [InlineData("[1,2]", "application/json", RefusalCodes.InvalidRequest)]
    [InlineData("[]", "application/json", RefusalCodes.InvalidRequest)]
    [InlineData("""{"uri":"x"}""", "application/json", RefusalCodes.MalformedBody)]
    [InlineData("""{"url":"ftp://example.org/vms.csv"}""", "application/json", RefusalCodes.InvalidRequest)]
    [InlineData("""{"url":"http://user:pass@example.org/vms.csv"}""", "application/json", RefusalCodes.InvalidRequest)]
    [InlineData("x", "application/xml", RefusalCodes.UnsupportedMediaType)]
    [InlineData("x", "multipart/form-data", RefusalCodes.InvalidRequest)]
    public async Task What_is_no_list_is_refused_and_the_old_prices_stay(string body, string mediaType, string code)
    {
        await using var app = await StartAsync("sqlite");

        var (_, problem) = await ImportAsync<Problem>(app, body, mediaType: mediaType);

        problem.Code.ShouldBe(code);
        problem.NextStep.ShouldNotBeNullOrWhiteSpace();
        (await app.GetAsync<Page<PriceImportReport>>("/api/v1/offers/imports")).Body.Items.ShouldHaveSingleItem().Source.ShouldBe("built-in");
    }

    [Fact]
    public async Task A_list_may_be_larger_than_other_bodies_but_not_without_limit()
    {
        await using var app = await StartAsync("sqlite");
        var rows = string.Concat(Enumerable.Repeat(PriceLists.Aws.Split('\n')[1] + "\n", 30_000));

        var (status, report) = await ImportAsync<PriceImportReport>(app, PriceLists.Aws + rows);
        status.ShouldBe(HttpStatusCode.Created);
        (report.Rows, report.WithoutGpu).ShouldBe((30_007, 30_003));

        using var endless = new HttpRequestMessage(HttpMethod.Post, "/api/v1/offers/import") { Content = new ClaimedContent(65L * 1024 * 1024) };
        endless.Headers.ExpectContinue = true;
        using var refused = await app.Client.SendAsync(endless);
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await refused.Content.ReadFromJsonAsync<Problem>(TerradevJson.Options))!.Detail.ShouldBe("A price list may have up to 64 MiB.");
    }

    [Fact]
    public async Task All_faults_of_a_query_are_told_at_once()
    {
        await using var app = await StartAsync("sqlite");

        var (status, problem) = await ImportAsync<Problem>(app, PriceLists.Aws, "?format=excel&cloud=oracle&source=built-in&asOf=2999-01-01&sheet=1");

        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.Errors!.Keys.ShouldBe(["format", "cloud", "source", "asOf", "sheet"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_header_that_lacks_columns_is_refused_with_what_is_missing_and_what_was_found()
    {
        await using var app = await StartAsync("sqlite");

        var (_, problem) = await ImportAsync<Problem>(app, "InstanceType,Price,Region\nx,1,y\n");

        problem.Detail.ShouldBe("The header lacks AcceleratorName, AcceleratorCount, vCPUs, MemoryGiB, SpotPrice. Found: InstanceType, Price, Region.");
    }

    private async Task<OptimizerApp> StartAsync(string store)
    {
        var settings = new Dictionary<string, string?>();
        if (store == "postgres")
        {
            settings["ConnectionStrings:computeoptimizer"] = $"{Requires.Setting("TERRADEV_TEST_POSTGRES")};Database=offers_{Guid.NewGuid():N};Connection Idle Lifetime=2;Connection Pruning Interval=1";
        }

        var app = new OptimizerApp(_directory, ownsDirectory: false, settings);
        await app.InitializeAsync();
        await BookAsync(app, snapshot: 1);
        return app;
    }

    private static async Task<(HttpStatusCode Status, T Body)> ImportAsync<T>(OptimizerApp app, string body, string query = "", string mediaType = "text/csv")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        using var response = await app.Client.PostAsync(new Uri($"/api/v1/offers/import{query}", UriKind.Relative), content);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<T>(TerradevJson.Options))!);
    }

    // The book opens anew once the import is stored.
    private static async Task<OfferSnapshot> BookAsync(OptimizerApp app, long snapshot)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var book = app.Services.GetRequiredService<OfferBook>();
        var current = await book.CurrentAsync(deadline.Token);
        while (current.Id < snapshot)
        {
            await Task.Yield();
            deadline.Token.ThrowIfCancellationRequested();
            current = await book.CurrentAsync(deadline.Token);
        }

        return current;
    }

    /// <summary>Says that it is long and is never sent.</summary>
    private sealed class ClaimedContent : HttpContent
    {
        private readonly long _length;

        public ClaimedContent(long length)
        {
            _length = length;
            Headers.ContentType = MediaTypeHeaderValue.Parse("text/csv");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new InvalidOperationException("The server asked for it.");

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
