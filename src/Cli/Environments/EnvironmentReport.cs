using Terradev.Cli.Server;
using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Environments;

/// <summary>What `list` and `show` print.</summary>
internal static class EnvironmentReport
{
    public static IReadOnlyList<IReadOnlyList<Span>> Table(IReadOnlyList<EnvironmentResponse> environments, Clock clock, int width) => environments is []
        ? [[new Span("No environments. Make one: terradev up <model> --dataset <dataset>")]]
        : Layout.Table(
            ["NAME", "STATUS", "MODEL", "INSTANCE", "REGION", "PER HOUR", "ENDS", "CREATED"],
            [.. environments.Select(environment => (IReadOnlyList<string>)
            [
                Printable.Line(environment.Name),
                Wire.Name(environment.Status),
                Printable.Line(environment.Model?.Id ?? environment.Request.Model),
                Printable.Line(environment.Quote?.Offer.InstanceType ?? "-"),
                Printable.Line(environment.Quote?.Offer.Region ?? "-"),
                environment.Quote is { } quote ? Format.PerHour(quote.PerHour) : "-",
                environment.ExpiresAt is { } end ? clock.When(end) : "-",
                clock.When(environment.CreatedAt),
            ])],
            width,
            5);

    public static IEnumerable<Entry> Entries(EnvironmentResponse environment, Clock clock, string? home)
    {
        yield return new(
            "name",
            Printable.Line(environment.Name),
            $"{Wire.Name(environment.Status)}{string.Concat(environment.Conditions.Select(condition => ", " + Printable.Line(condition)))}, last change {clock.When(environment.UpdatedAt)}",
            $"id {Printable.Line(environment.Id)}");
        yield return new("owner", Printable.Line(environment.Owner), $"blueprint {Printable.Line(environment.Blueprint)}", $"created {clock.When(environment.CreatedAt)}", Tone.Plain);
        foreach (var entry in UpReport.Sections(environment, clock, home, inFull: true).SelectMany(section => section.Entries))
        {
            yield return entry;
        }

        if (environment.Reason is { } reason)
        {
            var lines = Printable.Lines(reason.Detail).ToList();
            yield return new("reason", Printable.Line(reason.Code), Tone: Tone.Bad);
            foreach (var line in lines)
            {
                yield return new("", line, Tone: Tone.Plain);
            }

            yield return new("next", Printable.Line(reason.NextStep), Tone: Tone.Plain);
        }

        foreach (var entry in UpReport.Ending(environment, clock))
        {
            yield return entry;
        }
    }
}

/// <summary>One event on one line.</summary>
internal static class EventLine
{
    public static IReadOnlyList<Span> Of(StreamedEvent item, Clock clock)
    {
        var time = item.Event is { } known ? clock.When(known.OccurredAt) : "";
        return [new($"{item.Sequence,4}  ", Tone.Faint), new($"{time}  ", Tone.Faint), new(Printable.Line(item.Type), Tone.Strong), new(Said(item.Event))];
    }

    private static string Said(EnvironmentEvent? what) => what switch
    {
        EnvironmentRequested asked => Printable.Line($"  {asked.Model}{(asked.Dataset is null ? "" : " with " + asked.Dataset)}, for {asked.Owner}"),
        EnvironmentGenerated chosen => Printable.Line($"  {chosen.Offer.InstanceType} {Wire.Name(chosen.Offer.Capacity)} in {chosen.Offer.Region}, {Format.PerHour(chosen.PerHour)}, {Format.Total(chosen.AtDeadline)} at the deadline"),
        EnvironmentPlanned planned => $"  {planned.Plan.Add} to add, {planned.Plan.Change} to change, {planned.Plan.Destroy} to destroy",
        EnvironmentAwaitingApproval waiting => $"  {Format.PerHour(waiting.PerHour)}, {Format.Total(waiting.AtDeadline)} at the deadline",
        ProvisioningStarted started => $"  {Wire.Name(started.Kind)}, run {started.Run}",
        ProvisioningProgressed step => "  " + Progress.Of(step) + Printable.Line($" {step.State}{(string.IsNullOrEmpty(step.Message) ? "" : ": " + step.Message)}"),
        EnvironmentReady ready => $"  {Format.PerHour(ready.PerHour)}",
        ProvisioningFailed failed => Printable.Line($"  {failed.Reason.Code}: {failed.Reason.Detail}{(failed.StillExisting.Count == 0 ? "" : $" Still there: {string.Join(", ", failed.StillExisting)}")}"),
        EnvironmentInterrupted interrupted => $"  run {interrupted.Run}",
        EnvironmentDestroyed destroyed => $"  run {destroyed.Run}",
        _ => "",
    };
}
