using Terradev.Cli.Server;
using Terradev.Cli.Terminal;
using Terradev.Cli.Up;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;

namespace Terradev.Cli.Environments;

/// <summary>
/// Follows an environment to the point where nothing more happens by itself: prints what becomes known on the way, asks for
/// approval, and ends with the exit code.
/// </summary>
/// <param name="fromRun">Only this run and later ones end the watch; an earlier one may still be on its way out.</param>
/// <param name="approve">Approve without asking.</param>
internal sealed class Watch(Session session, ServerConnection server, EnvironmentResponse start, int fromRun, bool approve)
{
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);
    private readonly RunLog _log = new(session, server.Client);
    private EnvironmentResponse _environment = start;
    private bool _isPlanned;

    private enum Pause
    {
        Settled,
        Failed,
        Approval,
    }

    /// <summary>Reads the events after <paramref name="after"/> until the end.</summary>
    public async Task<int> RunAsync(long after, CancellationToken cancellationToken)
    {
        try
        {
            await using var events = server.Client.FollowAsync(_environment.Id, after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            var pause = await NextPauseAsync(events, cancellationToken);
            while (pause == Pause.Approval)
            {
                if (await DecideAsync(cancellationToken) is { } exitCode)
                {
                    return exitCode;
                }

                pause = await NextPauseAsync(events, cancellationToken);
            }

            return pause == Pause.Settled ? End(ExitCodes.Done) : Fail();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            SayWhereItStands();
            throw;
        }
    }

    private async Task<Pause> NextPauseAsync(IAsyncEnumerator<StreamedEvent> events, CancellationToken cancellationToken) =>
        _environment.Status == EnvironmentStatus.Destroyed
            ? Pause.Settled
            : await session.Screen.WhileAsync(Progress.Of(_environment.Status), async doing =>
            {
                while (await events.MoveNextAsync())
                {
                    await _log.PrintNewAsync(_environment.Id, events.Current, cancellationToken);
                    if (events.Current.Event is ProvisioningProgressed step)
                    {
                        doing(Progress.Of(step));
                        continue;
                    }

                    _environment = await server.Client.GetAsync(_environment.Id, cancellationToken);
                    _isPlanned |= events.Current.Event is EnvironmentPlanned planned && planned.Run >= fromRun;
                    Report();
                    doing(Progress.Of(_environment.Status));
                    if (PauseAt(events.Current.Event) is { } pause)
                    {
                        return pause;
                    }
                }

                throw new InvalidOperationException("The events ended before the environment settled.");
            });

    private Pause? PauseAt(EnvironmentEvent? what) => what switch
    {
        EnvironmentPlanned { Rehearsal: true } planned when planned.Run >= fromRun => Pause.Settled,
        EnvironmentAwaitingApproval waiting when waiting.Run >= fromRun && _environment.Status == EnvironmentStatus.AwaitingApproval => Pause.Approval,
        EnvironmentReady ready when ready.Run >= fromRun => Pause.Settled,
        EnvironmentDestroyed => Pause.Settled,
        ProvisioningFailed failed when failed.Run >= fromRun => Pause.Failed,
        _ => null,
    };

    /// <summary>Prints the sections that were not known before.</summary>
    private void Report()
    {
        if (session.Json || _environment.Desired == DesiredState.Destroyed)
        {
            return;
        }

        // The plan of an earlier run says nothing about this one.
        var known = _isPlanned ? _environment : _environment with { Plan = null };
        foreach (var section in UpReport.Sections(known, Clock.Of(session.Time), Home, inFull: false).Where(section => _shown.Add(section.Name)))
        {
            session.Entries(section.Entries);
        }
    }

    /// <summary>Approves, or returns the exit code of not doing so.</summary>
    private async Task<int?> DecideAsync(CancellationToken cancellationToken)
    {
        if (!approve && (session.Json || !session.Screen.CanAsk))
        {
            return End(ExitCodes.NotApproved);
        }

        if (approve || await session.Screen.AskAsync(Question(), cancellationToken))
        {
            _environment = await server.Client.ApproveAsync(_environment.Id, comment: null, cancellationToken);
            return null;
        }

        _environment = await server.Client.RejectAsync(_environment.Id, comment: null, cancellationToken);
        session.Screen.Line($"Rejected; nothing was created. To plan it again: terradev apply {Printable.Line(_environment.Name)}", Tone.Warning);
        return ExitCodes.NotApproved;
    }

    private string Question() => _environment.Quote is { } quote
        ? $"Create this for {Format.PerHour(quote.PerHour)}, at most {Format.Total(quote.AtDeadline)}?"
        : "Create this?";

    private int Fail()
    {
        var reason = _environment.Reason
            ?? new Refusal(RefusalCodes.InternalError, "The run failed and the server gives no reason.", $"Read its log: terradev logs {_environment.Name}");
        session.Screen.Refuse(reason);
        return End(ExitCodes.Refused);
    }

    private int End(int exitCode)
    {
        if (session.Json)
        {
            session.Document(_environment);
        }
        else
        {
            session.Entries(UpReport.Ending(_environment, Clock.Of(session.Time)));
        }

        return exitCode;
    }

    private void SayWhereItStands()
    {
        var name = Printable.Line(_environment.Name);
        session.Screen.Aside($"Interrupted while {name} was {Wire.Name(_environment.Status)}.", Tone.Warning);
        session.Screen.Aside(
            (server.IsEmbedded, Progress.MayExist(_environment.Status)) switch
            {
                (false, _) => $"The server goes on with it. Follow it: terradev events {name}; remove it: terradev destroy {name}",
                (true, true) => $"Terraform ends the step it is at; what exists is on record. See it: terradev show {name}; remove it: terradev destroy {name}",
                (true, false) => $"Nothing was created. Go on: terradev events {name}; drop it: terradev destroy {name}",
            },
            Tone.Plain);
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}

/// <summary>What is going on, in words for the progress line.</summary>
internal static class Progress
{
    public static string Of(EnvironmentStatus status) => status switch
    {
        EnvironmentStatus.Draft => "looking up the model, the dataset and the offers",
        EnvironmentStatus.Generated or EnvironmentStatus.Planning => "planning",
        EnvironmentStatus.Provisioning => "creating",
        EnvironmentStatus.Destroying => "destroying",
        EnvironmentStatus.Interrupted or EnvironmentStatus.Reconciling => "comparing what exists with what is on record",
        _ => Wire.Name(status),
    };

    public static string Of(ProvisioningProgressed step)
    {
        var percent = step.Percent is { } done ? $" {done} %" : "";
        var what = step.Resource is { } resource ? $"  {step.Action} {resource}" : "";
        return Printable.Line($"terraform {step.Phase}{percent}{what}");
    }

    /// <summary>True where the next move is somebody's, not the server's.</summary>
    public static bool IsAtRest(EnvironmentResponse environment) => environment.Status switch
    {
        EnvironmentStatus.Generated => environment.Plan is not null,
        EnvironmentStatus.AwaitingApproval or EnvironmentStatus.Ready or EnvironmentStatus.Stopped or EnvironmentStatus.Failed
            or EnvironmentStatus.Quarantined or EnvironmentStatus.Degraded or EnvironmentStatus.Destroyed => true,
        _ => false,
    };

    /// <summary>Statuses in which a resource may exist in the cloud.</summary>
    public static bool MayExist(EnvironmentStatus status) => status is not (
        EnvironmentStatus.Draft or EnvironmentStatus.Generated or EnvironmentStatus.Planning or EnvironmentStatus.AwaitingApproval or EnvironmentStatus.Destroyed);
}

/// <summary>Terraform's own lines beside the report, for --verbose.</summary>
internal sealed class RunLog(Session session, TerradevClient client)
{
    private int _run;
    private int _printed;

    /// <summary>Prints what the event's run has said since the last time.</summary>
    public async Task PrintNewAsync(string id, StreamedEvent at, CancellationToken cancellationToken)
    {
        if (!session.Verbose || RunOf(at.Event) is not (> 0 and var run))
        {
            return;
        }

        if (run != _run)
        {
            (_run, _printed) = (run, 0);
        }

        var text = await client.LogAsync(id, run, cancellationToken);
        var complete = text.LastIndexOf('\n') + 1;
        if (complete > _printed)
        {
            foreach (var line in Printable.Lines(text[_printed..complete]))
            {
                session.Screen.Aside(line);
            }

            _printed = complete;
        }
    }

    private static int? RunOf(EnvironmentEvent? what) => what switch
    {
        EnvironmentPlanned planned => planned.Run,
        EnvironmentAwaitingApproval waiting => waiting.Run,
        ProvisioningStarted started => started.Run,
        ProvisioningProgressed progressed => progressed.Run,
        EnvironmentReady ready => ready.Run,
        ProvisioningFailed failed => failed.Run,
        EnvironmentInterrupted interrupted => interrupted.Run,
        EnvironmentDestroyed destroyed => destroyed.Run,
        _ => null,
    };
}
