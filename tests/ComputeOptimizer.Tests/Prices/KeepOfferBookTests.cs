using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ComputeOptimizer.Offers;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class KeepOfferBookTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("terradev-prices-").FullName;

    [Fact]
    public async Task The_catalogue_is_stored_once_however_often_the_service_starts()
    {
        for (var start = 0; start < 2; start++)
        {
            await using var app = new OptimizerApp(_directory, ownsDirectory: false);
            await app.InitializeAsync();

            (await OffersOf(app)).Offers.Count.ShouldBe(Catalog.Rows.Count);
            (await CountsOf(app)).ShouldBe((1, Catalog.Rows.Count));
        }
    }

    [Fact]
    public async Task Replicas_that_start_together_store_it_once()
    {
        await using var first = new OptimizerApp(_directory, ownsDirectory: false);
        await using var second = new OptimizerApp(_directory, ownsDirectory: false);
        await using var third = new OptimizerApp(_directory, ownsDirectory: false);
        await Task.WhenAll(first.InitializeAsync().AsTask(), second.InitializeAsync().AsTask(), third.InitializeAsync().AsTask());

        foreach (var app in new[] { first, second, third })
        {
            (await OffersOf(app)).Offers.Count.ShouldBe(Catalog.Rows.Count);
        }

        (await CountsOf(first)).ShouldBe((1, Catalog.Rows.Count));
    }

    [Fact]
    public async Task What_comes_back_from_the_store_is_what_the_file_says()
    {
        await using var app = new OptimizerApp(_directory, ownsDirectory: false);
        await app.InitializeAsync();

        (await OffersOf(app)).Offers.ShouldBe(Catalog.Snapshot.Offers, ignoreOrder: true);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    private static async Task<OfferSnapshot> OffersOf(OptimizerApp app)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await app.Services.GetRequiredService<OfferBook>().CurrentAsync(deadline.Token);
    }

    private static async Task<(int Snapshots, int Offers)> CountsOf(OptimizerApp app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ComputeOptimizerDb>();
        return (await db.Snapshots.CountAsync(), await db.Offers.CountAsync());
    }
}
