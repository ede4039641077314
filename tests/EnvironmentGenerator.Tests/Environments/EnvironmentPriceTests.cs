using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class EnvironmentPriceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RankedOffer Choice = new(
        FakeServices.Offer(), new OfferFit(1, 2, 50, 1, 1), new OfferCost(0.1894m, 0.35m, 2.2728m, 2m), []);

    // One machine with 100 GiB and an address; metrics, logs, dashboard and files are the least there is.
    private static readonly EnvironmentShape Plain = new() { RootVolumeGiB = 100, Alarms = false, FlowLogs = false };

    [Fact]
    public void The_quote_counts_the_volume_and_the_address_too()
    {
        var quote = EnvironmentPrice.Quote(Choice, 7, Plain, 10, Now);
        quote.Lines.Sum(line => line.PerHour).ShouldBe(quote.PerHour);
        quote.Lines.Sum(line => line.PerMonth).ShouldBe(quote.PerMonth);
        // 17 metrics, 1 GB of logs, a dashboard, a key.
        quote.PerHour.ShouldBe(0.1894m + 0.0110m + 0.005m + 0.0070m + 0.0007m + 0.0041m + 0.0014m);
        quote.PerMonth.ShouldBe(138.26m + 8.00m + 3.65m + 5.10m + 0.50m + 3.00m + 1.00m);
        quote.AtDeadline.ShouldBe(quote.PerHour * 10);
        quote.ToFinish.ShouldBe(quote.PerHour * 2);
        quote.ValidUntil.ShouldBe(Now.AddHours(1));
    }

    [Fact]
    public void A_budget_that_holds_the_machine_but_not_the_whole_is_exceeded()
    {
        var quote = EnvironmentPrice.Quote(Choice, 7, Plain, 10, Now);
        ChooseOffer.OverBudget(quote, new Budget { Total = 1.9m })!.Code.ShouldBe("budget-exceeded");
        ChooseOffer.OverBudget(quote, new Budget { Total = 2.19m }).ShouldBeNull();
        ChooseOffer.OverBudget(quote, new Budget { MaxHourly = 0.1893m })!.Code.ShouldBe("budget-exceeded");
        ChooseOffer.OverBudget(quote, new Budget { MaxHourly = 0.1894m }).ShouldBeNull();
        ChooseOffer.OverBudget(quote, null).ShouldBeNull();
    }

    [Fact]
    public void Every_line_names_its_source_and_what_is_assumed()
    {
        var everything = Shape("workstation", """{"file_system":true,"hub_token":true,"container_registry":true,"nat_gateway":true,"private_subnets":true}""") with { LoadBalancer = true, InterfaceEndpoints = 6 };
        var lines = EnvironmentParts.OfMachines(everything, 2).Concat(EnvironmentParts.OfEnvironment(everything)).ToList();
        lines.ShouldAllBe(line => line.Source.StartsWith("list price ", StringComparison.Ordinal) && line.Source.Contains(" USD per ", StringComparison.Ordinal));
        lines.Select(line => line.Item).ShouldBeUnique();
        lines.Single(line => line.Item == "NAT gateway").ShouldSatisfyAllConditions(line => line.PerHour.ShouldBe(0.045m), line => line.PerMonth.ShouldBe(32.85m));
        lines.Single(line => line.Item == "1 secret").ShouldSatisfyAllConditions(line => line.PerHour.ShouldBe(0.0005m), line => line.PerMonth.ShouldBe(0.40m));
        lines.Where(line => line.Item.Contains("none counted", StringComparison.Ordinal)).ShouldAllBe(line => line.PerHour == 0 && line.PerMonth == 0);
    }

    [Fact]
    public void Several_machines_are_counted_with_everything_each_brings_along()
    {
        var one = EnvironmentPrice.Quote(Choice, 7, Shape("fleet", """{"max_size":1}"""), 10, Now);
        var four = EnvironmentPrice.Quote(Choice, 7, Shape("fleet", """{"desired_size":4,"max_size":4}"""), 10, Now);
        four.Lines[0].Item.ShouldBe("4 x g4dn.xlarge spot");
        four.Lines[0].PerHour.ShouldBe(4 * 0.1894m);
        Item(four, "4 x 79 GiB gp3 root volume").PerMonth.ShouldBe(4 * Item(one, "79 GiB gp3 root volume").PerMonth);
        Item(four, "4 x public IPv4 address").PerHour.ShouldBe(0.02m);
        (four.AtDeadline, four.MostPerHour).ShouldBe((four.PerHour * 10, four.PerHour));
    }

    [Theory]
    [InlineData("""{}""", 1, 4)]
    [InlineData("""{"desired_size":0,"max_size":2}""", 0, 2)]
    [InlineData("""{"max_size":"16"}""", 1, 16)]
    public void A_budget_must_hold_a_fleet_at_its_greatest(string variables, int machines, int most)
    {
        var shape = Shape("fleet", variables);
        (shape.Machines, shape.MostMachines).ShouldBe((machines, most));
        var quote = EnvironmentPrice.Quote(Choice, 7, shape, 10, Now);
        var greatest = EnvironmentPrice.Quote(Choice, 7, shape with { Machines = most }, 10, Now);
        quote.PerHour.ShouldBeLessThan(greatest.PerHour);
        quote.MostPerHour.ShouldBe(greatest.PerHour);
        quote.AtDeadline.ShouldBe(greatest.AtDeadline);
        ChooseOffer.OverBudget(quote, new Budget { Total = greatest.AtDeadline - 0.01m })!.Code.ShouldBe("budget-exceeded");

        var offer = FakeServices.Offer() with { PricePerHour = 0.2894m };
        var moved = EnvironmentPrice.At(quote, offer, 8);
        moved.PerHour.ShouldBe(quote.PerHour + (0.1m * machines));
        moved.MostPerHour.ShouldBe(EnvironmentPrice.At(greatest, offer, 8).PerHour);
        moved.AtDeadline.ShouldBe(moved.MostPerHour * 10);
    }

    [Theory]
    [InlineData("training", """{"private_subnets":true}""", "6 interface endpoints of Systems Manager", "public IPv4 address")]
    [InlineData("training", """{"private_subnets":true,"nat_gateway":"true"}""", "NAT gateway", "6 interface endpoints of Systems Manager")]
    [InlineData("training", """{"nat_gateway":true,"existing_network":{}}""", "public IPv4 address", "NAT gateway")]
    [InlineData("training", """{"existing_network":{}}""", "dashboard", "1 GB of flow logs a month, assumed")]
    [InlineData("training", """{"existing_network":null}""", "1 GB of flow logs a month, assumed", "load balancer")]
    [InlineData("training", """{"data_volume_gib":200}""", "200 GiB gp3 data volume", "200 GiB of snapshots, one full copy assumed")]
    [InlineData("workstation", """{}""", "100 GiB of snapshots, one full copy assumed", "10 GB on the file system, assumed")]
    [InlineData("workstation", """{"snapshots":false,"file_system":true}""", "10 GB on the file system, assumed", "100 GiB of snapshots, one full copy assumed")]
    [InlineData("fleet", """{"alarms":false}""", "10 GB on the file system, assumed", "8 alarms")]
    [InlineData("inference", """{"hub_token":true}""", "1 secret", "load balancer")]
    public void Blueprint_and_options_decide_what_is_paid_for(string blueprint, string variables, string paid, string not)
    {
        var items = EnvironmentPrice.Quote(Choice, 7, Shape(blueprint, variables), 10, Now).Lines.Select(line => line.Item).ToList();
        items.ShouldContain(paid);
        items.ShouldNotContain(not);
    }

    [Fact]
    public void A_quote_of_an_earlier_time_is_read_as_that_of_one_machine()
    {
        const string json = """{"id":"q","lines":[{"item":"g4dn.xlarge spot","perHour":0.2,"source":"s","asOf":"2026-01-01"}],"perHour":0.2,"toFinish":null,"atDeadline":2,"maxRuntimeHours":10,"createdAt":"2026-01-01T00:00:00Z","validUntil":"2026-01-01T01:00:00Z"}""";
        var quote = JsonSerializer.Deserialize<Quote>(json, TerradevJson.Options)! with { Offer = FakeServices.Offer() };
        (quote.Machines, quote.MostMachines, quote.MostPerHour, quote.PerMonth, quote.Lines[0].PerMonth).ShouldBe((1, 1, 0.2m, 146, 146));
    }

    [Fact]
    public void A_price_that_moved_moves_everything_that_rests_on_it_and_not_the_time_it_holds()
    {
        var quote = EnvironmentPrice.Quote(Choice, 7, Plain, 10, Now);
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

    private static EnvironmentShape Shape(string blueprint, string variables) => EnvironmentShape.Of(
        new EnvironmentRequest { Blueprint = blueprint, Variables = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(variables) }, Choice.Offer, FakeServices.Requirements, FakeServices.Dataset);

    private static QuoteLine Item(Quote quote, string item) => quote.Lines.Single(line => line.Item == item);
}
