using System.Diagnostics;
using System.Text.Json;
using Terradev.Contracts;
using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Runs;
using Terradev.ServiceDefaults;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>An environment: what was asked for, what is wanted now, what is known of it, and the events that tell of it.</summary>
public sealed class GpuEnvironment
{
    private readonly List<OutboxMessage> _newEvents = [];

    private GpuEnvironment()
    {
    }

    public string Id { get; private init; } = "";

    public string Name { get; private init; } = "";

    /// <summary>The name while it is taken; null once destroyed, so that it can be used again.</summary>
    public string? ActiveName { get; private set; }

    public string Owner { get; private init; } = "";

    public string Blueprint { get; private init; } = "";

    /// <summary>The version of a registered blueprint that the environment keeps; null for a shipped one.</summary>
    public string? BlueprintVersion { get; private init; }

    public EnvironmentRequest Request { get; private init; } = new();

    public EnvironmentStatus Status { get; private set; }

    public DesiredState Desired { get; private set; }

    public Refusal? Reason { get; private set; }

    /// <summary>Plan only; nothing is created.</summary>
    public bool Rehearsal { get; private set; }

    public Generation? Generation { get; private set; }

    public PlanSummary? Plan { get; private set; }

    public IReadOnlyDictionary<string, string?> Outputs { get; private set; } = new Dictionary<string, string?>();

    public int LastRun { get; private set; }

    public long LastSequence { get; private set; }

    /// <summary>When the environment ends by itself; counted anew by every plan that is to be applied.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Changes with every write; a writer that saw an older one fails and looks again.</summary>
    public int Version { get; private set; }

    public static GpuEnvironment Ask(EnvironmentRequest request, string name, string owner, bool rehearsal, DateTimeOffset now, string? blueprintVersion = null)
    {
        var environment = new GpuEnvironment
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Name = name,
            ActiveName = name,
            Owner = owner,
            Blueprint = request.Blueprint!,
            BlueprintVersion = blueprintVersion,
            Request = request,
            Rehearsal = rehearsal,
            Status = EnvironmentStatus.Draft,
            Desired = DesiredState.Running,
            CreatedAt = now,
            UpdatedAt = now,
        };
        environment.Emit(new EnvironmentRequested { Model = request.Model!, Dataset = request.Dataset, Owner = owner }, now);
        return environment;
    }

    public TerraformRun QueueRun(RunKind kind, bool autoApprove, DateTimeOffset now, bool deleteData = false)
    {
        UpdatedAt = now;
        return TerraformRun.Queue(Id, ++LastRun, kind, autoApprove, deleteData, Activity.Current?.Id, now);
    }

    /// <summary>Takes what was chosen: the first choice makes a draft Generated, a later one replaces it.</summary>
    public void Choose(Generation generation, DateTimeOffset now)
    {
        if (Generation is null)
        {
            Generation = generation;
        }
        else
        {
            Generation.Replace(generation);
        }

        if (Status != EnvironmentStatus.Draft)
        {
            UpdatedAt = now;
            return;
        }

        MoveTo(EnvironmentStatus.Generated, now);
        Emit(new EnvironmentGenerated { Offer = generation.Quote.Offer, PerHour = generation.Quote.PerHour, AtDeadline = generation.Quote.AtDeadline }, now);
    }

    /// <summary>The chosen offer has another price.</summary>
    public void Requote(Quote quote, DateTimeOffset now)
    {
        Generation!.Requote(quote);
        UpdatedAt = now;
    }

    /// <summary>The chosen offer is gone: the next run chooses anew.</summary>
    public void DropQuote(DateTimeOffset now) => Requote(Generation!.Quote with { ValidUntil = now }, now);

    /// <summary>From rehearsal to the real thing: the next run may apply.</summary>
    public void LeaveRehearsal(DateTimeOffset now)
    {
        Rehearsal = false;
        UpdatedAt = now;
    }

    public void StartPlanning(DateTimeOffset? expiresAt, DateTimeOffset now)
    {
        if (Status != EnvironmentStatus.Planning)
        {
            MoveTo(EnvironmentStatus.Planning, now);
        }

        Reason = null;
        ExpiresAt = expiresAt;
    }

    public void Planned(int run, PlanSummary plan, DateTimeOffset now)
    {
        Plan = plan;
        Emit(new EnvironmentPlanned { Run = run, Plan = plan, Rehearsal = Rehearsal }, now);
        if (Rehearsal)
        {
            MoveTo(EnvironmentStatus.Generated, now);
        }
    }

    public void AwaitApproval(int run, DateTimeOffset now)
    {
        MoveTo(EnvironmentStatus.AwaitingApproval, now);
        AskAgain(run, now);
    }

    /// <summary>Asks for approval at the price of the quote, also where it was given for another one.</summary>
    public void AskAgain(int run, DateTimeOffset now)
    {
        UpdatedAt = now;
        var quote = Generation!.Quote;
        Emit(new EnvironmentAwaitingApproval { Run = run, PerHour = quote.PerHour, AtDeadline = quote.AtDeadline }, now);
    }

    public void StartProvisioning(int run, RunKind kind, DateTimeOffset now)
    {
        MoveTo(kind == RunKind.Destroy ? EnvironmentStatus.Destroying : EnvironmentStatus.Provisioning, now);
        Reason = null;
        Emit(new ProvisioningStarted { Run = run, Kind = kind }, now);
    }

    public void Progress(ProvisioningProgressed step, DateTimeOffset now) => Emit(step, now);

    public void BecomeReady(int run, IReadOnlyDictionary<string, string?> outputs, DateTimeOffset now)
    {
        MoveTo(EnvironmentStatus.Ready, now);
        Outputs = outputs;
        Reason = null;
        Emit(new EnvironmentReady { Run = run, Outputs = outputs, PerHour = Generation!.Quote.PerHour, ExpiresAt = ExpiresAt }, now);
    }

    /// <summary>A run ended without changing anything in the cloud; the environment waits for the next one.</summary>
    public void ReturnToGenerated(DateTimeOffset now) => MoveTo(EnvironmentStatus.Generated, now);

    public void Fail(int run, Refusal reason, IReadOnlyList<string> stillExisting, DateTimeOffset now)
    {
        if (Status != EnvironmentStatus.Failed)
        {
            MoveTo(EnvironmentStatus.Failed, now);
        }

        Reason = reason;
        Emit(new ProvisioningFailed { Run = run, Reason = reason, StillExisting = stillExisting }, now);
    }

    public void Interrupt(int run, DateTimeOffset now)
    {
        MoveTo(EnvironmentStatus.Interrupted, now);
        Emit(new EnvironmentInterrupted { Run = run }, now);
    }

    public void Reconcile(DateTimeOffset now) => MoveTo(EnvironmentStatus.Reconciling, now);

    /// <summary>The owner or the deadline ends it; the destroy run that follows makes it true.</summary>
    public void WantDestroyed(DateTimeOffset now)
    {
        Desired = DesiredState.Destroyed;
        UpdatedAt = now;
    }

    public void BecomeDestroyed(int run, DateTimeOffset now)
    {
        MoveTo(EnvironmentStatus.Destroyed, now);
        ActiveName = null;
        Outputs = new Dictionary<string, string?>();
        Reason = null;
        Emit(new EnvironmentDestroyed { Run = run }, now);
    }

    public EnvironmentResponse ToResponse(string? bundlePath) => new(
        Id, Name, Status, Desired, [], Reason, Rehearsal, Request, Generation?.Model, Generation?.Dataset, Generation?.Requirements,
        Generation?.Recommendation, Generation?.Quote, Plan, Outputs, Owner, Blueprint, bundlePath, LastRun, LastSequence, ExpiresAt, CreatedAt, UpdatedAt);

    /// <summary>Hands over the events since the last save, for the outbox.</summary>
    internal IReadOnlyList<OutboxMessage> TakeEvents()
    {
        var events = _newEvents.ToList();
        _newEvents.Clear();
        return events;
    }

    internal void NextVersion() => Version++;

    private void MoveTo(EnvironmentStatus next, DateTimeOffset now)
    {
        if (!EnvironmentStates.CanMove(Status, next))
        {
            throw new InvalidOperationException($"Environment {Id} cannot move from {Status} to {next}.");
        }

        Status = next;
        UpdatedAt = now;
    }

    private void Emit(EnvironmentEvent what, DateTimeOffset now)
    {
        var stamped = what with
        {
            EventId = Guid.CreateVersion7(now),
            OccurredAt = now,
            EnvironmentId = Id,
            EnvironmentName = Name,
            Sequence = ++LastSequence,
        };
        UpdatedAt = now;
        _newEvents.Add(new OutboxMessage
        {
            MessageId = stamped.EventId,
            Type = stamped.GetType().Name,
            Subject = Id,
            Sequence = stamped.Sequence,
            Body = JsonSerializer.Serialize(stamped, stamped.GetType(), TerradevJson.Options),
            OccurredAt = now,
            TraceParent = Activity.Current?.Id,
        });
    }
}
