using Terradev.Contracts.EnvironmentGenerator;
using Terradev.EnvironmentGenerator.Environments;

namespace Terradev.EnvironmentGenerator.Tests.Environments;

public sealed class EnvironmentStatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Destroyed_is_final() =>
        Enum.GetValues<EnvironmentStatus>().ShouldAllBe(next => !EnvironmentStates.CanMove(EnvironmentStatus.Destroyed, next));

    [Fact]
    public void Every_status_but_the_last_can_end_in_destruction() =>
        Enum.GetValues<EnvironmentStatus>().Where(s => s is not (EnvironmentStatus.Destroyed or EnvironmentStatus.Destroying))
            .ShouldAllBe(s => CanReach(s, EnvironmentStatus.Destroyed));

    [Fact]
    public void A_wrong_move_throws_and_raises_no_event()
    {
        var environment = GpuEnvironment.Ask(new EnvironmentRequest { Model = "huggingface:a/b", Blueprint = "training" }, "name", "me", rehearsal: false, Now);
        environment.TakeEvents().Count.ShouldBe(1);
        Should.Throw<InvalidOperationException>(() => environment.BecomeReady(1, new Dictionary<string, string?>(), Now));
        environment.Status.ShouldBe(EnvironmentStatus.Draft);
        environment.TakeEvents().ShouldBeEmpty();
    }

    [Fact]
    public void Events_are_numbered_without_gaps()
    {
        var environment = GpuEnvironment.Ask(new EnvironmentRequest { Model = "huggingface:a/b", Blueprint = "training" }, "name", "me", rehearsal: false, Now);
        environment.Fail(1, new Terradev.Contracts.Refusal("terraform-failed", "x", "y"), [], Now);
        environment.StartProvisioning(2, RunKind.Destroy, Now);
        environment.BecomeDestroyed(2, Now);
        environment.TakeEvents().Select(e => e.Sequence).ShouldBe([1, 2, 3, 4]);
    }

    private static bool CanReach(EnvironmentStatus from, EnvironmentStatus to)
    {
        var seen = new HashSet<EnvironmentStatus> { from };
        var open = new Queue<EnvironmentStatus>([from]);
        while (open.TryDequeue(out var status))
        {
            foreach (var next in Enum.GetValues<EnvironmentStatus>().Where(next => EnvironmentStates.CanMove(status, next) && seen.Add(next)))
            {
                open.Enqueue(next);
            }
        }

        return seen.Contains(to);
    }
}
