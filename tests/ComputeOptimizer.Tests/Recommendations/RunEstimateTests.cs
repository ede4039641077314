using Terradev.ComputeOptimizer.Recommendations;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class RunEstimateTests
{
    [Fact]
    public void Without_interruptions_the_work_takes_as_long_as_it_takes()
    {
        var run = RunEstimate.Of(work: 10, rate: 0, checkpoint: 0.1, restart: 0.2, boot: 0.5, least: 1 / 60.0);

        run.Total.ShouldBe(10.5);
        run.Interruptions.ShouldBe(0);
        run.CheckpointEvery.ShouldBeNull();
    }

    [Fact]
    public void Checkpoints_are_as_far_apart_as_costs_least()
    {
        // sqrt(2 x 0.005 h / 0.04 per h) = 0.5 h
        var best = RunEstimate.Of(work: 100, rate: 0.04, checkpoint: 0.005, restart: 0.1, boot: 0, least: 1 / 60.0);

        best.CheckpointEvery!.Value.ShouldBe(0.5, 1e-9);
        foreach (var other in new[] { 0.1, 0.25, 1, 2, 10 })
        {
            RunEstimate.Of(100, 0.04, 0.005, 0.1, 0, 1 / 60.0, segment: other).Total.ShouldBeGreaterThan(best.Total);
        }
    }

    [Fact]
    public void Rare_interruptions_cost_the_restart_and_half_an_interval_each()
    {
        var run = RunEstimate.Of(work: 100, rate: 0.001, checkpoint: 0.01, restart: 0.2, boot: 0, least: 1 / 60.0);
        var each = (run.CheckpointEvery!.Value + 0.01) / 2;

        run.Interrupted.ShouldBe(run.Interruptions * (0.2 + each), run.Interrupted * 0.02);
        run.Interruptions.ShouldBe(0.001 * run.Total, 1e-9);
    }

    [Fact]
    public void A_run_shorter_than_the_interval_has_one_piece() =>
        RunEstimate.Of(work: 0.2, rate: 0.001, checkpoint: 0.01, restart: 0.2, boot: 0, least: 1 / 60.0).CheckpointEvery!.Value.ShouldBe(0.2);

    [Fact]
    public void Too_many_interruptions_leave_no_time_to_finish()
    {
        RunEstimate.Of(work: 10, rate: 60, checkpoint: 1, restart: 1, boot: 0, least: 1 / 60.0).Finishes.ShouldBeFalse();
        RunEstimate.Of(work: 1e5, rate: 60, checkpoint: 1e6, restart: 24, boot: 0, least: 1 / 60.0).Finishes.ShouldBeFalse();
    }

    [Theory]
    [InlineData("<5%", 0.05)]
    [InlineData("5-10%", 0.10)]
    [InlineData("15-20%", 0.20)]
    [InlineData(">20%", 0.30)]
    [InlineData(">40%", 0.40)]
    [InlineData(null, 0.30)]
    [InlineData("often", 0.30)]
    [InlineData("10-5%", 0.30)]
    public void A_band_becomes_a_rate(string? band, double share) =>
        InterruptionBand.PerHour(InterruptionBand.Parse(band), OptimizerPolicy.Default).ShouldBe(-Math.Log(1 - share) / 730, 1e-12);
}
