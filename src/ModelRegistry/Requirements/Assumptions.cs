using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>Says in words what was chosen for the caller and why, and what the figures rest on.</summary>
internal static class Assumptions
{
    /// <summary>A sentence for each figure that <paramref name="workload"/> leaves open, beginning with the field's name.</summary>
    public static IEnumerable<string> Of(Workload workload, WorkloadPlan plan, ParameterCount count, ModelShape shape)
    {
        if (workload.Mode is null)
        {
            yield return plan.Mode switch
            {
                WorkloadMode.Qlora => "mode qlora: fine-tuning in int4 was asked for.",
                WorkloadMode.Full => "mode full: models of up to 3 billion parameters are tuned as a whole.",
                _ => "mode lora: beyond 3 billion parameters, or in 8 bits, adapters are tuned instead of the model.",
            };
        }

        if (workload.Precision is null)
        {
            yield return Precision(plan, count);
        }

        if (workload.ContextLength is null || !shape.ReadsContext)
        {
            yield return Context(plan, shape);
        }

        if (workload.BatchSize is null)
        {
            yield return !plan.Trains ? "batchSize 1: one sequence at a time."
                : plan.BatchSize == 1 ? "batchSize 1: larger effective batches come from gradient accumulation or more GPUs."
                : $"batchSize {plan.BatchSize}: usual for models below a billion parameters.";
        }

        if (plan.Gpus > 1 && workload.TensorParallel is null)
        {
            yield return plan.Trains
                ? "tensorParallel 1: training spreads over data-parallel GPUs."
                : $"tensorParallel {plan.TensorParallel}: the most of the {plan.Gpus} GPUs that the heads split over evenly.";
        }

        if (plan is { Trains: true, DataParallel: > 1 } && workload.ZeroStage is null)
        {
            yield return "zeroStage 3: weights, gradients and optimizer state are sharded over the data-parallel GPUs.";
        }
    }

    /// <summary>How the workload runs, as far as memory depends on it.</summary>
    public static IEnumerable<string> HowItRuns(WorkloadPlan plan, ModelShape shape)
    {
        yield return plan.Mode switch
        {
            WorkloadMode.Full => $"{Name(plan.Optimizer)} on all parameters, {Recomputed(plan.Recompute)}.",
            WorkloadMode.Lora => $"LoRA adapters of rank {MemoryEstimate.LoraRank} on every linear layer, {Name(plan.Optimizer)}, {Recomputed(plan.Recompute)}.",
            WorkloadMode.Qlora => $"NF4 with double quantization, adapters of rank {MemoryEstimate.LoraRank} on every linear layer, {Name(plan.Optimizer)}, {Recomputed(plan.Recompute)}.",
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

    private static string Precision(WorkloadPlan plan, ParameterCount count) => (plan.Mode, plan.Precision) switch
    {
        (WorkloadMode.Qlora, _) => "precision int4: QLoRA keeps the model in NF4 and computes in 16 bits.",
        (WorkloadMode.Inference, Contracts.ModelRegistry.Precision.Int4) when count.StoredPrecision is Contracts.ModelRegistry.Precision.Fp4 =>
            "precision int4: the repository stores floats of 4 bits, which GPUs without FP4 arithmetic unpack like integers.",
        (WorkloadMode.Inference, var stored) when count.StoredBits <= 8 => $"precision {Contracts.Wire.Name(stored)}: as the repository stores it.",
        (WorkloadMode.Inference, Contracts.ModelRegistry.Precision.Bf16) => "precision bf16: as the repository stores it.",
        (WorkloadMode.Inference, _) => "precision fp16: half of fp32 or as stored, and every GPU here computes in it.",
        (_, Contracts.ModelRegistry.Precision.Bf16) => "precision bf16: the model was trained in it.",
        _ => "precision fp16, mixed: the model is not stored in bf16, and fp16 runs on every GPU here.",
    };

    private static string Context(WorkloadPlan plan, ModelShape shape)
    {
        var context = plan.ContextLength;
        if (!shape.ReadsContext)
        {
            return shape.Family switch
            {
                ModelFamily.Convolution => "contextLength 1: a convolutional network reads images, not tokens.",
                ModelFamily.Unknown => "contextLength 1: without the model's dimensions it changes nothing.",
                _ => $"contextLength {context}: the input of this model has one size.",
            };
        }

        return context < WorkloadPlan.PreferredContext(plan.Mode, shape)
            ? $"contextLength {context}: all positions of the model."
            : $"contextLength {context}: a usual length for {(plan.Trains ? "fine-tuning" : "inference")}.";
    }

    private static string Name(TrainingOptimizer optimizer) => optimizer switch
    {
        TrainingOptimizer.Adamw => "AdamW",
        TrainingOptimizer.Adam8bit => "Adam with moments of 8 bits",
        _ => "SGD with momentum",
    };

    private static string Recomputed(Recomputation recompute) => recompute switch
    {
        Recomputation.None => "all activations kept, the attention matrices too",
        Recomputation.Selective => "flash attention, no other recomputation of activations",
        _ => "activations recomputed layer by layer",
    };
}
