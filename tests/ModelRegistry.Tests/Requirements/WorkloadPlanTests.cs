using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Requirements;

namespace Terradev.ModelRegistry.Tests.Requirements;

public class WorkloadPlanTests
{
    [Fact]
    public void All_errors_are_reported_at_once() =>
        WorkloadPlan.Validate(new Workload(WorkloadMode.Full, Precision.Int4, 0, 70_000)).Keys.ShouldBe(["contextLength", "batchSize", "precision"], ignoreOrder: true);

    [Theory]
    [InlineData(WorkloadMode.Full, Precision.Int8)]
    [InlineData(WorkloadMode.Lora, Precision.Int4)]
    [InlineData(WorkloadMode.Qlora, Precision.Fp32)]
    public void A_precision_that_the_mode_cannot_use_is_refused(WorkloadMode mode, Precision precision) =>
        WorkloadPlan.Validate(new Workload(mode, precision)).ShouldContainKey("precision");

    [Fact]
    public void An_enum_value_outside_its_range_is_refused() =>
        WorkloadPlan.Validate(new Workload((WorkloadMode)99, (Precision)(-1))).Keys.ShouldBe(["mode", "precision"], ignoreOrder: true);

    [Fact]
    public void A_context_beyond_the_models_positions_is_refused()
    {
        var refusal = SizeWorkload.Size(Sample.Shipped("google-bert/bert-base-uncased"), new Workload(ContextLength: 513)).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);
        refusal.Errors.ShouldNotBeNull()["contextLength"][0].ShouldContain("512");
    }

    [Fact]
    public void Roberta_reserves_two_positions() =>
        SizeWorkload.Size(Sample.Shipped("FacebookAI/roberta-base"), new Workload(ContextLength: 513)).Refusal.ShouldNotBeNull().Errors.ShouldNotBeNull().Keys.ShouldContain("contextLength");

    [Fact]
    public void Relative_positions_set_no_limit() => Sample.Sized("google-t5/t5-base", context: 4096).ContextLength.ShouldBe(4096);

    [Fact]
    public void Int4_fine_tuning_means_qlora() => Sample.Sized("google-bert/bert-base-uncased", precision: Precision.Int4).Mode.ShouldBe(WorkloadMode.Qlora);

    [Fact]
    public void Every_choice_is_explained()
    {
        var assumptions = Sample.Sized("meta-llama/Llama-3.1-8B").Assumptions;

        foreach (var choice in new[] { "mode lora", "precision bf16", "contextLength 1024", "batchSize 1" })
        {
            assumptions.ShouldContain(assumption => assumption.StartsWith(choice + ":", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_the_caller_chose_is_not_explained() =>
        Sample.Sized("google-bert/bert-base-uncased", WorkloadMode.Full, Precision.Fp32, 128, 8).Assumptions.ShouldAllBe(assumption => !assumption.StartsWith("mode ", StringComparison.Ordinal) && !assumption.StartsWith("batchSize", StringComparison.Ordinal));

    [Fact]
    public void A_model_of_unknown_size_is_refused() => SizeWorkload.Size(Sample.Made(), new Workload()).Refusal.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.ModelSizeUnknown);

    [Fact]
    public void A_gated_model_of_unknown_size_is_refused_as_gated() =>
        SizeWorkload.Size(Sample.Made() with { Gated = true }, new Workload()).Refusal.ShouldNotBeNull().Code.ShouldBe(RefusalCodes.ModelGated);
}
