using System.Globalization;
using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>What <c>terradev compare</c> and <c>terradev what-if</c> print.</summary>
internal static class AdviceReport
{
    public static IReadOnlyList<IReadOnlyList<Span>> Clouds(CloudComparison comparison, int width)
    {
        var rows = comparison.Clouds.SelectMany(cloud => new[] { (cloud.Cloud, Capacity.OnDemand, Best: cloud.OnDemand), (cloud.Cloud, Capacity.Spot, Best: cloud.Spot) }).ToList();
        var lines = new List<IReadOnlyList<Span>>(Layout.Table(
            ["CLOUD", "CAPACITY", "INSTANCE", "REGION", "GPUS", "USD/H", "TO FINISH", "BESIDE THE BEST"],
            [.. rows.Select(row => (IReadOnlyList<string>)
            [
                Wire.Name(row.Cloud),
                Wire.Name(row.Item2),
                row.Best.Offer is { } best ? Printable.Line(best.Offer.InstanceType) : "-",
                row.Best.Offer is { } place ? Printable.Line(place.Offer.Zone ?? place.Offer.Region) : "-",
                row.Best.Offer is { } gpus ? UpReport.Gpus(gpus.Offer.Gpu) : "-",
                row.Best.Offer is { } price ? PerHour(price.Cost.PerHour) : "-",
                row.Best.Offer?.Cost.ToFinish is { } toFinish ? Format.Total(toFinish) : "-",
                (row.Best.ToFinishPercent ?? row.Best.PerHourPercent) is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:+0.#;-0.#;0} %") : "-",
            ])],
            width,
            5,
            6,
            7));
        lines.AddRange(rows.Where(row => row.Best.WhyNone is not null)
            .SelectMany(row => Layout.Fit(new Entry($"{Wire.Name(row.Cloud)} {Wire.Name(row.Item2)}", "", Printable.Line(row.Best.WhyNone!)), width)));
        return lines;
    }

    public static IReadOnlyList<IReadOnlyList<Span>> Budgets(WhatIf answer, int width)
    {
        var lines = new List<IReadOnlyList<Span>>(Layout.Table(
            ["BUDGET", "INSTANCE", "CAPACITY", "REGION", "USD/H", "TO FINISH", "HOURS"],
            [.. answer.Budgets.Select(budget => Row(PerHour(budget.Budget), budget.Choice))],
            width,
            0,
            4,
            5,
            6));
        lines.Add([new Span($"Nothing fits below {PerHour(answer.SmallestBudget)} USD. The choice changes at:", Tone.Strong)]);
        lines.AddRange(Layout.Table(
            ["FROM", "INSTANCE", "CAPACITY", "REGION", "USD/H", "TO FINISH", "HOURS"],
            [.. answer.Changes.Select(change => Row(PerHour(change.From), change.Choice))],
            width,
            0,
            4,
            5,
            6));
        return lines;
    }

    private static IReadOnlyList<string> Row(string budget, BudgetChoice? choice) =>
    [
        budget,
        choice is null ? "nothing fits" : Printable.Line(choice.Offer.InstanceType),
        choice is null ? "-" : Wire.Name(choice.Offer.Capacity),
        choice is null ? "-" : Printable.Line(choice.Offer.Zone ?? choice.Offer.Region),
        choice is null ? "-" : PerHour(choice.Cost.PerHour),
        choice?.Cost.ToFinish is { } toFinish ? Format.Total(toFinish) : "-",
        choice?.Cost.HoursToFinish is { } hours ? string.Create(CultureInfo.InvariantCulture, $"{hours:#,0.0}") : "-",
    ];

    private static string PerHour(decimal usd) => string.Create(CultureInfo.InvariantCulture, $"{usd:#,0.0000}");
}
