using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>
/// What would make a workload fit an offer: each change is made to the breakdown of memory and the offer is sized again. The registry may
/// size the changed workload a little differently, so the bytes are estimates.
/// </summary>
internal static class FitChanges
{
    private const int MaxChanges = 6;

    public static IReadOnlyList<FitChange> Of(Offer offer, Demand demand, OfferSnapshot snapshot)
    {
        var (needs, policy) = (demand.Request.Requirements, demand.Policy);
        OfferFit? Fit(ModelRequirements changed) => ShapeChecks.Size(offer, changed, demand.Request.MinDiskBytes, policy).Fit;
        return [.. Precisions(needs, policy, Fit).Concat(Modes(needs, policy, Fit)).Concat(Smaller(needs, Fit)).Concat(MoreGpus(offer, demand, snapshot)).Take(MaxChanges)];
    }

    private static IEnumerable<FitChange> Precisions(ModelRequirements needs, OptimizerPolicy policy, Func<ModelRequirements, OfferFit?> fit)
    {
        var size = WeightBytes(needs.Precision, policy);
        Precision[] others = needs.Mode == WorkloadMode.Inference
            ? [Precision.Fp16, Precision.Int8, Precision.Int4]
            : [Precision.Fp16];
        foreach (var precision in others.Where(other => other != needs.Precision && WeightBytes(other, policy) <= size))
        {
            var share = WeightBytes(precision, policy) / size;
            var weights = Scaled(needs.Memory.WeightsBytes, share);
            var changed = needs with
            {
                Precision = precision,
                Memory = needs.Memory with { WeightsBytes = weights },
                HostMemoryBytes = Scaled(needs.HostMemoryBytes, share),
                Gpus = needs.Gpus with { MinComputeCapability = null },
            };
            if (fit(changed) is { } fits)
            {
                yield return new FitChange(
                    "precision", Wire.Name(precision), fits.RequiredBytesPerGpu,
                    share < 1
                        ? $"{Wire.Name(precision)} weights take about {Bytes.InGiB(weights)} instead of {Bytes.InGiB(needs.Memory.WeightsBytes)}: {InAll(fits)}."
                        : $"{Wire.Name(precision)} takes as much memory as {Wire.Name(needs.Precision)}, and its GPU computes in it: {InAll(fits)}.");
            }
        }
    }

    private static IEnumerable<FitChange> Modes(ModelRequirements needs, OptimizerPolicy policy, Func<ModelRequirements, OfferFit?> fit)
    {
        WorkloadMode[] smaller = needs.Mode switch
        {
            WorkloadMode.Full => [WorkloadMode.Lora, WorkloadMode.Qlora],
            WorkloadMode.Lora => [WorkloadMode.Qlora],
            _ => [],
        };
        foreach (var mode in smaller)
        {
            var trained = needs.Mode == WorkloadMode.Full ? policy.AdapterShare : 1;
            var weights = mode == WorkloadMode.Qlora ? policy.Int4Bytes / WeightBytes(needs.Precision, policy) : 1;
            var memory = needs.Memory;
            var changed = needs with
            {
                Mode = mode,
                Memory = memory with
                {
                    WeightsBytes = Scaled(memory.WeightsBytes, weights),
                    GradientBytes = Scaled(memory.GradientBytes, trained),
                    OptimizerBytes = Scaled(memory.OptimizerBytes, trained),
                },
            };
            if (fit(changed) is { } fits)
            {
                yield return new FitChange(
                    "mode", Wire.Name(mode), fits.RequiredBytesPerGpu,
                    $"{Wire.Name(mode)} keeps gradients and optimizer state of adapters only{(weights < 1 ? ", over weights in 4 bits" : "")}: {InAll(fits)}.");
            }
        }
    }

    /// <summary>The longest context and the largest batch that fit; the KV cache and the activations grow with both.</summary>
    private static IEnumerable<FitChange> Smaller(ModelRequirements needs, Func<ModelRequirements, OfferFit?> fit)
    {
        foreach (var (field, now) in new[] { ("contextLength", needs.ContextLength), ("batchSize", needs.BatchSize) })
        {
            OfferFit? At(int value) => fit(needs with
            {
                Memory = needs.Memory with
                {
                    KvCacheBytes = Scaled(needs.Memory.KvCacheBytes, (double)value / now),
                    ActivationBytes = Scaled(needs.Memory.ActivationBytes, (double)value / now),
                },
            });

            var (fits, tooLarge) = (0, now);
            while (tooLarge - fits > 1)
            {
                var middle = fits + ((tooLarge - fits) / 2);
                (fits, tooLarge) = At(middle) is null ? (fits, middle) : (middle, tooLarge);
            }

            if (fits > 0)
            {
                yield return new FitChange(
                    field, fits.ToString(System.Globalization.CultureInfo.InvariantCulture), At(fits)!.RequiredBytesPerGpu,
                    $"At most {fits} instead of {now}: {InAll(At(fits)!)}.");
            }
        }
    }

    private static IEnumerable<FitChange> MoreGpus(Offer offer, Demand demand, OfferSnapshot snapshot)
    {
        var more = snapshot.Groups
            .Select(group => group.Offers[0].Offer)
            .Where(other => other.Gpu.Model == offer.Gpu.Model && other.Gpu.Count > offer.Gpu.Count && other.Capacity == offer.Capacity && other.PricePerHour is not null)
            .OrderBy(other => other.Gpu.Count)
            .ThenBy(other => other, OfferOrder.ByPriceThenName);
        foreach (var other in more)
        {
            if (ShapeChecks.Size(other, demand.Request.Requirements, demand.Request.MinDiskBytes, demand.Policy).Fit is { } fits)
            {
                yield return new FitChange(
                    "constraints.minGpus", Words.Number(other.Gpu.Count), fits.RequiredBytesPerGpu,
                    $"With {Words.Number(other.Gpu.Count)} of the same GPU it fits, such as {other.InstanceType} from {Words.PerHour(other.PricePerHour!.Value)}.");
                yield break;
            }
        }
    }

    private static double WeightBytes(Precision precision, OptimizerPolicy policy) => precision switch
    {
        Precision.Fp32 => 4,
        Precision.Bf16 or Precision.Fp16 => 2,
        Precision.Fp8 or Precision.Int8 => 1,
        _ => policy.Int4Bytes,
    };

    private static string InAll(OfferFit fit) =>
        $"about {Bytes.InGiB(fit.RequiredBytesPerGpu)} per GPU in all, {Bytes.InGiB(fit.UsableBytesPerGpu)} are usable (an estimate)";

    private static long Scaled(long bytes, double by) => (long)Math.Min(Math.Ceiling(bytes * by), 1L << 60);
}
