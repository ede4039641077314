using System.Globalization;
using System.Net;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class ForecastEnvironmentTests
{
    [Fact]
    public async Task A_running_environment_is_forecast_from_its_start_with_everything_it_bills()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert with { AutoApprove = true, Budget = new Budget { Total = 20 } });
        var ready = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready);
        var run = await app.GetAsync<RunResponse>($"/api/v1/environments/{asked.Id}/runs/1");

        var atDeadline = await app.GetAsync<CostForecast>($"/api/v1/environments/{asked.Id}/forecast");
        atDeadline.EndsAt.ShouldBe(ready.ExpiresAt!.Value);
        atDeadline.PerHour.Expected.ShouldBe(ready.Quote!.PerHour);
        atDeadline.Hours.ShouldBe((decimal)(ready.ExpiresAt.Value - run.StartedAt!.Value).TotalHours, 0.001m);
        atDeadline.Budget!.Left.ShouldBe(20 - atDeadline.Cost.Expected);

        var until = ready.ExpiresAt.Value.AddHours(-1).ToString("O", CultureInfo.InvariantCulture);
        (await app.GetAsync<CostForecast>($"/api/v1/environments/{asked.Name}/forecast?until={Uri.EscapeDataString(until)}")).Hours.ShouldBe(atDeadline.Hours - 1, 0.001m);

        // A machine whose offer is gone goes on at its own price.
        app.Prices.Become((decimal?)null);
        (await app.GetAsync<CostForecast>($"/api/v1/environments/{asked.Id}/forecast")).PerHour.Expected.ShouldBe(ready.Quote.PerHour);
    }

    [Theory]
    [InlineData("nothing/forecast", HttpStatusCode.NotFound)]
    [InlineData("nothing/forecast?until=soon", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_forecast_is_refused(string address, HttpStatusCode status)
    {
        await using var app = await EnvironmentGeneratorApp.StartAsync();
        (await app.Client.GetAsync($"/api/v1/environments/{address}", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(status);
    }
}
