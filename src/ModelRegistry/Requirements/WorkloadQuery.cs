using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Terradev.Contracts;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ModelRegistry.Requirements;

/// <summary>A workload as a query string writes it; text, so that every wrong field can be named at once.</summary>
internal sealed record WorkloadQuery
{
    [FromQuery(Name = "mode"), Description("inference, full, lora or qlora")]
    public string? Mode { get; init; }

    [FromQuery(Name = "precision"), Description("fp32, bf16, fp16, int8, int4, fp8 or fp4")]
    public string? Precision { get; init; }

    [FromQuery(Name = "contextLength"), Description("Tokens per sequence")]
    public string? ContextLength { get; init; }

    [FromQuery(Name = "batchSize"), Description("Sequences at once per GPU")]
    public string? BatchSize { get; init; }

    [FromQuery(Name = "optimizer"), Description("Training only: adamw, adam8bit or sgd-momentum")]
    public string? Optimizer { get; init; }

    [FromQuery(Name = "recompute"), Description("Training only, activations that are computed again: none, selective (attention matrices) or full (all but the layers' inputs)")]
    public string? Recompute { get; init; }

    [FromQuery(Name = "zeroStage"), Description("Training only, what data-parallel GPUs share: 0 nothing, 1 optimizer state, 2 gradients too, 3 weights too")]
    public string? ZeroStage { get; init; }

    [FromQuery(Name = "gpus"), Description("GPUs that the workload is spread over; more than one asks for perGpu")]
    public string? Gpus { get; init; }

    [FromQuery(Name = "tensorParallel"), Description("GPUs that share every matrix; a divisor of gpus")]
    public string? TensorParallel { get; init; }

    [FromQuery(Name = "gpuMemoryGiB"), Description("Memory of one GPU in GiB; asks for fit, the largest context and batch that it holds")]
    public string? GpuMemoryGiB { get; init; }

    /// <summary>The workload; a field that cannot be read is null and named in <paramref name="errors"/>.</summary>
    public Workload Read(Dictionary<string, string[]> errors) => new(
        Word<WorkloadMode>("mode", Mode, errors),
        Word<Precision>("precision", Precision, errors),
        Number("contextLength", ContextLength, errors),
        Number("batchSize", BatchSize, errors),
        Word<TrainingOptimizer>("optimizer", Optimizer, errors),
        Word<Recomputation>("recompute", Recompute, errors),
        Number("zeroStage", ZeroStage, errors),
        Number("gpus", Gpus, errors),
        Number("tensorParallel", TensorParallel, errors),
        Fraction("gpuMemoryGiB", GpuMemoryGiB, errors));

    private static T? Word<T>(string field, string? text, Dictionary<string, string[]> errors)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (Wire.TryParse<T>(text, out var value))
        {
            return value;
        }

        errors[field] = [$"Use one of: {string.Join(", ", Wire.Names<T>())}."];
        return null;
    }

    private static int? Number(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        errors[field] = ["Use a whole number."];
        return null;
    }

    private static decimal? Fraction(string field, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length <= 20 && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        errors[field] = ["Use a number such as 24 or 22.5."];
        return null;
    }
}
