using Terradev.ComputeOptimizer.Prices;

namespace Terradev.ComputeOptimizer.Tests.Prices;

public sealed class RefreshBackoffTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 30)]
    [InlineData(int.MaxValue, 30)]
    public void The_wait_doubles_up_to_the_usual_time(int failures, int minutes) =>
        RefreshBackoff.Wait(failures, TimeSpan.FromMinutes(30), null).ShouldBe(TimeSpan.FromMinutes(minutes));

    [Theory]
    [InlineData(10, 60)]
    [InlineData(7200, 7200)]
    public void The_source_may_ask_for_longer_and_not_for_less(int seconds, int waited) =>
        RefreshBackoff.Wait(1, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(seconds)).ShouldBe(TimeSpan.FromSeconds(waited));
}
