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
        var (plan, errors) = WorkloadPlan.Choose(workload, count, shape);
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
            new GpuRequirements(GpuFit.MinComputeCapability(plan.Precision), GpuFit.TensorParallelDegrees(config)),
            MemoryEstimate.FormulaSource,
            [.. plan.Assumptions, .. count.Notes, .. HowItRuns(plan, shape), .. model.Note is { } note ? [note] : Array.Empty<string>()]);
        return new ModelResolved(model.ToSummary(), requirements, null);
    }

    private static IEnumerable<string> HowItRuns(WorkloadPlan plan, ModelShape shape)
    {
        yield return plan.Mode switch
        {
            WorkloadMode.Full => "AdamW on all parameters, flash attention, no other recomputation of activations.",
            WorkloadMode.Lora => $"LoRA adapters of rank {MemoryEstimate.LoraRank} on every linear layer, AdamW, activations recomputed layer by layer.",
            WorkloadMode.Qlora => $"NF4 with double quantization, adapters of rank {MemoryEstimate.LoraRank} on every linear layer, AdamW, activations recomputed layer by layer.",
            _ => "KV cache for the whole context of every sequence.",
        };
        if (plan.Trains && shape is { Family: ModelFamily.Encoder, LogitVocabulary: > 0 })
        {
            yield return "The masked-language-model head that the repository declares is counted with its logits; a classification head needs less.";
        }

        if (shape.Family is ModelFamily.Unknown)
        {
            yield return "The config tells no dimensions: activations are taken as a fifth of the weights for each sequence, a rule of thumb.";
        }

        if (shape.ConvolutionOutputs > 0)
        {
            yield return "Activations of convolutions are scaled by pixels from published counts at 224 x 224.";
        }
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
