using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Testing;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class SourcesApiTests : IDisposable
{
    private const string Azure = "azure-retail";
    private const string T4 = "Standard_NC4as_T4_v3";

    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-sources-").FullName;

    public static TheoryData<string> Stores => ["sqlite", "postgres"];

    [Fact]
    public async Task No_source_is_asked_unless_it_is_switched_on()
    {
        await using var app = await StartAsync([]);
        await UntilAsync(app, "built-in", _ => true);

        var sources = await ListAsync(app);

        sources.Where(source => source.Name != "built-in").ShouldAllBe(source => !source.Configured && source.LastAttemptAt == null && source.Note!.StartsWith("Set ComputeOptimizer:Sources:"));
        sources.Select(source => source.Name).ShouldBe(
            ["aws-price-list", .. sources.Where(source => source.Name.StartsWith("aws-spot-", StringComparison.Ordinal)).Select(source => source.Name), Azure, "gcp-billing", "built-in"]);
        sources.Single(source => source.Name == "built-in").ShouldSatisfyAllConditions(source => source.Offers.ShouldBeGreaterThan(100), source => source.Configured.ShouldBeFalse());
        var (status, problem) = await app.PostAsync<Problem>($"/api/v1/offers/sources/{Azure}/refresh", "");
        (status, problem.Code, problem.NextStep).ShouldBe((409, RefusalCodes.InvalidState, "Set ComputeOptimizer:Sources:Azure:Enabled=true."));
        (await app.PostAsync<Problem>("/api/v1/offers/sources/nobody/refresh", "")).Body.Code.ShouldBe(RefusalCodes.NotFound);
    }

    [Fact]
    public async Task A_source_without_credentials_says_which()
    {
        await using var app = await StartAsync(new Dictionary<string, string?> { ["ComputeOptimizer:Sources:AwsPriceList:Enabled"] = "true", ["ComputeOptimizer:Sources:Gcp:Enabled"] = "true" });

        var sources = await ListAsync(app);

        sources.Single(source => source.Name == "aws-price-list").Note!.ShouldContain("AWS_ACCESS_KEY_ID");
        sources.Single(source => source.Name == "gcp-billing").Note!.ShouldContain("GOOGLE_API_KEY");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_source_is_asked_soon_after_the_start_and_its_prices_are_offers(string store)
    {
        await using var server = await FakeHub.StartAsync();
        server.Serve("/azure", AzureRetailTests.Page(null, AzureRetailTests.Item(T4, "eastus", 0.5m), AzureRetailTests.Item(T4, "westus", -1m)));
        await using var app = await StartAsync(AzureAt(server), store);

        var source = await UntilAsync(app, Azure, source => source.LastSuccessAt is not null);

        source.ShouldSatisfyAllConditions(
            () => source.Configured.ShouldBeTrue(),
            () => source.Every.ShouldBe(TimeSpan.FromHours(12)),
            () => source.LastError.ShouldBeNull(),
            () => source.Offers.ShouldBe(1),
            () => source.QuarantinedByRule.ShouldBe(new Dictionary<string, int> { [QuarantineRules.BadPrice] = 1 }),
            () => source.NextAttemptAt.ShouldBe(source.LastSuccessAt + TimeSpan.FromHours(12)));
        (await app.GetAsync<PriceImportReport>($"/api/v1/offers/imports/{source.Snapshot}")).Body.Source.ShouldBe(Azure);
        server.Count("/azure").ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_old_prices_stay_when_a_source_dies_and_the_service_is_healthy(string store)
    {
        await using var server = await FakeHub.StartAsync();
        server.Serve("/azure", AzureRetailTests.Page(null, AzureRetailTests.Item(T4, "eastus", 0.5m)));
        await using var app = await StartAsync(AzureAt(server), store);
        var before = await UntilAsync(app, Azure, source => source.LastSuccessAt is not null);

        server.Serve("/azure", "", 403);
        (await app.PostAsync<PriceSource>($"/api/v1/offers/sources/{Azure}/refresh", "")).Status.ShouldBe(202);
        var failed = await UntilAsync(app, Azure, source => source.LastError is not null);

        failed.LastError!.Code.ShouldBe(RefusalCodes.CredentialsMissing);
        (failed.Snapshot, failed.Offers, failed.LastSuccessAt).ShouldBe((before.Snapshot, 1, before.LastSuccessAt));
        (failed.NextAttemptAt - failed.LastAttemptAt)!.Value.ShouldBe(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        using var health = await app.Client.GetAsync(new Uri("/health", UriKind.Relative));
        health.StatusCode.ShouldBe(HttpStatusCode.OK);

        server.Serve("/azure", AzureRetailTests.Page(null, AzureRetailTests.Item(T4, "eastus", 0.55m)));
        await app.PostAsync<PriceSource>($"/api/v1/offers/sources/{Azure}/refresh", "");
        (await UntilAsync(app, Azure, source => source.LastError is null)).Snapshot!.Value.ShouldBeGreaterThan(before.Snapshot!.Value);
    }

    [Fact]
    public async Task A_refresh_does_not_come_before_the_time_that_the_source_asked_for()
    {
        await using var server = await FakeHub.StartAsync();
        server.Serve("/azure", "", 429, ("Retry-After", "600"));
        await using var app = await StartAsync(AzureAt(server));
        var failed = await UntilAsync(app, Azure, source => source.LastError is not null);

        var (_, woken) = await app.PostAsync<PriceSource>($"/api/v1/offers/sources/{Azure}/refresh", "");

        (failed.NextAttemptAt - failed.LastAttemptAt)!.Value.ShouldBe(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10));
        woken.NextAttemptAt.ShouldBe(failed.NextAttemptAt);
        server.Count("/azure").ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Two_replicas_ask_a_source_once(string store)
    {
        await using var server = await FakeHub.StartAsync();
        var asked = 0;
        var release = new TaskCompletionSource();
        server.Serve("/azure", async context =>
        {
            Interlocked.Increment(ref asked);
            await release.Task;
            await context.Response.WriteAsync(AzureRetailTests.Page(null, AzureRetailTests.Item(T4, "eastus", 0.5m)));
        });
        var settings = AzureAt(server);

        // Both find no database, or no schema in it.
        var replicas = await Task.WhenAll(StartAsync(settings, store), StartAsync(settings, store));
        await using var first = replicas[0];
        await using var second = replicas[1];
        await UntilAsync(first, Azure, _ => Volatile.Read(ref asked) == 1);

        // Both are told to, and neither may while the other one does.
        await UntilAsync(second, Azure, _ => true);
        await first.PostAsync<PriceSource>($"/api/v1/offers/sources/{Azure}/refresh", "");
        await second.PostAsync<PriceSource>($"/api/v1/offers/sources/{Azure}/refresh", "");
        (await UntilAsync(second, Azure, _ => true)).LastSuccessAt.ShouldBeNull();
        release.SetResult();
        var source = await UntilAsync(second, Azure, source => source.LastSuccessAt is not null);

        source.NextAttemptAt.ShouldBe(source.LastSuccessAt + TimeSpan.FromHours(12));
        Volatile.Read(ref asked).ShouldBe(1);
    }

    [Fact]
    public async Task A_replica_that_starts_later_does_not_ask_again_before_the_source_is_due()
    {
        await using var server = await FakeHub.StartAsync();
        server.Serve("/azure", AzureRetailTests.Page(null, AzureRetailTests.Item(T4, "eastus", 0.5m)));
        server.Serve("/gcp/v1/services/6F81-5844-456A/skus", "{}");
        await using (var first = await StartAsync(AzureAt(server)))
        {
            await UntilAsync(first, Azure, source => source.LastSuccessAt is not null);
        }

        // The other source shows when the jobs of the later one have run.
        var settings = AzureAt(server);
        settings["ComputeOptimizer:Sources:Gcp:Enabled"] = "true";
        settings["ComputeOptimizer:Sources:Gcp:Endpoint"] = $"{server.Address}gcp";
        settings["GOOGLE_API_KEY"] = "key";
        await using var later = await StartAsync(settings);
        await UntilAsync(later, "gcp-billing", source => source.LastError is not null);
        await UntilAsync(later, Azure, _ => true);

        server.Count("/azure").ShouldBe(1);
    }

    [Fact]
    public async Task Price_lists_of_files_are_imported_on_schedule()
    {
        var file = Path.Combine(_directory, "vms.csv");
        await File.WriteAllTextAsync(file, PriceLists.Aws, TestContext.Current.CancellationToken);
        await using var app = await StartAsync(new Dictionary<string, string?>
        {
            ["ComputeOptimizer:Sources:Files:0:Name"] = "mirror",
            ["ComputeOptimizer:Sources:Files:0:Location"] = file,
            ["ComputeOptimizer:Sources:Files:1:Name"] = "lost",
            ["ComputeOptimizer:Sources:Files:1:Location"] = Path.Combine(_directory, "lost.csv"),
            ["ComputeOptimizer:Sources:Files:1:Every"] = "00:05:00",
        });

        (await UntilAsync(app, "mirror", source => source.LastSuccessAt is not null)).Offers.ShouldBe(6);
        (await UntilAsync(app, "lost", source => source.LastError is not null)).LastError!.Detail.ShouldContain("lost.csv");
    }

    [Theory]
    [InlineData("Azure:Every", "00:01:00", "Every")]
    [InlineData("Azure:Endpoint", "ftp://x", "Endpoint")]
    [InlineData("Files:0:Name", "Azure", "Name")]
    [InlineData("Files:0:Name", "azure-retail", "used twice")]
    [InlineData("Files:0:Location", "relative/vms.csv", "Location")]
    [InlineData("AwsSpot:Regions:0", "../x", "Regions")]
    public async Task Settings_that_cannot_hold_stop_the_start_and_are_named(string name, string value, string told)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ComputeOptimizer:Sources:Files:0:Name"] = "mirror",
            ["ComputeOptimizer:Sources:Files:0:Location"] = Path.Combine(_directory, "vms.csv"),
            [$"ComputeOptimizer:Sources:{name}"] = value,
        };
        await using var app = new OptimizerApp(_directory, ownsDirectory: false, settings);

        (await Should.ThrowAsync<Exception>(async () => await app.InitializeAsync())).Message.ShouldContain(told);
    }

    private static Dictionary<string, string?> AzureAt(FakeHub server) => new()
    {
        ["ComputeOptimizer:Sources:Azure:Enabled"] = "true",
        ["ComputeOptimizer:Sources:Azure:Endpoint"] = $"{server.Address}azure",
    };

    private async Task<OptimizerApp> StartAsync(Dictionary<string, string?> settings, string store = "sqlite")
    {
        if (store == "postgres")
        {
            settings.TryAdd(
                "ConnectionStrings:computeoptimizer", $"{Requires.Setting("TERRADEV_TEST_POSTGRES")};Database=sources_{Guid.NewGuid():N};Connection Idle Lifetime=2;Connection Pruning Interval=1");
        }

        var app = new OptimizerApp(_directory, ownsDirectory: false, settings);
        await app.InitializeAsync();
        return app;
    }

    private static async Task<List<PriceSource>> ListAsync(OptimizerApp app)
    {
        using var response = await app.Client.GetAsync(new Uri("/api/v1/offers/sources", UriKind.Relative));

        // The schema may still be on its way.
        return response.StatusCode == HttpStatusCode.ServiceUnavailable ? [] : await Sources(response);
    }

    private static async Task<List<PriceSource>> Sources(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<List<PriceSource>>(TerradevJson.Options))!;
    }

    private static async Task<PriceSource> UntilAsync(OptimizerApp app, string name, Func<PriceSource, bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if ((await ListAsync(app)).SingleOrDefault(source => source.Name == name) is { } source && holds(source))
            {
                return source;
            }

            await Task.Delay(50, deadline.Token);
        }
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
