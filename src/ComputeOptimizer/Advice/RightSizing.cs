using Terradev.ComputeOptimizer.Clouds;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>
/// Compares what was observed of an instance with what its cloud offers in the same region. Pure. A figure with the margin never asks for
/// more than the instance has, unless the instance was short of it: then it asks for more.
/// </summary>
internal static class RightSizing
{
    public const decimal Margin = 0.20m;
    private const decimal Pressed = 0.95m;
    private const int MaxCandidates = 10;

    /// <param name="request">One that <see cref="RightSizeRules"/> has nothing against.</param>
    public static Advised<RightSize> Of(RightSizeRequest request, OfferSnapshot snapshot)
    {
        var (cloud, region, type, capacity) = (request.Cloud!.Value, request.Region!, request.InstanceType!, request.Capacity!.Value);
        var running = snapshot.Offers.FirstOrDefault(offer =>
            offer.Offer.PricePerHour is not null && offer.Offer.Cloud == cloud && offer.Offer.Capacity == capacity && offer.Offer.InstanceType == type && offer.Offer.Region == region);
        if (running is null)
        {
            return new(null, KnownOffers.Missing(snapshot, cloud, region, type, capacity));
        }

        var current = running.Offer;
        if (RightSizeRules.Check(request, current) is { } impossible)
        {
            return new(null, impossible);
        }

        var pressures = Pressures(request, current).ToList();
        var needed = Need(request, current);
        var holding = snapshot.Offers
            .Where(other => other.Offer.Cloud == cloud && other.Offer.Region == region && other.Offer.Capacity == capacity && other.Offer.InstanceType != type
                && !other.Withdrawn && other.Architecture == running.Architecture && !CloudProfiles.Of(cloud).IsLocalZone(region, other.Offer.Zone) && Holds(other.Offer, current, needed))
            .Select(other => other.Offer);
        if (pressures.Count == 0)
        {
            holding = holding.Where(other => other.PricePerHour < current.PricePerHour);
        }

        var candidates = holding.Where(other => other.PricePerHour is not null).DistinctBy(other => other.InstanceType).Take(MaxCandidates)
            .Select(other => Candidate(other, current)).ToList();
        var verdict = pressures.Count > 0 ? RightSizeVerdict.Larger : candidates.Count > 0 ? RightSizeVerdict.Smaller : RightSizeVerdict.Keep;
        return new(
            new RightSize(verdict, current, needed, [.. pressures, .. RightSizeWords.Reasons(request, verdict, candidates)], candidates, [.. Inputs(current)], snapshot.Id),
            null);
    }

    /// <summary>Peak of one GPU, or of the slice, in 10^12 dense half-precision FLOPS; null where it is not known.</summary>
    private static double? Peak(OfferGpu gpu) => GpuModels.Find(gpu.Model)?.HalfTflops * (gpu.Count < 1 ? (double)gpu.Count : 1);

    private static RightSizeNeed Need(RightSizeRequest request, Offer current)
    {
        var gpus = request.GpusUsed ?? current.Gpu.Count;
        var busy = Needed(request.GpuUtilisationPercent!.P95!.Value, 100) / 100;
        return new RightSizeNeed(
            gpus,
            Math.Round(Needed(request.GpuMemoryUsedMiB!.Value, current.Gpu.MemoryMiB), 1),
            Peak(current.Gpu) is { } peak ? Math.Round(peak * (double)(busy * Math.Max(1, gpus)), 3) : null,
            Math.Round(Needed(request.VcpusUsed!.Value, current.Vcpus), 2),
            Math.Round(Needed(request.MemoryUsedGiB!.Value, current.MemoryGiB), 2),
            Margin * 100);
    }

    private static decimal Needed(decimal used, decimal has) => used > has * Pressed ? used * (1 + Margin) : Math.Min(used * (1 + Margin), has);

    private static bool Holds(Offer other, Offer current, RightSizeNeed needed) =>
        other.Gpu.Count >= needed.Gpus
        && other.Gpu.MemoryMiB >= needed.GpuMemoryMiB
        && other.Vcpus >= needed.Vcpus
        && other.MemoryGiB >= needed.MemoryGiB
        && string.Equals(other.Gpu.Vendor, current.Gpu.Vendor, StringComparison.OrdinalIgnoreCase)
        && (needed.Gpus <= 1 || other.Gpu.Interconnect == Interconnect.Nvlink || current.Gpu.Interconnect == Interconnect.Pcie)
        && (needed.HalfTflops is { } tflops
            ? Peak(other.Gpu) * (double)Math.Max(1, needed.Gpus) >= tflops - 0.001
            : other.Gpu.Model == current.Gpu.Model && Math.Min(other.Gpu.Count, 1) >= Math.Min(current.Gpu.Count, 1));

    private static IEnumerable<string> Pressures(RightSizeRequest request, Offer current)
    {
        foreach (var (what, used, has, unit) in new[]
        {
            ("GPU utilisation (95th percentile)", request.GpuUtilisationPercent!.P95!.Value, 100m, "%"),
            ("GPU memory", request.GpuMemoryUsedMiB!.Value, current.Gpu.MemoryMiB, " MiB"),
            ("vCPUs (95th percentile)", request.VcpusUsed!.Value, current.Vcpus, ""),
            ("main memory", request.MemoryUsedGiB!.Value, current.MemoryGiB, " GiB"),
        })
        {
            if (used > has * Pressed)
            {
                yield return $"It is short of {what}: {Words.Number(used)} of {Words.Number(has)}{unit} is above {Words.Percent(Pressed)}.";
            }
        }
    }

    private static RightSizeCandidate Candidate(Offer other, Offer current)
    {
        var saving = Money.Usd(current.PricePerHour!.Value - other.PricePerHour!.Value);
        return new RightSizeCandidate(other, saving, Money.Usd(saving * Recommendations.Candidate.HoursPerMonth), [.. RightSizeWords.Changes(other, current)]);
    }

    private static IEnumerable<CostInput> Inputs(Offer current)
    {
        yield return new("price", current.PricePerHour!.Value, "USD/h", KnownPrice.Of(current).Source);
        yield return new("margin", Margin * 100, "% on top of what was observed", "policy");
        yield return new("pressure", Pressed * 100, "% of what the instance has", "policy");
        if (Peak(current.Gpu) is { } peak)
        {
            yield return new("peak", (decimal)peak, "TFLOPS of one GPU, half precision", "datasheet of the GPU");
        }
    }
}
