using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class MemoryNeedsTests
{
    private static readonly (WorkloadMode Mode, Precision Precision)[] Columns =
    [
        (WorkloadMode.Inference, Precision.Fp32), (WorkloadMode.Inference, Precision.Fp16), (WorkloadMode.Inference, Precision.Int8),
        (WorkloadMode.Inference, Precision.Int4), (WorkloadMode.Full, Precision.Fp32), (WorkloadMode.Full, Precision.Fp16),
        (WorkloadMode.Lora, Precision.Fp16), (WorkloadMode.Lora, Precision.Int8), (WorkloadMode.Qlora, Precision.Int4),
    ];

    [Fact]
    public void The_columns_are_what_the_requirements_say()
    {
        foreach (var model in Sample.Sizable)
        {
            var config = ModelConfig.Parse(model.Config);
            var needs = MemoryNeeds.Of(ParameterCount.Of(model, config), config).ShouldNotBeNull();
            foreach (var (mode, precision) in Columns)
            {
                needs.At(mode, precision).ShouldBe(Sample.Sized(model, new Workload(mode, precision)).Memory.TotalBytes, model.Id);
            }
        }
    }

    [Fact]
    public void A_precision_that_the_mode_cannot_use_has_no_need()
    {
        var model = Sample.Shipped("google-bert/bert-base-uncased");
        var config = ModelConfig.Parse(model.Config);

        MemoryNeeds.Of(ParameterCount.Of(model, config), config).ShouldNotBeNull().At(WorkloadMode.Full, Precision.Int4).ShouldBeNull();
    }

    // A sync takes over thousands of models a second: words about each figure would cost more than the figures.
    [Fact]
    public void All_columns_of_a_model_allocate_a_few_kilobytes()
    {
        var model = Sample.Shipped("meta-llama/Llama-3.1-8B");
        var config = ModelConfig.Parse(model.Config);
        var count = ParameterCount.Of(model, config);
        _ = Allocated(count, config);

        Allocated(count, config).ShouldBeLessThan(8 * 1024);
    }

    private static long Allocated(ParameterCount? count, ModelConfig? config)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var needs = MemoryNeeds.Of(count, config)!;
        foreach (var (mode, precision) in Columns)
        {
            _ = needs.At(mode, precision);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
