using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>What a workload asks of the machine besides GPU memory.</summary>
public static class GpuFit
{
    /// <summary>The widest tensor parallelism that is considered.</summary>
    public const int MostGpus = 16;

    private const long LeastHostMemoryBytes = 4L << 30;
    private const int KeptCheckpoints = 2;

    /// <summary>NVIDIA compute capability that the precision needs: bf16 Ampere, fp8 Ada, fp4 Blackwell, int4 kernels Turing, fp16 and int8 Volta.</summary>
    public static string? MinComputeCapability(Precision precision) => precision switch
    {
        Precision.Fp4 => "10.0",
        Precision.Fp8 => "8.9",
        Precision.Bf16 => "8.0",
        Precision.Int4 => "7.5",
        Precision.Fp16 or Precision.Int8 => "7.0",
        _ => null,
    };

    /// <summary>
    /// Numbers of GPUs, 1 to 16, that split every attention head evenly: heads divide, and key-value heads either divide or are copied
    /// a whole number of times.
    /// </summary>
    public static IReadOnlyList<int> TensorParallelDegrees(ModelConfig? config)
    {
        var attentions = new[] { config, config?.Text, config?.Vision }
            .Where(part => part?.AttentionHeads is not null)
            .Select(part => (Heads: part!.AttentionHeads!.Value, KeyValueHeads: part.LatentRank is null && part.KeyValueHeads is { } shared ? shared : part.AttentionHeads.Value))
            .ToArray();
        return attentions.Length == 0
            ? [1]
            : [.. Enumerable.Range(1, MostGpus).Where(degree => attentions.All(attention =>
                attention.Heads % degree == 0 && (attention.KeyValueHeads % degree == 0 || degree % attention.KeyValueHeads == 0)))];
    }

    /// <summary>Main memory in bytes: 1.2 times the larger of stored and loaded weights, at least 4 GiB.</summary>
    public static long HostMemoryBytes(ParameterCount count, MemoryBreakdown memory) =>
        Math.Max(Saturated.Long((Int128)Math.Max(count.StoredBytes, memory.WeightsBytes) * 12 / 10), LeastHostMemoryBytes);

    /// <summary>Disk in bytes: 1.5 times the stored weights, and two checkpoints of what is trained with its optimizer.</summary>
    public static long DiskBytes(WorkloadPlan plan, ParameterCount count, MemoryBreakdown memory, long trained)
    {
        Int128 checkpoint = plan.Trains ? ((Int128)trained * (plan.Precision is Precision.Fp32 ? 4 : 2)) + memory.OptimizerBytes : 0;
        return Saturated.Long(((Int128)count.StoredBytes * 15 / 10) + (checkpoint * KeptCheckpoints));
    }
}
