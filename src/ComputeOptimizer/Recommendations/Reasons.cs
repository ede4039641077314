using System.Globalization;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Says in words what the figures of a recommendation say.</summary>
internal static class Reasons
{
    public static IReadOnlyList<string> Of(FittingOffer chosen, IReadOnlyList<FittingOffer> ranked, Recommend request, Goal goal, OptimizerPolicy policy) =>
    [
        Place(chosen, ranked, goal),
        Fit(chosen, request),
        .. Split(chosen, request),
        Price(chosen.Candidate.Offer),
        .. Spot(chosen.Candidate),
        .. Time(chosen, request, policy),
        .. Warnings(chosen.Candidate),
    ];

    /// <summary>What the figures rest on beside the request itself.</summary>
    public static IReadOnlyList<string> Assumptions(Recommend request, OptimizerPolicy policy)
    {
        var training = request.Requirements.Mode != WorkloadMode.Inference;
        var memory = training
            ? $"{Percent(policy.TrainingMemoryFraction)} of a GPU's memory less {Words.Number(policy.TrainingReserveGiB)} GiB is usable in training; weights, gradients and optimizer state are sharded over all GPUs of the instance."
            : $"{Percent(policy.InferenceMemoryFraction)} of a GPU's memory less {Words.Number(policy.InferenceReserveGiB)} GiB is usable in inference; one copy of the model is served, over the fewest GPUs that hold it.";
        if (!training)
        {
            return [memory, "The hours of inference depend on its users and are not estimated."];
        }

        if (request.Requirements.Precision == Precision.Fp32)
        {
            return [memory, "The hours are not estimated: the known peaks are those of half precision, not of fp32."];
        }

        return RunTime.Tokens(request, policy) is { } tokens
            ?
            [
                memory,
                $"{policy.Epochs} epochs over {request.DatasetRows} rows of {Math.Min(request.TokensPerRow!.Value, request.Requirements.ContextLength)} tokens, {tokens.ToString("0.##e0", CultureInfo.InvariantCulture)} tokens in all.",
                $"Hours are FLOPs / (dense half-precision peak x {Words.Number(policy.FlopsUtilisation)} x GPUs), with {FlopsPerParameter(request, policy)} FLOPs per active parameter and token; starting up, loading and interruptions come on top.",
            ]
            : [memory, "The hours are not estimated: the number of rows or of tokens per row is not known."];
    }

    private static string Place(FittingOffer chosen, IReadOnlyList<FittingOffer> ranked, Goal goal)
    {
        var first = ranked[0];
        if (goal == Goal.CheapestToFinish && chosen.Cost.ToFinish is { } cost && first.Cost.ToFinish is { } best)
        {
            return ReferenceEquals(chosen, first)
                ? $"Cheapest to finish of {Count(ranked)}: {Words.Usd(cost)}."
                : $"{Words.Usd(cost - best)} more to finish than {Name(first)}.";
        }

        return ReferenceEquals(chosen, first)
            ? $"Cheapest per hour of {Count(ranked)}."
            : chosen.Cost.PerHour == first.Cost.PerHour
                ? $"As dear as {Name(first)}, which comes first by the order of ties."
                : chosen.Cost.PerHour > first.Cost.PerHour
                    ? $"{Words.PerHour(chosen.Cost.PerHour - first.Cost.PerHour)} more than {Name(first)}."
                    : $"{Words.PerHour(first.Cost.PerHour - chosen.Cost.PerHour)} less than {Name(first)}, but its hours to finish are not known.";
    }

    private static string Fit(FittingOffer chosen, Recommend request)
    {
        var gpu = chosen.Candidate.Offer.Gpu;
        return $"Fits: {Wire.Name(request.Requirements.Mode)} in {Wire.Name(request.Requirements.Precision)} needs {Bytes.InGiB(chosen.Fit.RequiredBytesPerGpu)} per GPU, "
            + $"{Bytes.InGiB(chosen.Fit.UsableBytesPerGpu)} of the {gpu.Model}'s {gpu.MemoryMiB} MiB are usable: {chosen.Fit.HeadroomPercent.ToString("0.0", CultureInfo.InvariantCulture)}% are left.";
    }

    private static IEnumerable<string> Split(FittingOffer chosen, Recommend request)
    {
        var gpu = chosen.Candidate.Offer.Gpu;
        var devices = MemoryFit.Devices(gpu);
        if (gpu.Count < 1)
        {
            yield return $"It is {Words.Number(gpu.Count)} of a {gpu.Model}, used as one GPU.";
        }

        if (request.Requirements.Mode != WorkloadMode.Inference)
        {
            if (devices > 1)
            {
                yield return $"Weights, gradients and optimizer state are sharded over its {devices} GPUs.";
            }

            yield break;
        }

        if (chosen.Fit.TensorParallel > 1)
        {
            yield return gpu.Interconnect == Interconnect.Nvlink
                ? $"The model is split over {chosen.Fit.TensorParallel} GPUs that NVLink joins."
                : $"The model is split over {chosen.Fit.TensorParallel} GPUs that only PCIe joins, which is slower than one larger GPU.";
        }

        if (chosen.Fit.GpusUsed < devices)
        {
            yield return $"{devices - chosen.Fit.GpusUsed} of its {devices} GPUs stay free and are paid all the same.";
        }
    }

    private static string Price(Offer offer)
    {
        var kind = offer.Confidence switch
        {
            PriceConfidence.Estimate => "an estimate",
            PriceConfidence.Stale => "an old price (over a year older than the newest here)",
            _ => "a listed price",
        };
        return $"{Words.PerHour(offer.PricePerHour!.Value)} is {kind} of {offer.AsOf:yyyy-MM-dd}: {offer.Source}.";
    }

    private static IEnumerable<string> Spot(GpuOffer candidate)
    {
        if (candidate.Offer.Capacity == Capacity.Spot)
        {
            yield return candidate.InterruptionBand is { } band
                ? $"Spot: {band} of these instances are interrupted in a month, says AWS Spot Advisor."
                : "Spot: the provider may take it back at any time; how often is not known here.";
        }
    }

    private static IEnumerable<string> Time(FittingOffer chosen, Recommend request, OptimizerPolicy policy)
    {
        if (chosen.Cost.HoursToFinish is not { } hours)
        {
            if (RunTime.Tokens(request, policy) is not null && request.Requirements.Precision != Precision.Fp32)
            {
                yield return $"Its hours are not estimated: no half-precision peak of the {chosen.Candidate.Offer.Gpu.Model} is known, or they are beyond any plan.";
            }

            yield break;
        }

        yield return $"About {hours.ToString("0.0#", CultureInfo.InvariantCulture)} h of computing, {Words.Usd(chosen.Cost.ToFinish!.Value)}.";
        if (request.Constraints.MaxRuntimeHours is { } limit && hours > limit)
        {
            yield return $"It does not finish by the deadline of {Words.Number(limit)} h; only a checkpoint would be left.";
        }
    }

    private static IEnumerable<string> Warnings(GpuOffer candidate)
    {
        if (candidate.Withdrawn)
        {
            yield return "Named by the caller: the provider prices it but no longer lists it, so it may not start.";
        }

        if (candidate.Architecture == CpuArchitecture.Arm64)
        {
            yield return "Named by the caller: its CPUs are Arm, so x86_64 images do not run on it.";
        }
    }

    private static string Name(FittingOffer offer) =>
        $"{offer.Candidate.Offer.InstanceType} {Wire.Name(offer.Candidate.Offer.Capacity)} in {offer.Candidate.Offer.Region}";

    private static string Count(IReadOnlyList<FittingOffer> ranked) => ranked.Count == 1 ? "1 offer that fits" : $"{ranked.Count} offers that fit";

    private static string Percent(decimal fraction) => (100 * fraction).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    private static int FlopsPerParameter(Recommend request, OptimizerPolicy policy) =>
        request.Requirements.Mode == WorkloadMode.Full ? policy.FullFlopsPerParameter : policy.AdapterFlopsPerParameter;
}
