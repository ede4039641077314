using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>GPU bytes of a model at default context and batch for each mode and precision: what lists filter by.</summary>
public sealed class MemoryNeeds
{
    private readonly ParameterCount _count;
    private readonly ModelConfig? _config;
    private readonly ModelShape _shape;

    private MemoryNeeds(ParameterCount count, ModelConfig? config)
    {
        _count = count;
        _config = config;
        _shape = ModelShape.Of(config);
    }

    /// <summary>Null where the size of the model is unknown.</summary>
    public static MemoryNeeds? Of(ParameterCount? count, ModelConfig? config) => count is null ? null : new MemoryNeeds(count, config);

    /// <summary>Total bytes on one device; null for a precision that the mode cannot use.</summary>
    public long? At(WorkloadMode mode, Precision precision) =>
        WorkloadPlan.Unusable(mode, precision) is null
            ? MemoryEstimate.Of(WorkloadPlan.Settle(new Workload(mode, precision), mode, _count, _shape), _count, _config, _shape).TotalBytes
            : null;
}
