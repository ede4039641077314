using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class EnvironmentPriceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RankedOffer Choice = new(
        FakeServices.Offer(), new OfferFit(1, 2, 50, 1, 1), new OfferCost(0.1894m, 0.35m, 2.2728m, 2m), []);

    [Fact]
    public void The_quote_counts_the_volume_and_the_address_too()
    {
        var quote = EnvironmentPrice.Quote(Choice, 7, 100, 10, Now);
        quote.Lines.Sum(line => line.PerHour).ShouldBe(quote.PerHour);
        quote.PerHour.ShouldBe(0.1894m + 0.0110m + 0.005m);
        quote.AtDeadline.ShouldBe(quote.PerHour * 10);
        quote.ToFinish.ShouldBe(quote.PerHour * 2);
        quote.ValidUntil.ShouldBe(Now.AddHours(1));
    }

    [Fact]
    public void A_budget_that_holds_the_machine_but_not_the_whole_is_exceeded()
    {
        var quote = EnvironmentPrice.Quote(Choice, 7, 100, 10, Now);
        ChooseOffer.OverBudget(quote, new Budget { Total = 1.9m })!.Code.ShouldBe("budget-exceeded");
        ChooseOffer.OverBudget(quote, new Budget { Total = 2.06m }).ShouldBeNull();
        ChooseOffer.OverBudget(quote, new Budget { MaxHourly = 0.1893m })!.Code.ShouldBe("budget-exceeded");
        ChooseOffer.OverBudget(quote, new Budget { MaxHourly = 0.1894m }).ShouldBeNull();
        ChooseOffer.OverBudget(quote, null).ShouldBeNull();
    }

    [Fact]
    public void A_price_that_moved_moves_everything_that_rests_on_it_and_not_the_time_it_holds()
    {
        var quote = EnvironmentPrice.Quote(Choice, 7, 100, 10, Now);
        var later = EnvironmentPrice.At(quote, FakeServices.Offer() with { PricePerHour = 0.2894m, Source = "newer prices" }, 8);
        later.PerHour.ShouldBe(quote.PerHour + 0.1m);
        later.AtDeadline.ShouldBe(later.PerHour * 10);
        later.ToFinish.ShouldBe(later.PerHour * 2);
        (later.Lines[0].PerHour, later.Lines[0].Source).ShouldBe((0.2894m, "newer prices"));
        (quote.Snapshot, later.Snapshot).ShouldBe((7, 8));
        (later.Id, later.ValidUntil).ShouldBe((quote.Id, quote.ValidUntil));
    }

    [Fact]
    public void The_root_volume_holds_image_model_and_dataset() =>
        // 3 GiB of disk for the model, 83 MB packed and 133 MB unpacked: 3.2, rounded up, beside 75 of the image.
        EnvironmentPrice.RootVolumeGiB(FakeServices.Requirements, FakeServices.Dataset).ShouldBe(79);
}
