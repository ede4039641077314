using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;

namespace Terradev.ComputeOptimizer.Advice;

/// <summary>Says in words what speaks for a size, and what another instance type changes.</summary>
internal static class RightSizeWords
{
    private const decimal IdlePercent = 10;

    public static IEnumerable<string> Reasons(RightSizeRequest request, RightSizeVerdict verdict, IReadOnlyList<RightSizeCandidate> candidates)
    {
        var margin = Words.Percent(RightSizing.Margin);
        yield return (verdict, candidates) switch
        {
            (RightSizeVerdict.Larger, []) => $"No other {Wire.Name(request.Capacity!.Value)} instance type in {request.Region} holds what it needs with a margin of {margin}.",
            (RightSizeVerdict.Larger, [var first, ..]) => $"{first.Offer.InstanceType} is the cheapest that holds what it needs with a margin of {margin}.",
            (RightSizeVerdict.Smaller, [var first, ..]) =>
                $"What was observed in {Words.Number(request.HoursObserved!.Value)} h fits {first.Offer.InstanceType} with a margin of {margin}, which costs {Words.PerHour(first.SavingPerHour)} less.",
            _ => $"No cheaper {Wire.Name(request.Capacity!.Value)} instance type in {request.Region} holds what was observed with a margin of {margin}.",
        };
        if (request.GpuUtilisationPercent!.P50 < IdlePercent)
        {
            yield return $"Half of the time the GPUs worked {Words.Number(request.GpuUtilisationPercent.P50!.Value)}% or less: stopping the machine between jobs saves more than another size.";
        }
    }

    public static IEnumerable<string> Changes(Offer other, Offer current)
    {
        if (other.Gpu.Model != current.Gpu.Model || other.Gpu.Count != current.Gpu.Count)
        {
            yield return $"{Gpus(other.Gpu)} instead of {Gpus(current.Gpu)}.";
        }

        var (one, two) = (GpuModels.Find(other.Gpu.Model), GpuModels.Find(current.Gpu.Model));
        if (one?.HalfTflops is { } peak && two?.HalfTflops is { } before && peak < before)
        {
            yield return $"Each GPU has {Words.Number(peak)} TFLOPS in half precision instead of {Words.Number(before)}.";
        }

        if (one?.BandwidthGBs is { } bandwidth && two?.BandwidthGBs is { } wider && bandwidth < wider)
        {
            yield return $"Its GPU memory moves {Words.Number(bandwidth)} GB/s instead of {Words.Number(wider)}: work that waits for memory, such as decoding, becomes slower.";
        }

        if (GpuFacts.Capability(other.Gpu.ComputeCapability) is { } capability && capability < GpuFacts.Capability(current.Gpu.ComputeCapability))
        {
            yield return $"Compute capability {other.Gpu.ComputeCapability} instead of {current.Gpu.ComputeCapability}{(capability < 8 ? ": no bf16" : "")}.";
        }

        if (other.Vcpus != current.Vcpus)
        {
            yield return $"{Words.Number(other.Vcpus)} vCPUs instead of {Words.Number(current.Vcpus)}.";
        }

        if (other.MemoryGiB != current.MemoryGiB)
        {
            yield return $"{Words.Number(other.MemoryGiB)} GiB of main memory instead of {Words.Number(current.MemoryGiB)}.";
        }

        if (current.LocalDiskGB is { } disk && (other.LocalDiskGB ?? 0) < disk)
        {
            yield return $"{(other.LocalDiskGB is { } left ? $"{left} GB" : "No")} local disk instead of {disk} GB.";
        }
    }

    private static string Gpus(OfferGpu gpu) => $"{Words.Number(gpu.Count)} x {gpu.Model} of {gpu.MemoryMiB} MiB";
}
