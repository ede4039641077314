using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests;

/// <summary>Requirements as the model registry would size them, with the figures spelt out.</summary>
internal static class Workloads
{
    public const long GiB = 1L << 30;

    /// <summary>BERT base, fully fine-tuned in fp16 with AdamW: 16 bytes per parameter, 512 tokens, batch 16.</summary>
    public static ModelRequirements Bert { get; } = Requirements(
        "huggingface:google-bert/bert-base-uncased",
        WorkloadMode.Full,
        Precision.Fp16,
        parameters: 109_482_240,
        new MemoryBreakdown(218_964_480, 0, 0, 1_300_000_000, 218_964_480, 1_313_786_880, GiB / 2),
        context: 512,
        batch: 16,
        degrees: [1, 2, 3, 4, 6, 12]);

    /// <summary>Llama 3.1 8B served at 8,192 tokens: 2 bytes per parameter, 128 KiB of KV cache per token.</summary>
    public static ModelRequirements Llama8B(Precision precision = Precision.Bf16) => Requirements(
        "huggingface:meta-llama/Llama-3.1-8B",
        WorkloadMode.Inference,
        precision,
        parameters: 8_030_261_248,
        new MemoryBreakdown(2 * 8_030_261_248, 131_072, 8192L * 131_072, 8192L * 4096 * 34, 0, 0, GiB),
        context: 8192,
        batch: 1,
        degrees: [1, 2, 4, 8, 16, 32],
        keyValueHeads: 8,
        hostMemory: 18 * GiB);

    /// <summary>Llama 3.1 70B served at 8,192 tokens: 320 KiB of KV cache per token.</summary>
    public static ModelRequirements Llama70B { get; } = Requirements(
        "huggingface:meta-llama/Llama-3.1-70B",
        WorkloadMode.Inference,
        Precision.Bf16,
        parameters: 70_553_706_496,
        new MemoryBreakdown(2 * 70_553_706_496, 327_680, 8192L * 327_680, 8192L * 8192 * 34, 0, 0, GiB),
        context: 8192,
        batch: 1,
        degrees: [1, 2, 4, 8, 16, 32, 64],
        keyValueHeads: 8,
        hostMemory: 160 * GiB);

    public static ModelRequirements Requirements(
        string model, WorkloadMode mode, Precision precision, long parameters, MemoryBreakdown memory, int context, int batch,
        IReadOnlyList<int> degrees, int? keyValueHeads = null, long hostMemory = 2 * GiB) => new(
        model,
        mode,
        precision,
        context,
        batch,
        new ModelParameters(parameters, parameters, new Dictionary<string, long>(), "safetensors headers", Confidence.Headers),
        mode == WorkloadMode.Full ? parameters : 0,
        memory,
        hostMemory,
        DiskBytes: 10 * GiB,
        new GpuRequirements(precision == Precision.Bf16 ? "8.0" : null, degrees, keyValueHeads),
        "test",
        []);

    /// <summary>The question with room for every instance type in the answer.</summary>
    public static Recommend Asking(
        ModelRequirements requirements, Constraints? constraints = null, Goal? goal = null, long? rows = null, long? tokensPerRow = null, Job? job = null) =>
        new(requirements, constraints ?? new Constraints(), goal, rows, tokensPerRow, requirements.DiskBytes) { Job = job, Limit = 500 };
}
