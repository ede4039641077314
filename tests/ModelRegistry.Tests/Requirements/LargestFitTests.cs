using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class LargestFitTests
{
    [Theory]
    [InlineData("meta-llama/Llama-3.1-8B", WorkloadMode.Inference, 24)]
    [InlineData("meta-llama/Llama-3.1-8B", WorkloadMode.Qlora, 16)]
    [InlineData("google-bert/bert-base-uncased", WorkloadMode.Full, 8)]
    [InlineData("google-t5/t5-base", WorkloadMode.Lora, 12)]
    public void One_more_token_or_sequence_does_not_fit(string model, WorkloadMode mode, int gibibytes)
    {
        var fit = Fit(model, new Workload(mode, GpuMemoryGiB: gibibytes));
        var context = fit.LargestContextLength.ShouldNotBeNull();
        var batch = fit.LargestBatchSize.ShouldNotBeNull();
        var asked = Sample.Sized(model, mode);

        fit.Reason.ShouldBeNull();
        Needs(model, mode, context, asked.BatchSize).ShouldBeLessThanOrEqualTo(fit.UsableBytes);
        Needs(model, mode, asked.ContextLength, batch).ShouldBeLessThanOrEqualTo(fit.UsableBytes);
        Needs(model, mode, asked.ContextLength, batch + 1).ShouldBeGreaterThan(fit.UsableBytes);
        if (model != "google-bert/bert-base-uncased")
        {
            Needs(model, mode, context + 1, asked.BatchSize).ShouldBeGreaterThan(fit.UsableBytes);
        }
    }

    [Fact]
    public void The_positions_of_the_model_bound_the_context() =>
        Fit("google-bert/bert-base-uncased", new Workload(WorkloadMode.Inference, GpuMemoryGiB: 80)).LargestContextLength.ShouldBe(512);

    [Fact]
    public void A_model_larger_than_the_GPU_is_told_why()
    {
        var fit = Fit("meta-llama/Llama-3.1-8B", new Workload(WorkloadMode.Full, GpuMemoryGiB: 24));

        fit.Fits.ShouldBeFalse();
        fit.LargestContextLength.ShouldBeNull();
        fit.LargestBatchSize.ShouldBeNull();
        fit.RequiredBytes.ShouldBeGreaterThan(fit.UsableBytes);
        fit.Reason.ShouldNotBeNull().ShouldContain("of which 20.08 GiB may be filled");
    }

    [Fact]
    public void Several_GPUs_hold_what_one_does_not() =>
        Fit("meta-llama/Llama-3.1-8B", new Workload(WorkloadMode.Full, Gpus: 8, GpuMemoryGiB: 40)).Fits.ShouldBeTrue();

    [Fact]
    public void A_model_of_images_has_one_context()
    {
        var fit = Fit("google/vit-base-patch16-224", new Workload(WorkloadMode.Inference, GpuMemoryGiB: 16));

        fit.LargestContextLength.ShouldBe(197);
        fit.LargestBatchSize.ShouldNotBeNull().ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Nobody_asked_nothing_is_told() => Sample.Sized("google-bert/bert-base-uncased").Fit.ShouldBeNull();

    private static WorkloadFit Fit(string model, Workload workload) => Sample.Sized(Sample.Shipped(model), workload).Fit.ShouldNotBeNull();

    private static long Needs(string model, WorkloadMode mode, int context, int batch) => Sample.Sized(model, mode, context: context, batch: batch).Memory.TotalBytes;
}
