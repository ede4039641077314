using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Tests.Prices;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Tests.Advice;

public sealed class ForecastHistoryTests(OptimizerApp app) : IClassFixture<OptimizerApp>
{
    [Fact]
    public async Task Spot_prices_of_the_last_30_days_widen_the_range()
    {
        var now = TimeProvider.System.GetUtcNow();
        await ImportAsync("0.05", now.AddDays(-40));
        await ImportAsync("0.15", now.AddDays(-20));
        await ImportAsync("0.25", now.AddDays(-1));

        var (status, forecast) = await app.PostAsync<CostForecast>("/api/v1/advice/forecast", """
            { "cloud": "aws", "region": "us-east-1", "zone": "use1-az1", "instanceType": "g4dn.xlarge", "capacity": "spot",
              "startedAt": "2026-09-01T00:00:00Z", "until": "2026-09-01T10:00:00Z" }
            """);

        status.ShouldBe(200);
        forecast.PerHour.ShouldBe(new CostRange(0.25m, 0.15m, 0.526m));
        forecast.Cost.ShouldBe(new CostRange(2.5m, 1.5m, 5.26m));
        forecast.Inputs.Single(input => input.Name == "priceLow").Source.ShouldContain(FormattableString.Invariant($"{now.AddDays(-20):yyyy-MM-dd}, use1-az1"));
    }

    private async Task ImportAsync(string spot, DateTimeOffset asOf)
    {
        using var content = new StringContent(PriceLists.AwsRow(spot: spot), Encoding.UTF8, "text/csv");
        using var response = await app.Client.PostAsync(new Uri(FormattableString.Invariant($"/api/v1/offers/import?cloud=aws&asOf={asOf:yyyy-MM-ddTHH:mm:ssZ}"), UriKind.Relative), content);
        var report = (await response.Content.ReadFromJsonAsync<PriceImportReport>(TerradevJson.Options))!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var book = app.Services.GetRequiredService<OfferBook>();
        while ((await book.CurrentAsync(deadline.Token)).Id < report.Snapshot)
        {
            await Task.Yield();
            deadline.Token.ThrowIfCancellationRequested();
        }
    }
}
