using System.Globalization;
using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Recommendations;

/// <summary>Says in words what the figures of a ranked offer say.</summary>
/// <param name="best">The best offer of each group, best first.</param>
/// <param name="fitting">Offers that fit in all.</param>
internal sealed class Reasons(Demand demand, IReadOnlyList<Candidate> best, int fitting)
{
    private readonly Candidate? _cheapestSingle = best.Where(candidate => candidate.Group.Fit.GpusUsed == 1).MinBy(candidate => candidate.PriceMicros);

    public IReadOnlyList<string> Of(Candidate chosen) =>
    [
        Place.Of(chosen, best[0], demand.Goal, fitting),
        Fit(chosen),
        .. Split(chosen),
        Price(chosen.Offer.Offer),
        .. Spot(chosen.Offer),
        .. Time(chosen),
        .. Warnings(chosen.Offer),
    ];

    private string Fit(Candidate chosen)
    {
        var (gpu, fit, needs) = (chosen.Offer.Offer.Gpu, chosen.Group.Fit, demand.Request.Requirements);
        return $"Fits: {Wire.Name(needs.Mode)} in {Wire.Name(needs.Precision)} needs {Bytes.InGiB(fit.RequiredBytesPerGpu)} per GPU, "
            + $"{Bytes.InGiB(fit.UsableBytesPerGpu)} of the {gpu.Model}'s {gpu.MemoryMiB} MiB are usable: {fit.HeadroomPercent.ToString("0.0", CultureInfo.InvariantCulture)}% are left.";
    }

    private IEnumerable<string> Split(Candidate chosen)
    {
        var (gpu, fit) = (chosen.Offer.Offer.Gpu, chosen.Group.Fit);
        var devices = MemoryFit.Devices(gpu);
        if (gpu.Count < 1)
        {
            yield return $"It is {Words.Number(gpu.Count)} of a {gpu.Model}, used as one GPU.";
        }

        if (demand.Request.Requirements.Mode != WorkloadMode.Inference)
        {
            if (devices > 1)
            {
                yield return $"Weights, gradients and optimizer state are sharded over its {devices} GPUs.";
            }

            yield break;
        }

        if (fit.TensorParallel > 1)
        {
            yield return gpu.Interconnect == Interconnect.Nvlink
                ? $"The model is split over {fit.TensorParallel} GPUs that NVLink joins."
                : $"The model is split over {fit.TensorParallel} GPUs that only PCIe joins, which is slower than one larger GPU.";
            if (gpu.Interconnect == Interconnect.Pcie && _cheapestSingle is { } single && single.Price <= chosen.Price * demand.Policy.SingleGpuPremium)
            {
                yield return $"{Place.Name(single)} holds it on one {single.Offer.Offer.Gpu.Model} for {Words.PerHour(single.Price)}.";
            }
        }

        if (fit.GpusUsed < devices)
        {
            yield return $"{devices - fit.GpusUsed} of its {devices} GPUs stay free and are paid all the same.";
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

    private IEnumerable<string> Time(Candidate chosen)
    {
        if (chosen.Class.Run is not { } run)
        {
            if (demand.Work.Tokens is not null && demand.Request.Requirements.Precision != Precision.Fp32)
            {
                yield return $"Its hours are not estimated: the speed of the {chosen.Offer.Offer.Gpu.Model} is not known, or they are beyond any plan.";
            }
            else if (demand.Work.Tokens is null && chosen.Group.Throughput is { } speed && demand.Request.Requirements.Mode == WorkloadMode.Inference)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"About {speed.TokensPerSecond:0.#} tokens per second, held back by {Limit(speed)}.");
            }

            yield break;
        }

        yield return $"About {Words.Hours(run.Total)} until it is done, {Words.Usd(Money.Shown(chosen.ToFinish))}: {Words.Hours(chosen.Group.WorkHours!.Value)} of computing, held back by {Limit(chosen.Group.Throughput!)}.";
        if (run.Interruptions >= 0.05)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"About {chosen.Risk:0.0#} interruptions are expected, which cost {Money.Shown(chosen.Interruptions):0.00} USD of that.");
        }

        if (demand.Request.Constraints.MaxRuntimeHours is { } limit && run.Total > (double)limit)
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

    private static string Limit(Throughput speed) => speed.Limit == Throughput.Flops ? "its FLOPS" : "its memory bandwidth";
}
