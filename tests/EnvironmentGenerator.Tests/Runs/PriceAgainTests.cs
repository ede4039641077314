using System.Net;
using System.Net.Http.Json;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.EnvironmentGenerator.Tests.Runs;

/// <summary>Prices move between the quote and the apply.</summary>
public sealed class PriceAgainTests
{
    private static readonly EnvironmentRequest AutoApproved = EnvironmentGeneratorApp.Bert with { AutoApprove = true };

    [Fact]
    public async Task A_price_that_rose_after_the_approval_asks_for_another_one()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        var waiting = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.AwaitingApproval);
        waiting.Quote!.Snapshot.ShouldBe(7);

        app.Prices.Become(0.2894m);
        await ApproveAsync(app, asked.Id);
        var again = await app.UntilAsync(asked.Id, e => e.Quote!.Snapshot == 8);
        again.Status.ShouldBe(EnvironmentStatus.AwaitingApproval);
        again.Quote!.PerHour.ShouldBe(waiting.Quote.PerHour + 0.1m);
        again.LastSequence.ShouldBe(waiting.LastSequence + 1);
        (await app.GetAsync<RunResponse>($"/api/v1/environments/{asked.Id}/runs/1")).DecidedBy.ShouldBeNull();
        terraform.Calls.ShouldNotContain(call => call.StartsWith("apply", StringComparison.Ordinal));

        await ApproveAsync(app, asked.Id);
        (await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready)).Quote!.PerHour.ShouldBe(again.Quote.PerHour);
    }

    [Theory]
    [InlineData("0.1994")]
    [InlineData("0.0500")]
    public async Task A_price_that_rose_by_little_or_fell_is_applied_and_quoted(string price)
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert);
        await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.AwaitingApproval);
        app.Prices.Become(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture));
        await ApproveAsync(app, asked.Id);
        (await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready)).Quote!.Offer.PricePerHour.ShouldBe(app.Prices.Next());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_price_above_the_budget_is_not_paid(bool autoApprove)
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        if (autoApprove)
        {
            app.Prices.Become(0.1920m);
        }

        var asked = await app.RequestAsync(EnvironmentGeneratorApp.Bert with { AutoApprove = autoApprove, Budget = new Budget { MaxHourly = 0.1900m } });
        if (!autoApprove)
        {
            await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.AwaitingApproval);
            app.Prices.Become(0.1920m);
            await ApproveAsync(app, asked.Id);
        }

        var failed = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Failed);
        failed.Reason!.Code.ShouldBe(RefusalCodes.BudgetExceeded);
        (await app.GetAsync<RunResponse>($"/api/v1/environments/{asked.Id}/runs/1")).Status.ShouldBe(RunStatus.BudgetDenied);
        terraform.Calls.ShouldNotContain(call => call.StartsWith("apply", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_automatic_approval_stands_while_the_budget_holds()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        app.Prices.Become(0.2894m);
        var asked = await app.RequestAsync(AutoApproved);
        (await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready)).Quote!.Offer.PricePerHour.ShouldBe(0.2894m);
    }

    [Fact]
    public async Task An_offer_that_is_gone_is_chosen_anew()
    {
        using var terraform = new FakeTerraform();
        await using var app = await EnvironmentGeneratorApp.StartAsync(terraform.Settings);
        app.Prices.Become(null, FakeServices.Price);
        var asked = await app.RequestAsync(AutoApproved);
        var ready = await app.UntilAsync(asked.Id, e => e.Status == EnvironmentStatus.Ready);
        ready.Quote!.Id.ShouldNotBe(asked.Quote!.Id);
        ready.LastRun.ShouldBe(1);
    }

    private static async Task ApproveAsync(EnvironmentGeneratorApp app, string id) =>
        (await app.Client.PostAsync($"/api/v1/environments/{id}/approve", null, TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
}
