using System.Collections.Frozen;
using Terradev.Contracts.EnvironmentGenerator;
using static Terradev.Contracts.EnvironmentGenerator.EnvironmentStatus;

namespace Terradev.EnvironmentGenerator.Environments;

/// <summary>Which status may follow which; everything else is a bug and throws.</summary>
public static class EnvironmentStates
{
    private static readonly FrozenDictionary<EnvironmentStatus, EnvironmentStatus[]> Next = new Dictionary<EnvironmentStatus, EnvironmentStatus[]>
    {
        [Draft] = [Generated, Failed, Destroying, Destroyed],
        [Generated] = [Planning, Failed, Destroying, Destroyed],
        [Planning] = [Generated, AwaitingApproval, Provisioning, Ready, Failed, Quarantined, Destroying, Destroyed],
        [AwaitingApproval] = [Planning, Provisioning, Generated, Failed, Destroying, Destroyed],
        [Provisioning] = [Ready, Failed, Interrupted, Destroying],
        [Ready] = [Planning, Updating, Stopping, Degraded, Quarantined, Destroying],
        [Updating] = [Ready, Failed, Interrupted, Destroying],
        [Stopping] = [Stopped, Failed, Interrupted, Destroying],
        [Stopped] = [Starting, Destroying],
        [Starting] = [Ready, Failed, Interrupted, Destroying],
        [Destroying] = [Destroyed, Failed, Interrupted],
        [Destroyed] = [],
        [Degraded] = [Ready, Failed, Destroying],
        [Interrupted] = [Reconciling, Planning, Failed, Destroying],
        [Reconciling] = [Planning, Ready, Failed, Destroying, Destroyed],
        [Failed] = [Planning, Destroying, Destroyed],
        [Quarantined] = [Planning, Destroying, Destroyed],
    }.ToFrozenDictionary();

    public static bool CanMove(EnvironmentStatus from, EnvironmentStatus to) => Next[from].Contains(to);

    /// <summary>Statuses in which a resource of the environment may exist in the cloud.</summary>
    public static bool MayExist(EnvironmentStatus status) => status is not (Draft or Generated or Planning or AwaitingApproval or Destroyed);
}
