using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Prices;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Testing;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class ImportPricesTests : IDisposable
{
    private static readonly DateTimeOffset AsOf = new(2026, 8, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly InstanceShape G4 = InstanceShapes.Find(Cloud.Aws, "g4dn.xlarge")!;

    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-imports-").FullName;
    private readonly string _database = $"offers_{Guid.NewGuid():N}";

    public static TheoryData<string> Stores => ["sqlite", "postgres"];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Replicas_that_import_at_once_take_turns_without_a_gap(string store)
    {
        await using var first = await StartAsync(store);
        await using var second = await StartAsync(store);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(turn => ImportAsync(turn % 2 == 0 ? first : second, Row(0.5m + (turn * 0.01m)))));

        await using var scope = first.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ComputeOptimizerDb>();
        var imports = await db.Snapshots.Where(snapshot => snapshot.Source == "live").OrderBy(snapshot => snapshot.Id).ToListAsync();
        imports.Select(snapshot => snapshot.Sequence).ShouldBe(Enumerable.Range(1, 10).Select(n => (long)n));
        imports.Sum(snapshot => snapshot.Added).ShouldBe(1);
        imports.Sum(snapshot => snapshot.Changed).ShouldBe(9);
        (await db.Outbox.Where(message => message.Subject == "live").OrderBy(message => message.Sequence).Select(message => message.Sequence).ToListAsync())
            .ShouldBe(Enumerable.Range(1, 10).Select(n => (long)n));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_another_replica_imported_is_found_in_the_store(string store)
    {
        await using var first = await StartAsync(store);
        using var other = new CurrentPrices();
        await RefreshAsync(first, other);

        await ImportAsync(first, Row(0.5m), Row(0.6m, "eu-west-1"));
        (await RefreshAsync(first, other))["live"].Rows.Select(row => row.PricePerHour).ShouldBe([0.5m, 0.6m], ignoreOrder: true);
        await ImportAsync(first, Row(0.7m));
        (await RefreshAsync(first, other))["live"].Rows.ShouldHaveSingleItem().PricePerHour.ShouldBe(0.7m);
        await ImportAsync(first, Row(0.7m), Row(0.6m, "eu-west-1"));

        // A process that starts now reads the last row of each key, tombstones or not.
        using var late = new CurrentPrices();
        var now = (await RefreshAsync(first, late))["live"];
        now.Snapshot.Sequence.ShouldBe(3);
        now.Rows.Select(row => row.PricePerHour).ShouldBe([0.7m, 0.6m], ignoreOrder: true);
        (await RefreshAsync(first, other))["live"].Rows.Select(row => (row.PricePerHour, row.Region, Shape: row.Shape()))
            .ShouldBe(now.Rows.Select(row => (row.PricePerHour, row.Region, Shape: row.Shape())), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Rows_come_back_from_the_store_as_they_were(string store)
    {
        await using var app = await StartAsync(store);
        var row = OfferRow.Of(G4, "us-east-1", "use1-az1", Capacity.Spot, 0.123456m, PriceConfidence.Estimate, "made up of \"quotes\" and ünïcode", AsOf.AddMilliseconds(5));

        await ImportAsync(app, row);
        using var late = new CurrentPrices();

        (await RefreshAsync(app, late))["live"].Rows.ShouldHaveSingleItem().SaysTheSameAs(row).ShouldBeTrue();
    }

    [Fact]
    public async Task A_snapshot_that_confirms_a_price_makes_it_fresh_without_a_row()
    {
        await using var app = await StartAsync("sqlite");
        await ImportAsync(app, Row(0.5m));
        await ImportAsync(app, AsOf.AddDays(5), Row(0.5m));
        using var late = new CurrentPrices();

        var offers = WinningOffers.Of([(await RefreshAsync(app, late))["live"]]);

        offers.Offers.ShouldHaveSingleItem().Offer.AsOf.ShouldBe(AsOf.AddDays(5));
        await using var scope = app.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<ComputeOptimizerDb>().Offers.CountAsync(row => row.PriceSource == "test")).ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_of_which_nothing_is_believed_stores_nothing()
    {
        await using var app = await StartAsync("sqlite");
        await ImportAsync(app, Row(0.5m));

        var refused = await Should.ThrowAsync<PriceSourceException>(() => ImportAsync(app, Row(526m)));

        refused.Refusal.Code.ShouldBe(RefusalCodes.NoPrices);
        using var late = new CurrentPrices();
        (await RefreshAsync(app, late))["live"].Snapshot.Sequence.ShouldBe(1);
    }

    [Fact]
    public void The_rules_hold_for_sources_without_lines_too()
    {
        var checkedPrices = PriceRules.Check(Batch(
            AsOf, Row(0.5m), OfferRow.Of(G4, "us-east-1", "use1-az1", Capacity.Spot, 0.5m, PriceConfidence.Listed, "test"),
            OfferRow.Of(G4, "us-east-1", "use1-az2", Capacity.Spot, 0.2m, PriceConfidence.Listed, "test"), Row(0.00001m, "eu-west-1"), Row(0.5m)));

        checkedPrices.Offers.Select(offer => offer.PricePerHour).ShouldBe([0.5m, 0.2m]);
        checkedPrices.Taken.ShouldBe(5);
        checkedPrices.Quarantine.ByRule.ShouldBe(
            new Dictionary<string, int> { [QuarantineRules.BadPrice] = 1, [QuarantineRules.SpotNotBelowOnDemand] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void The_shipped_catalogue_obeys_the_rules()
    {
        var batch = BuiltInCatalog.Load().ToBatch();

        PriceRules.Check(batch).ShouldSatisfyAllConditions(kept => kept.Offers.Count.ShouldBe(batch.Offers.Count), kept => kept.Quarantine.Count.ShouldBe(0));
    }

    [Fact]
    public void Of_many_faults_all_are_counted_and_the_first_kept()
    {
        var quarantine = new Quarantine();
        for (var line = 1; line <= 5000; line++)
        {
            quarantine.Add(new QuarantinedPrice(line, null, null, null, QuarantineRules.BadPrice, "x"));
        }

        quarantine.First.Count.ShouldBe(1000);
        quarantine.Further().ShouldBe(new Dictionary<string, int> { [QuarantineRules.BadPrice] = 4000 });
        var again = new Quarantine();
        again.AddAll(quarantine.First, quarantine.Further());
        again.Count.ShouldBe(5000);
    }

    private async Task<OptimizerApp> StartAsync(string store)
    {
        var settings = new Dictionary<string, string?>();
        if (store == "postgres")
        {
            settings["ConnectionStrings:computeoptimizer"] = $"{Requires.Setting("TERRADEV_TEST_POSTGRES")};Database={_database};Connection Idle Lifetime=2;Connection Pruning Interval=1";
        }

        var app = new OptimizerApp(_directory, ownsDirectory: false, settings);
        await app.InitializeAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await app.Services.GetRequiredService<OfferBook>().CurrentAsync(deadline.Token);
        return app;
    }

    private static Task<PriceImportReport> ImportAsync(OptimizerApp app, params OfferRow[] rows) => ImportAsync(app, AsOf, rows);

    private static async Task<PriceImportReport> ImportAsync(OptimizerApp app, DateTimeOffset asOf, params OfferRow[] rows)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ImportPrices>().ImportAsync("live", null, Batch(asOf, rows), default);
    }

    private static async Task<IReadOnlyDictionary<string, SourcePrices>> RefreshAsync(OptimizerApp app, CurrentPrices current)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await current.RefreshAsync(scope.ServiceProvider.GetRequiredService<ComputeOptimizerDb>(), default);
    }

    private static PriceBatch Batch(DateTimeOffset asOf, params OfferRow[] rows) => new(asOf, rows, rows.Length, rows.Length, 0, []);

    private static OfferRow Row(decimal price, string region = "us-east-1") => OfferRow.Of(G4, region, null, Capacity.OnDemand, price, PriceConfidence.Listed, "test");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
