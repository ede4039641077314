using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>A workload with every choice made, and in words why those that the caller left open were made so.</summary>
public sealed record WorkloadPlan(WorkloadMode Mode, Precision Precision, int ContextLength, int BatchSize, IReadOnlyList<string> Assumptions)
{
    public const int MaxContextLength = 10_000_000;
    public const int MaxBatchSize = 65_536;

    private const long LargestFullyTuned = 3_000_000_000;
    private const long SmallModel = 1_000_000_000;

    public bool Trains => Mode is not WorkloadMode.Inference;

    /// <summary>What is wrong with a workload whatever the model is, by field.</summary>
    public static Dictionary<string, string[]> Validate(Workload workload)
    {
        Dictionary<string, string[]> errors = [];
        if (workload.ContextLength is < 1 or > MaxContextLength)
        {
            errors["contextLength"] = [$"The context length is 1 to {MaxContextLength:N0} tokens."];
        }

        if (workload.BatchSize is < 1 or > MaxBatchSize)
        {
            errors["batchSize"] = [$"The batch size is 1 to {MaxBatchSize:N0} sequences."];
        }

        if (workload.Mode is { } mode && !Enum.IsDefined(mode))
        {
            errors["mode"] = [$"The mode is one of: {string.Join(", ", Wire.Names<WorkloadMode>())}."];
        }

        if (workload.Precision is { } precision)
        {
            if (!Enum.IsDefined(precision))
            {
                errors["precision"] = [$"The precision is one of: {string.Join(", ", Wire.Names<Precision>())}."];
            }
            else if (workload.Mode is WorkloadMode.Full && precision is Precision.Int8 or Precision.Int4)
            {
                errors["precision"] = ["Full fine-tuning needs fp32, bf16 or fp16: integers have no useful gradients. Use qlora to tune a model in int4."];
            }
            else if (workload.Mode is WorkloadMode.Lora && precision is Precision.Int4)
            {
                errors["precision"] = ["LoRA on an int4 model is the mode qlora."];
            }
            else if (workload.Mode is WorkloadMode.Qlora && precision is Precision.Fp32 or Precision.Int8)
            {
                errors["precision"] = ["QLoRA keeps the model in int4 and computes in bf16 or fp16: say int4, bf16 or fp16, or leave the precision out."];
            }
        }

        return errors;
    }

    /// <summary>Chooses what the caller left open; the errors are those that need the model to be seen.</summary>
    public static (WorkloadPlan? Plan, Dictionary<string, string[]> Errors) Choose(Workload workload, ParameterCount count, ModelShape shape)
    {
        List<string> assumptions = [];
        var mode = workload.Mode ?? ChooseMode(count, workload.Precision, assumptions);
        var errors = Validate(workload with { Mode = mode });
        if (workload.ContextLength is { } asked && shape is { ReadsContext: true, UsablePositions: { } positions } && asked > positions)
        {
            errors["contextLength"] = [$"The model reads at most {positions:N0} tokens."];
        }

        if (errors.Count > 0)
        {
            return (null, errors);
        }

        var precision = workload.Precision ?? ChoosePrecision(mode, count, assumptions);
        var context = ChooseContext(workload.ContextLength, mode, shape, assumptions);
        var batch = workload.BatchSize ?? ChooseBatch(mode, count, assumptions);
        return (new WorkloadPlan(mode, precision, context, batch, assumptions), []);
    }

    private static WorkloadMode ChooseMode(ParameterCount count, Precision? precision, List<string> assumptions)
    {
        if (precision is Precision.Int4)
        {
            assumptions.Add("mode qlora: fine-tuning in int4 was asked for.");
            return WorkloadMode.Qlora;
        }

        var full = count.Parameters.Total <= LargestFullyTuned && precision is not Precision.Int8;
        assumptions.Add(full
            ? "mode full: models of up to 3 billion parameters are tuned as a whole."
            : "mode lora: beyond 3 billion parameters, or in int8, adapters are tuned instead of the model.");
        return full ? WorkloadMode.Full : WorkloadMode.Lora;
    }

    private static Precision ChoosePrecision(WorkloadMode mode, ParameterCount count, List<string> assumptions)
    {
        if (mode is WorkloadMode.Qlora)
        {
            assumptions.Add("precision int4: QLoRA keeps the model in NF4 and computes in 16 bits.");
            return Precision.Int4;
        }

        if (mode is WorkloadMode.Inference && count.StoredBits is 4 or 8)
        {
            assumptions.Add($"precision int{count.StoredBits}: as the repository stores it.");
            return count.StoredBits is 4 ? Precision.Int4 : Precision.Int8;
        }

        var precision = count.StoredBf16 ? Precision.Bf16 : Precision.Fp16;
        assumptions.Add((mode, precision) switch
        {
            (WorkloadMode.Inference, Precision.Bf16) => "precision bf16: as the repository stores it.",
            (WorkloadMode.Inference, _) => "precision fp16: half of fp32 or as stored, and every GPU here computes in it.",
            (_, Precision.Bf16) => "precision bf16: the model was trained in it.",
            _ => "precision fp16, mixed: the model is not stored in bf16, and fp16 runs on every GPU here.",
        });
        return precision;
    }

    private static int ChooseContext(int? asked, WorkloadMode mode, ModelShape shape, List<string> assumptions)
    {
        if (!shape.ReadsContext)
        {
            var tokens = shape.FixedTokens;
            assumptions.Add(shape.Family switch
            {
                ModelFamily.Convolution => "contextLength 1: a convolutional network reads images, not tokens.",
                ModelFamily.Unknown => "contextLength 1: without the model's dimensions it changes nothing.",
                _ => $"contextLength {tokens}: the input of this model has one size.",
            });
            return tokens;
        }

        if (asked is { } length)
        {
            return length;
        }

        // 1,024 is what TRL's SFTTrainer cuts sequences to by default.
        var preferred = mode is WorkloadMode.Inference ? 8192 : shape.Family is ModelFamily.Decoder ? 1024 : 512;
        var context = Math.Min(preferred, shape.UsablePositions ?? shape.TrainedPositions ?? preferred);
        assumptions.Add(context < preferred
            ? $"contextLength {context}: all positions of the model."
            : $"contextLength {context}: a usual length for {(mode is WorkloadMode.Inference ? "inference" : "fine-tuning")}.");
        return context;
    }

    private static int ChooseBatch(WorkloadMode mode, ParameterCount count, List<string> assumptions)
    {
        var batch = mode is not WorkloadMode.Inference && count.Parameters.Total < SmallModel ? 16 : 1;
        assumptions.Add(batch == 1
            ? "batchSize 1: larger effective batches come from gradient accumulation or more GPUs."
            : "batchSize 16: usual for models below a billion parameters.");
        if (mode is WorkloadMode.Inference)
        {
            assumptions[^1] = "batchSize 1: one sequence at a time.";
        }

        return batch;
    }
}
