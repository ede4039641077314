using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

public sealed class NoFitTests
{
    [Fact]
    public void A_budget_nothing_fits_names_the_cheapest_that_would()
    {
        var refusal = Refuse(Workloads.Bert, new Constraints { Clouds = [Cloud.Aws], Regions = ["us-east-1"], MaxHourly = 0.05m });

        refusal.Code.ShouldBe(RefusalCodes.NoOfferFits);
        refusal.Detail.ShouldStartWith($"None of {Catalog.Rows.Count} offers fits: ");
        refusal.Detail.ShouldEndWith("Nearest is g4dn.xlarge spot in us-east-1 at 0.1894 USD/h (budget): 0.1894 USD/h is above the limit of 0.0500 USD/h.");
        refusal.NextStep.ShouldBe("To take it, raise maxHourly to 0.1894 USD/h.");
    }

    [Fact]
    public void A_total_that_is_too_small_names_the_total_and_the_hours_that_would_do()
    {
        var refusal = Refuse(Workloads.Bert, new Constraints { InstanceTypes = ["g4dn.xlarge"], Capacity = CapacityPreference.Spot, TotalBudget = 1, MaxRuntimeHours = 12 });

        refusal.NextStep.ShouldBe("To take it, raise totalBudget to 2.28 USD or lower maxRuntimeHours to 5.27.");
    }

    [Fact]
    public void Too_large_a_model_comes_nearest_where_least_memory_lacks()
    {
        var huge = Workloads.Bert with { Memory = new MemoryBreakdown(0, 0, 0, 0, 0, 8 * 300 * Workloads.GiB, 0) };

        var refusal = Refuse(huge, new Constraints());

        refusal.Detail.ShouldContain("Nearest is p6-b300.48xlarge on-demand in us-east-1");
        refusal.Detail.ShouldEndWith("(memory): It needs 300.00 GiB per GPU split over 8 GPUs, has 245.11 GiB usable.");
        refusal.NextStep.ShouldBe("What lowers the need: mode 'lora' or 'qlora' instead of 'full', a batchSize below 16, a contextLength below 512, constraints that let larger GPUs in. g4-standard-384 in us-central1 at 14.3986 USD/h would do with mode lora.");
    }

    [Fact]
    public void Bf16_on_a_t4_is_told_to_take_fp16() =>
        Refuse(Workloads.Llama8B(), new Constraints { Gpus = ["t4"] }).NextStep.ShouldBe("Use fp16 or fp32 instead of bf16, or let newer GPUs in. g4dn.xlarge in us-east-1 at 0.1894 USD/h would do with precision int8.");

    [Theory]
    [InlineData("us-est-1", "us-east-1")]
    [InlineData("eu-west-1", "us-east-1")]
    public void An_unknown_region_is_refused_with_the_known_ones(string region, string close)
    {
        var refusal = Refuse(Workloads.Bert, new Constraints { Regions = [region] });

        refusal.Code.ShouldBe(RefusalCodes.UnknownRegion);
        refusal.Detail.ShouldContain(close);
        refusal.NextStep.ShouldBe("Use one of eastus, eastus2, northcentralus, us-central1, us-east-1, us-east-2, us-east4.");
    }

    [Fact]
    public void An_unknown_instance_type_is_refused_with_close_ones()
    {
        var refusal = Refuse(Workloads.Bert, new Constraints { InstanceTypes = ["g4dn.xlarg"] });

        refusal.Code.ShouldBe(RefusalCodes.UnknownInstanceType);
        refusal.Detail.ShouldBe("No offer has the instance type 'g4dn.xlarg'. Closest: g4dn.xlarge, g4dn.2xlarge, g4dn.4xlarge.");
    }

    [Fact]
    public void An_unknown_gpu_is_a_fault_of_its_field()
    {
        var refusal = Refuse(Workloads.Bert, new Constraints { Gpus = ["L4O"] });

        refusal.Code.ShouldBe(RefusalCodes.InvalidRequest);
        refusal.Errors!.Keys.ShouldBe(["constraints.gpus"]);
    }

    [Fact]
    public void Contradictory_figures_are_all_named()
    {
        var refusal = Refuse(Workloads.Bert, new Constraints { MaxHourly = 0, TotalBudget = -1, Regions = ["${x}"], InstanceTypes = [new string('a', 300)] });

        refusal.Errors!.Keys.ShouldBe(
            ["constraints.maxHourly", "constraints.totalBudget", "constraints.maxRuntimeHours", "constraints.regions", "constraints.instanceTypes"], ignoreOrder: true);
    }

    [Fact]
    public void No_offers_at_all_is_a_refusal_too()
    {
        var ranking = Optimizer.Rank(Workloads.Asking(Workloads.Bert), Catalog.Of(), OptimizerPolicy.Default);

        NoFit.Explain(ranking, Workloads.Asking(Workloads.Bert)).Code.ShouldBe(RefusalCodes.NoOfferFits);
    }

    private static Refusal Refuse(ModelRequirements requirements, Constraints constraints)
    {
        var answer = RecommendationDesk.Answer(Workloads.Asking(requirements, constraints), Catalog.Snapshot, OptimizerPolicy.Default);
        answer.Recommendation.ShouldBeNull();
        return answer.Refusal.ShouldNotBeNull();
    }
}
