using Terradev.ComputeOptimizer.Offers;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

/// <summary>Judges offers one by one from the rules as a list; it shares no code with the optimizer.</summary>
/// <param name="Code">What it is refused for; null when it fits.</param>
/// <param name="Cost">USD to finish as the parts are rounded, or per hour where the work has no end; null when it is not known.</param>
/// <param name="Time">Hours, or seconds per million tokens where the work has no end; null when it is not known.</param>
internal sealed record Verdict(GpuOffer Offer, string? Code, int Degree = 0, int Gpus = 0, double? Cost = null, double? Time = null, double Risk = 0)
{
    public decimal Price => Offer.Offer.PricePerHour!.Value;
}

internal static class BruteForce
{
    private const double MiB = 1L << 20;

    // Dense half-precision TFLOPS and GB/s.
    private static readonly Dictionary<string, (double Peak, double Bandwidth)> Speeds = new()
    {
        ["T4"] = (65, 320),
        ["V100"] = (112, 900),
        ["L4"] = (121, 300),
        ["A100"] = (312, 1555),
        ["H100"] = (989, 3350),
        ["A10"] = (125, 600),
        ["A10G"] = (70, 600),
        ["A100-80GB"] = (312, 2039),
        ["H100-MEGA"] = (989, 3350),
        ["H100-NVL"] = (835, 3900),
        ["H200"] = (989, 4800),
        ["B200"] = (2250, 8000),
        ["B300"] = (2250, 8000),
        ["GB200"] = (2500, 8000),
        ["L40S"] = (362, 864),
        ["T4g"] = (65, 320),
        ["V100-32GB"] = (125, 900),
        ["RTXPRO6000"] = (500, 1597),
    };

    public static Verdict Judge(GpuOffer candidate, Recommend request)
    {
        var (offer, needs, limits) = (candidate.Offer, request.Requirements, request.Constraints);
        var named = limits.InstanceTypes is { Count: > 0 };
        bool Listed(IReadOnlyList<string>? list, string? name) => list is null || list.Count == 0 || list.Any(entry => entry.Equals(name, StringComparison.OrdinalIgnoreCase));
        var zoneNamed = limits.Regions is { Count: > 0 } && offer.Zone is not null && Listed(limits.Regions, offer.Zone);
        var most = (double?)limits.MaxInterruptionPercent;
        if ((limits.Clouds is { Count: > 0 } && !limits.Clouds.Contains(offer.Cloud)) || !Listed(limits.Gpus, offer.Gpu.Model) || !Listed(limits.InstanceTypes, offer.InstanceType)
            || offer.Gpu.Count < (limits.MinGpus ?? 0) || offer.Gpu.Count > (limits.MaxGpus ?? 1000)
            || offer.Gpu.Vendor == "amd" || (!named && (candidate.Withdrawn || candidate.Architecture == CpuArchitecture.Arm64))
            || (offer.Zone?.Contains("-atl", StringComparison.Ordinal) is true && !zoneNamed)
            || (offer.Capacity == Capacity.Spot && most is not null && !(Worst(candidate.InterruptionBand) <= most)))
        {
            return new Verdict(candidate, "policy");
        }

        if (!Listed(limits.Regions, offer.Region) && !zoneNamed)
        {
            return new Verdict(candidate, "region");
        }

        if ((limits.Capacity == CapacityPreference.Spot && offer.Capacity != Capacity.Spot) || (limits.Capacity == CapacityPreference.OnDemand && offer.Capacity != Capacity.OnDemand))
        {
            return new Verdict(candidate, "capacity");
        }

        if (offer.PricePerHour is null)
        {
            return new Verdict(candidate, "unknown-price");
        }

        // The families without the number format: Turing and before for bf16, Ampere and before for fp8, Hopper and before for fp4.
        var computes = needs.Precision switch
        {
            Precision.Bf16 => offer.Gpu.Model is not ("T4" or "T4g" or "V100" or "V100-32GB" or "K80" or "M60"),
            Precision.Fp16 => offer.Gpu.Model is not ("K80" or "M60"),
            Precision.Fp8 => offer.Gpu.Model is "L4" or "H100",
            Precision.Fp4 => false,
            _ => true,
        };
        return computes ? Size(candidate, request) : new Verdict(candidate, "dtype");
    }

    private static Verdict Size(GpuOffer candidate, Recommend request)
    {
        var (offer, needs) = (candidate.Offer, request.Requirements);
        var memory = needs.Memory;
        var devices = offer.Gpu.Count < 1 ? 1 : (int)offer.Gpu.Count;
        var inference = needs.Mode == WorkloadMode.Inference;
        var usable = inference ? (0.90 * offer.Gpu.MemoryMiB) - 1024 : (0.92 * offer.Gpu.MemoryMiB) - 2048;
        double Need(int parts) => inference
            ? ((memory.WeightsBytes / (double)parts) + (memory.KvCacheBytes / (double)Math.Min(parts, needs.Gpus.KeyValueHeads ?? parts)) + memory.ActivationBytes + memory.OverheadBytes) / MiB
            : (((memory.WeightsBytes + memory.GradientBytes + memory.OptimizerBytes) / (double)parts) + memory.ActivationBytes + memory.OverheadBytes) / MiB;
        if (Need(devices) > usable)
        {
            return new Verdict(candidate, "memory");
        }

        var degrees = Enumerable.Range(1, devices)
            .Where(degree => Need(degree) <= usable && (offer.Gpu.Interconnect == Interconnect.Nvlink || degree <= 4) && needs.Gpus.TensorParallelDegrees.Contains(degree)).ToList();
        if (inference && degrees.Count == 0)
        {
            return new Verdict(candidate, "parallelism");
        }

        var used = inference ? degrees[0] : devices;
        if (offer.MemoryGiB * Workloads.GiB < needs.HostMemoryBytes || offer.Vcpus < 2 + used)
        {
            return new Verdict(candidate, offer.MemoryGiB * Workloads.GiB < needs.HostMemoryBytes ? "memory" : "policy");
        }

        return Afford(candidate, request, inference ? used : 1, used);
    }

    private static Verdict Afford(GpuOffer candidate, Recommend request, int degree, int used)
    {
        var (offer, limits, job) = (candidate.Offer, request.Constraints, request.Job ?? new Job());
        var replicas = job.Replicas ?? 1;
        var (perHour, price) = (offer.PricePerHour!.Value * replicas, (double)offer.PricePerHour.Value);
        if (perHour > limits.MaxHourly || perHour * limits.MaxRuntimeHours > limits.TotalBudget)
        {
            return new Verdict(candidate, "budget");
        }

        var rate = offer.Capacity == Capacity.OnDemand ? 0 : job.InterruptionsPerHour ?? (-Math.Log(1 - (Assumed(candidate.InterruptionBand) / 100)) / 730);
        var speed = Speed(offer.Gpu, request, degree, used);
        var training = request.Requirements.Mode != WorkloadMode.Inference;
        double? tokens = job.Tokens;
        if (tokens is null)
        {
            return new Verdict(candidate, null, degree, used, (double)perHour, 1e6 / (speed * replicas), rate * 730 * replicas);
        }

        var budget = limits.MaxRuntimeHours is null ? limits.TotalBudget : null;
        if (speed is null || tokens / replicas / speed / 3600 > 1e6)
        {
            return new Verdict(candidate, budget is not null || limits.DeadlineHours is not null ? "budget" : null, degree, used, Risk: rate * 730 * replicas);
        }

        var work = (tokens / replicas / speed / 3600).Value;
        var memory = request.Requirements.Memory;
        var saved = request.Requirements.Mode switch
        {
            WorkloadMode.Inference => 0.0,
            WorkloadMode.Full => memory.WeightsBytes + memory.OptimizerBytes,
            _ => memory.OptimizerBytes + (2.0 * request.Requirements.TrainableParameters),
        };
        var boot = (4 / 60.0) + ((memory.WeightsBytes + (request.DatasetBytes ?? 0)) / 100e6 / 3600);
        var (compute, wall) = Wall(work, rate, saved / 125e6 / 3600, job.RestartMinutes is { } minutes ? (double)minutes / 60 : 10 / 60.0, training);
        var hours = wall + boot;
        var disk = (offer.Cloud == Cloud.Gcp ? 0.10 : 0.08) * Math.Ceiling(Math.Max(request.MinDiskBytes, request.Requirements.DiskBytes) / 1e9) * hours / 730 * replicas;
        var moved = limits.Data is not { } data ? 0
            : (double)(data.SizeGB ?? (request.DatasetBytes ?? 0) / 1e9m) * (data.Cloud != offer.Cloud ? 0.09 : data.Region != offer.Region ? 0.02 : 0);
        if (!(hours <= 1e6) || hours > (double?)limits.DeadlineHours || (price * hours * replicas) + disk + moved > (double?)budget)
        {
            return new Verdict(candidate, "budget");
        }

        double Part(double usd) => Math.Round(usd, 4, MidpointRounding.AwayFromZero);
        var cost = Part(price * replicas * compute) + Part(price * replicas * Math.Max(0, wall - compute)) + Part(price * replicas * boot) + Part(disk) + Part(moved);
        return new Verdict(candidate, null, degree, used, Math.Round(cost, 4), hours, rate * wall * replicas);
    }

    // Each piece of work is done again from its start when it is interrupted: attempts until one goes through, each with its restart.
    private static (double Compute, double Wall) Wall(double work, double rate, double saving, double restart, bool training)
    {
        if (rate == 0)
        {
            return (work, work);
        }

        var pieces = Math.Max(1, Math.Ceiling(work / (training ? Math.Max(1 / 60.0, Math.Sqrt(2 * saving / rate)) : 1 / 60.0)));
        var piece = (work / pieces) + saving;
        var through = Math.Exp(-rate * piece);
        var untilEndOfAttempt = (1 - through) / rate;
        var untilRestarted = (Math.Exp(rate * restart) - 1) / rate;
        return (pieces * piece, pieces * (untilEndOfAttempt + ((1 - through) * untilRestarted)) / through);
    }

    private static double? Speed(OfferGpu gpu, Recommend request, int degree, int used)
    {
        var needs = request.Requirements;
        if (needs.Precision == Precision.Fp32)
        {
            return null;
        }

        if (!Speeds.TryGetValue(gpu.Model, out var known))
        {
            return null;
        }

        var (peak, bandwidth) = known;
        var training = needs.Mode != WorkloadMode.Inference;
        var slice = gpu.Count < 1 ? (double)gpu.Count : 1;
        var link = used > 1 && gpu.Interconnect == Interconnect.Pcie ? training ? 0.8 : 0.7 : 1;
        var perToken = needs.Mode switch { WorkloadMode.Inference => 2.0, WorkloadMode.Full => 6.0, _ => 4.0 } * needs.Parameters.Active;
        var arithmetic = peak * 1e12 * (request.Job?.FlopsUtilisation ?? 0.35) * slice * link * used / perToken;
        var reached = bandwidth * 1e9 * (request.Job?.BandwidthUtilisation ?? 0.6) * slice * link;
        var memory = needs.Memory;
        var step = training
            ? ((2.0 * memory.WeightsBytes) + (2.0 * (memory.GradientBytes + memory.OptimizerBytes) / used) + (2.0 * memory.ActivationBytes)) / reached
            : (((double)memory.WeightsBytes / degree) + ((double)memory.KvCacheBytes / Math.Min(degree, needs.Gpus.KeyValueHeads ?? degree))) / reached;
        var tokens = training ? (double)needs.BatchSize * needs.ContextLength * used : needs.BatchSize;
        return Math.Min(arithmetic, tokens / step);
    }

    private static double? Worst(string? band) => band switch { "<5%" => 5, "5-10%" => 10, "10-15%" => 15, "15-20%" => 20, ">20%" => 100, _ => null };

    private static double Assumed(string? band) => band is ">20%" ? 30 : Worst(band) ?? 30;
}
