using System.Globalization;
using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.Cli.Catalog;

/// <summary>What <c>terradev recommend</c> prints.</summary>
internal static class RecommendationReport
{
    private const int ShownRejections = 20;
    private const string NoOtherIsBetter = "*";

    // What the best offers are compared by fits a terminal of 80 columns; the rest takes a wider one.
    private const int WidthOfAll = 120;

    /// <param name="top">Ranked offers to print at most.</param>
    /// <param name="explain">Whether to print what was refused.</param>
    public static IReadOnlyList<IReadOnlyList<Span>> Of(Recommendation recommendation, int top, bool explain, int width)
    {
        var lines = new List<IReadOnlyList<Span>>();
        var shown = recommendation.Ranked.Take(top).ToList();
        if (shown.Count > 0)
        {
            lines.AddRange(Table(shown, [.. recommendation.Pareto.Select(pareto => pareto.Offer)], width));
        }

        lines.Add([new Span(UpReport.Fitting(recommendation), Tone.Strong)]);
        if (shown.Exists(ranked => recommendation.Pareto.Any(pareto => pareto.Offer == ranked.Offer)))
        {
            lines.Add([new Span($"{NoOtherIsBetter} no other offer is better in cost, time and risk together", Tone.Faint)]);
        }

        var others = Almost(recommendation.Almost).Concat(Mixed(recommendation.Mixed)).Concat(explain ? Rejected(recommendation.Rejected) : []);
        lines.AddRange(others.SelectMany(entry => Layout.Fit(entry, width)));
        lines.AddRange(recommendation.Assumptions.SelectMany(assumption => Layout.Break(Printable.Line(assumption), width))
            .Select(line => (IReadOnlyList<Span>)[new Span(line, Tone.Faint)]));
        return lines;
    }

    private static IReadOnlyList<IReadOnlyList<Span>> Table(IReadOnlyList<RankedOffer> shown, HashSet<Offer> pareto, int width) => Layout.Table(
        ["INSTANCE", "REGION", "GPUS", "CAPACITY", "USD/H", "TO FINISH", "HOURS", "RISK", "DEADLINE", "ROOM", "PRICE FROM"],
        [.. shown.Select(ranked => (IReadOnlyList<string>)
        [
            Printable.Line(ranked.Offer.InstanceType) + (pareto.Contains(ranked.Offer) ? $" {NoOtherIsBetter}" : ""),
            Printable.Line(ranked.Offer.Zone ?? ranked.Offer.Region),
            UpReport.Gpus(ranked.Offer.Gpu),
            Wire.Name(ranked.Offer.Capacity),
            string.Create(CultureInfo.InvariantCulture, $"{ranked.Cost.PerHour:#,0.0000}"),
            ranked.Cost.ToFinish is { } toFinish ? Format.Total(toFinish) : "-",
            ranked.Cost.HoursToFinish is { } hours ? Figure((double)hours) : "-",
            ranked.Risk is { } risk ? Figure(risk.ExpectedInterruptions) : "-",
            width >= WidthOfAll && ranked.Cost.AtDeadline is { } atDeadline ? Format.Total(atDeadline) : "-",
            width >= WidthOfAll ? $"{ranked.Fit.HeadroomPercent:0} %" : "-",
            width >= WidthOfAll ? UpReport.PriceSource(ranked.Offer) : "-",
        ])],
        width,
        4,
        5,
        6,
        7,
        8,
        9);

    private static IEnumerable<Entry> Almost(AlmostFits? almost)
    {
        if (almost is null)
        {
            yield break;
        }

        yield return UpReport.Offer("almost", almost.Offer);
        yield return new("", $"{Printable.Line(almost.Code)}: {Printable.Line(almost.Detail)}", Tone: Tone.Plain);
        foreach (var change in almost.Changes)
        {
            yield return new("", $"fits with {Printable.Line(change.Field)} {Printable.Line(change.Value)}", Printable.Line(change.Detail), Tone: Tone.Plain);
        }
    }

    private static IEnumerable<Entry> Mixed(MixedFleet? mixed)
    {
        if (mixed is null)
        {
            yield break;
        }

        yield return new(
            "mixed",
            $"{mixed.OnDemandInstances} on-demand {Printable.Line(mixed.OnDemand.InstanceType)} + {mixed.SpotInstances} spot {Printable.Line(mixed.Spot.InstanceType)}",
            $"{Format.PerHour(mixed.PerHour)}, {mixed.SavingPercent:0} % less than on-demand, {Figure(mixed.InterruptionsPerMonth)} interruptions a month");
        foreach (var reason in mixed.Reasons)
        {
            yield return new("", Printable.Line(reason), Tone: Tone.Faint);
        }
    }

    private static IEnumerable<Entry> Rejected(IReadOnlyList<RejectedOffer> rejected)
    {
        foreach (var (refused, n) in rejected.Take(ShownRejections).Select((refused, n) => (refused, n)))
        {
            yield return new(
                n == 0 ? "refused" : "",
                $"{Printable.Line(refused.Offer.InstanceType)} {Wire.Name(refused.Offer.Capacity)}, {Format.PerHour(refused.Offer.PricePerHour)}",
                $"{Printable.Line(refused.Code)}: {Printable.Line(refused.Detail)}" + (refused.Offers > 1 ? $" ({Format.Count(refused.Offers)} offers)" : ""),
                Tone: Tone.Plain);
        }

        if (rejected.Count > ShownRejections)
        {
            yield return new("", $"and {Format.Count(rejected.Count - ShownRejections)} more; all of them with --output json", Tone: Tone.Faint);
        }
    }

    private static string Figure(double value) => value.ToString(value is > 0 and < 0.1 ? "0.000" : "#,0.0", CultureInfo.InvariantCulture);
}
