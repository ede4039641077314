using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;
using Terradev.ModelRegistry.Catalog;
using Terradev.ModelRegistry.Hubs;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Finds a model and sizes a workload of it; the API and the message both ask here.</summary>
internal sealed class SizeWorkload(FindModel models)
{
    public async Task<ModelResolved> RunAsync(string? model, Workload workload, CancellationToken cancellationToken)
    {
        if (WorkloadPlan.Validate(workload) is { Count: > 0 } errors)
        {
            return Refused(Invalid(errors));
        }

        var found = await models.RunAsync(model, cancellationToken);
        return found.Model is { } known ? Size(known, workload) : Refused(found.Refusal!);
    }

    /// <summary>The answer for a model that is known; a pure function.</summary>
    public static ModelResolved Size(HubModel model, Workload workload)
    {
        var config = ModelConfig.Parse(model.Config);
        if (ParameterCount.Of(model, config) is not { } count)
        {
            return Refused(SizeUnknown(model));
        }

        var shape = ModelShape.Of(config);
        var (plan, errors) = WorkloadPlan.Choose(workload, count, config, shape);
        if (plan is null)
        {
            return Refused(Invalid(errors));
        }

        var memory = MemoryEstimate.Of(plan, count, config, shape);
        var trained = MemoryEstimate.TrainableParameters(plan, count, config, shape);
        var requirements = new ModelRequirements(
            new HubReference(model.Source, model.Id).ToString(),
            plan.Mode,
            plan.Precision,
            plan.ContextLength,
            plan.BatchSize,
            count.Parameters,
            trained,
            memory,
            GpuFit.HostMemoryBytes(count, memory),
            GpuFit.DiskBytes(plan, count, memory, trained),
            new GpuRequirements(GpuFit.MinComputeCapability(plan.Precision), GpuFit.TensorParallelDegrees(config), KvCache.Parts(config, shape)),
            MemoryEstimate.FormulaSource,
            [.. Assumptions.Of(workload, plan, count, shape), .. count.Notes, .. Assumptions.HowItRuns(plan, shape), .. model.Note is { } note ? [note] : Array.Empty<string>()])
        {
            Sources = MemoryEstimate.Sources(plan, count, memory),
            Training = plan.Trains ? new TrainingSetup(plan.Optimizer, plan.Recompute, plan.ZeroStage) : null,
            PerGpu = plan.Gpus > 1 ? new GpuShare(plan.Gpus, plan.TensorParallel, plan.DataParallel, MemoryEstimate.PerGpu(plan, count, config, shape)) : null,
            Fit = workload.GpuMemoryGiB is { } gigabytes ? LargestFit.Of(gigabytes, plan, count, config, shape) : null,
        };
        return new ModelResolved(model.ToSummary(), requirements, null);
    }

    private static Refusal SizeUnknown(HubModel model) => model.Gated && model.Config is null
        ? new(RefusalCodes.ModelGated, $"{model.Source}:{model.Id} is gated, and neither its file headers nor older figures tell its size.",
            "Accept the model's terms on the hub and set ModelRegistry:HuggingFace:Token or HF_TOKEN.")
        : new(RefusalCodes.ModelSizeUnknown, $"Neither file headers, config.json nor file sizes of {model.Source}:{model.Id} tell its number of parameters.",
            "Choose a model with safetensors weights, or a repository of the same model in that format.");

    private static Refusal Invalid(Dictionary<string, string[]> errors) =>
        new(RefusalCodes.InvalidRequest, "The workload is not valid.", "Correct the fields named in errors.", errors);

    private static ModelResolved Refused(Refusal refusal) => new(null, null, refusal);
}
