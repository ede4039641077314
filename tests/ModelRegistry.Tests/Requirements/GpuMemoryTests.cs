using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class GpuMemoryTests
{
    private const long MiB = 1L << 20;

    [Fact]
    public void Inference_fills_nine_tenths_less_one_GiB() =>
        GpuMemory.UsableBytes(22_888 * MiB, WorkloadMode.Inference).ShouldBe((long)(22_888 * MiB * 0.90m) - (1L << 30));

    [Theory]
    [InlineData(WorkloadMode.Full)]
    [InlineData(WorkloadMode.Lora)]
    [InlineData(WorkloadMode.Qlora)]
    public void Training_fills_92_percent_less_two_GiB(WorkloadMode mode) =>
        GpuMemory.UsableBytes(22_888 * MiB, mode).ShouldBe((long)(22_888 * MiB * 0.92m) - (2L << 30));

    [Fact]
    public void A_GPU_smaller_than_the_reserve_has_nothing_to_fill() => GpuMemory.UsableBytes(512 * MiB, WorkloadMode.Inference).ShouldBe(0);
}
