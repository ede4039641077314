using System.CommandLine;
using Terradev.Cli.Server;
using Terradev.Cli.Terminal;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.Cli.Models;

/// <summary><c>terradev sync</c>: takes over the catalogues of model hubs.</summary>
internal sealed class SyncCommand : Command
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Argument<string[]> _sources = new("source") { Description = "The hubs, such as huggingface; all when left out.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _full = new("--full") { Description = "Take over everything again instead of what changed." };
    private readonly Option<bool> _wait = new("--wait") { Description = "Follow it to its end; ends with 1 where a hub failed." };
    private readonly Option<bool> _status = new("--status") { Description = "Only show how far it is." };

    public SyncCommand()
        : base("sync", "Take over the catalogues of the model hubs in the background.")
    {
        Add(_sources);
        Add(_full);
        Add(_wait);
        Add(_status);
        this.Runs(RunAsync);
    }

    private async Task<int> RunAsync(Session session, CancellationToken cancellationToken)
    {
        var server = await session.ServerAsync(cancellationToken);
        var sources = session.Parse.GetValue(_sources) is { Length: > 0 } named ? named : null;
        var page = session.Parse.GetValue(_status)
            ? await server.Client.SyncStatesAsync(cancellationToken)
            : await server.Client.SyncAsync(new SyncRequest { Sources = sources, Full = session.Parse.GetValue(_full) }, cancellationToken);
        if (session.Parse.GetValue(_wait))
        {
            page = await session.Screen.WhileAsync("taking over", say => FollowAsync(server.Client, page, sources, session.Time, say, cancellationToken));
        }

        page = page with { Items = [.. Asked(page, sources)] };
        if (session.Json)
        {
            session.Document(page);
        }
        else
        {
            session.Screen.Lines(SyncReport.Lines(page.Items, Clock.Of(session.Time), session.Screen.Width));
            if (server.IsEmbedded && page.Items.Any(IsOpen))
            {
                session.Screen.Aside("It stops with this command and goes on when the server runs again; --wait follows it to its end.", Tone.Warning);
            }
        }

        return session.Parse.GetValue(_wait) && page.Items.Any(state => state.Status is SyncStatus.Failed) ? ExitCodes.Refused : ExitCodes.Done;
    }

    private static async Task<Page<SyncState>> FollowAsync(
        TerradevClient client, Page<SyncState> page, string[]? sources, TimeProvider time, Action<string> say, CancellationToken cancellationToken)
    {
        while (Asked(page, sources).Where(IsOpen).ToArray() is { Length: > 0 } open)
        {
            say(string.Join("; ", open.Select(SyncReport.Progress)));
            await Task.Delay(Pause, time, cancellationToken);
            page = await client.SyncStatesAsync(cancellationToken);
        }

        return page;
    }

    private static IEnumerable<SyncState> Asked(Page<SyncState> page, string[]? sources) => page.Items.Where(state => sources is null || sources.Contains(state.Source));

    private static bool IsOpen(SyncState state) => state.Status is SyncStatus.Queued or SyncStatus.Running or SyncStatus.Waiting;
}

/// <summary>What <c>terradev sync</c> prints.</summary>
internal static class SyncReport
{
    public static IReadOnlyList<IReadOnlyList<Span>> Lines(IReadOnlyList<SyncState> states, Clock clock, int width)
    {
        var lines = new List<IReadOnlyList<Span>>(Layout.Table(
            ["SOURCE", "STATUS", "SEEN", "NEW", "KNOWN", "SKIPPED", "LAST COMPLETE"],
            [.. states.Select(state => (IReadOnlyList<string>)
            [
                Printable.Line(state.Source), Wire.Name(state.Status), Format.Count(state.Seen), Format.Count(state.Added), Format.Count(state.Updated), Format.Count(state.Skipped),
                state.LastCompleteAt is { } complete ? clock.When(complete) : "never",
            ])],
            width,
            2,
            3,
            4,
            5));
        foreach (var state in states)
        {
            if (state.Reason is { } reason)
            {
                var until = state.WaitUntil is { } wait ? $" It waits until {clock.When(wait)}." : "";
                lines.AddRange(Say($"{state.Source}: {reason}{until}", state.Status is SyncStatus.Failed ? Tone.Bad : Tone.Warning));
            }

            lines.AddRange(state.SkippedReasons.SelectMany(skipped => Say($"{state.Source}: skipped: {skipped}", Tone.Faint)));
        }

        return lines;

        IEnumerable<IReadOnlyList<Span>> Say(string text, Tone tone) => Layout.Break(Printable.Line(text), width).Select(line => (IReadOnlyList<Span>)[new Span(line, tone)]);
    }

    public static string Progress(SyncState state) => $"{state.Source}: {Wire.Name(state.Status)}, {Format.Count(state.Seen)} seen";
}
