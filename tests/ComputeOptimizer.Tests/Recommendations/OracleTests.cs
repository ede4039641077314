using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

/// <summary>Generated requests and offers, judged a second time by a program that only knows the rules as a list.</summary>
public sealed class OracleTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Fact]
    public void The_optimizer_agrees_with_brute_force()
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        Prop.ForAll(Arb.From(Questions), question => Compare(question, seen)).Check(Cases);

        seen.Keys.ShouldBe([.. Rejection.Order, "ranked", "split"], ignoreOrder: true, "the cases must reach every verdict");
    }

    private static void Compare(Question question, Dictionary<string, int> seen)
    {
        var answer = Optimizer.Rank(question.Request, Catalog.Of(question.Offers), OptimizerPolicy.Default).Recommendation;
        var verdicts = question.Offers.Select(offer => (offer.Offer, Verdict: Judge(offer, question.Request))).ToList();

        (answer.Ranked.Count + answer.Rejected.Count).ShouldBe(question.Offers.Count);
        answer.Considered.ShouldBe(question.Offers.Count);
        answer.Rejected.Select(rejected => (rejected.Offer.InstanceType, rejected.Code)).ShouldBe(
            verdicts.Where(v => v.Verdict.Code is not null).Select(v => (v.Offer.InstanceType, v.Verdict.Code!)), ignoreOrder: true);
        var fitting = verdicts.Where(v => v.Verdict.Code is null).ToList();
        answer.Ranked.Select(ranked => (ranked.Offer.InstanceType, ranked.Fit.TensorParallel, ranked.Fit.GpusUsed)).ShouldBe(
            fitting.Select(v => (v.Offer.InstanceType, v.Verdict.Degree, v.Verdict.Gpus)), ignoreOrder: true);
        if (fitting.Count > 0)
        {
            answer.Ranked[0].Offer.PricePerHour.ShouldBe(fitting.Min(v => v.Offer.PricePerHour));
        }

        foreach (var (_, verdict) in verdicts)
        {
            var kind = verdict.Code ?? (verdict.Degree > 1 ? "split" : "ranked");
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
    }

    [Fact]
    public void Every_answer_is_the_same_for_shuffled_offers() => Prop.ForAll(Arb.From(Questions), question =>
    {
        var shuffled = question.Offers.ToArray();
        new Random(17).Shuffle(shuffled);

        var one = Optimizer.Rank(question.Request, Catalog.Of(question.Offers), OptimizerPolicy.Default).Recommendation;
        var other = Optimizer.Rank(question.Request, Catalog.Of(shuffled), OptimizerPolicy.Default).Recommendation;

        JsonSerializer.Serialize(other, TerradevJson.Options).ShouldBe(JsonSerializer.Serialize(one, TerradevJson.Options));
    }).Check(Cases);

    [Fact]
    public void No_ranked_offer_breaks_a_hard_rule() => Prop.ForAll(Arb.From(Questions), question =>
    {
        var needs = question.Request.Requirements;
        foreach (var ranked in Optimizer.Rank(question.Request, Catalog.Of(question.Offers), OptimizerPolicy.Default).Recommendation.Ranked)
        {
            ranked.Fit.RequiredBytesPerGpu.ShouldBeLessThanOrEqualTo(ranked.Fit.UsableBytesPerGpu);
            ranked.Fit.UsableBytesPerGpu.ShouldBeLessThan(ranked.Offer.Gpu.MemoryMiB * (1L << 20));
            ranked.Fit.GpusUsed.ShouldBeLessThanOrEqualTo((int)Math.Max(1, ranked.Offer.Gpu.Count));
            needs.Gpus.TensorParallelDegrees.ShouldContain(ranked.Fit.TensorParallel);
            (needs.Precision == Precision.Bf16 && ranked.Offer.Gpu.ComputeCapability is ("7.0" or "7.5")).ShouldBeFalse();
            ranked.Cost.PerHour.ShouldBe(ranked.Offer.PricePerHour!.Value);
            ranked.Reasons.ShouldNotBeEmpty();
        }
    }).Check(Cases);

    // GPUs as (model, MiB, compute capability, vendor).
    private static readonly (string Model, int MiB, string? Capability, string Vendor)[] Gpus =
    [
        ("T4", 16384, "7.5", "nvidia"), ("V100", 16384, "7.0", "nvidia"), ("L4", 22888, "8.9", "nvidia"), ("A100", 40960, "8.0", "nvidia"),
        ("H100", 81920, "9.0", "nvidia"), ("V520", 8192, null, "amd"),
    ];

    private static Gen<GpuOffer> Offers(int index) =>
        from gpu in Gen.Frequency((12, Gen.Elements(Gpus[..^1])), (1, Gen.Constant(Gpus[^1])))
        from count in Gen.Elements(0.125m, 0.5m, 1m, 2m, 4m, 8m)
        from nvLink in Gen.Elements(true, false)
        from price in Gen.Frequency<decimal?>((9, Gen.Choose(1, 400).Select(cents => (decimal?)cents / 10)), (1, Gen.Constant<decimal?>(null)))
        from memoryGiB in Gen.Elements(4, 64, 512)
        from vcpus in Gen.Elements(2, 8, 96)
        from capacity in Gen.Elements(Capacity.Spot, Capacity.OnDemand)
        from region in Gen.Elements("us-east-1", "us-central1")
        from cloud in Gen.Elements(Cloud.Aws, Cloud.Gcp)
        from arm in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        from withdrawn in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        let offer = Catalog.Offer(
            $"type-{index}",
            price,
            gpu.Model,
            count,
            count < 1 ? (int)(gpu.MiB * count) : gpu.MiB,
            gpu.Capability,
            nvLink,
            capacity,
            vcpus,
            memoryGiB,
            region,
            cloud,
            gpu.Vendor)
        select offer with { Architecture = arm ? CpuArchitecture.Arm64 : CpuArchitecture.X64, Withdrawn = withdrawn };

    private static readonly Gen<ModelRequirements> Requirements =
        from mode in Gen.Frequency((2, Gen.Constant(WorkloadMode.Inference)), (1, Gen.Elements(Enum.GetValues<WorkloadMode>())))
        from precision in Gen.Elements(Enum.GetValues<Precision>())
        from weights in Gen.Frequency((2, Gen.Choose(1, 12_000)), (1, Gen.Choose(1, 150_000)))
        from kv in Gen.Choose(0, 40_000)
        from activation in Gen.Choose(0, 6_000)
        from training in Gen.Frequency((2, Gen.Choose(0, 12_000)), (1, Gen.Choose(0, 200_000)))
        from heads in Gen.Elements<int?>(null, 1, 2, 8)
        from degrees in Gen.Elements(new[] { 1, 2, 4, 8 }, [1], [1, 2, 7], [1, 3], [1, 2, 3, 4, 6, 12])
        from host in Gen.Elements(1, 2, 8, 128)
        select Workloads.Requirements(
            "huggingface:a/b",
            mode,
            precision,
            1_000_000_000,
            mode == WorkloadMode.Inference
                ? new MemoryBreakdown(weights * MiB, 0, kv * MiB, activation * MiB, 0, 0, 700 * MiB)
                : new MemoryBreakdown(weights * MiB, 0, 0, activation * MiB, training * MiB / 4, training * MiB, 700 * MiB),
            512,
            8,
            degrees,
            heads,
            host * Workloads.GiB);

    private static readonly Gen<Constraints> Limits =
        from clouds in Gen.Elements<IReadOnlyList<Cloud>?>(null, null, [], [Cloud.Aws], [Cloud.Aws, Cloud.Gcp])
        from regions in Gen.Elements<IReadOnlyList<string>?>(null, null, ["us-east-1"])
        from gpus in Gen.Elements<IReadOnlyList<string>?>(null, null, null, null, ["l4", "T4", "a100"])
        from types in Gen.Elements<IReadOnlyList<string>?>(null, null, null, null, null, null, ["type-0", "type-1", "type-2"])
        from capacity in Gen.Elements<CapacityPreference?>(null, CapacityPreference.Spot, CapacityPreference.OnDemand, CapacityPreference.SpotPreferred)
        from hourly in Gen.Elements<decimal?>(null, null, 5m, 20m)
        from total in Gen.Elements<decimal?>(null, null, 100m)
        let hours = total is null ? (decimal?)null : 10m
        select new Constraints { Clouds = clouds, Regions = regions, Gpus = gpus, InstanceTypes = types, Capacity = capacity, MaxHourly = hourly, TotalBudget = total, MaxRuntimeHours = hours };

    private static readonly Gen<Question> Questions =
        from count in Gen.Choose(0, 12)
        from offers in Gen.CollectToList(Enumerable.Range(0, count), Offers)
        from requirements in Requirements
        from limits in Limits
        select new Question(Workloads.Asking(requirements, limits), offers);

    private const long MiB = 1L << 20;

    private static Verdict Judge(GpuOffer candidate, Recommend request)
    {
        var (offer, needs, limits) = (candidate.Offer, request.Requirements, request.Constraints);
        var named = limits.InstanceTypes is { Count: > 0 };
        bool Listed(IReadOnlyList<string>? list, string name) => list is null || list.Count == 0 || list.Any(entry => entry.Equals(name, StringComparison.OrdinalIgnoreCase));
        if ((limits.Clouds is { Count: > 0 } && !limits.Clouds.Contains(offer.Cloud)) || !Listed(limits.Gpus, offer.Gpu.Model) || !Listed(limits.InstanceTypes, offer.InstanceType)
            || offer.Gpu.Vendor == "amd" || (!named && (candidate.Withdrawn || candidate.Architecture == CpuArchitecture.Arm64)))
        {
            return new Verdict("policy");
        }

        if (!Listed(limits.Regions, offer.Region))
        {
            return new Verdict("region");
        }

        if ((limits.Capacity == CapacityPreference.Spot && offer.Capacity != Capacity.Spot) || (limits.Capacity == CapacityPreference.OnDemand && offer.Capacity != Capacity.OnDemand))
        {
            return new Verdict("capacity");
        }

        if (offer.PricePerHour is not { } price)
        {
            return new Verdict("unknown-price");
        }

        var computes = needs.Precision switch
        {
            Precision.Bf16 => offer.Gpu.Model is not ("T4" or "V100"),
            Precision.Fp8 => offer.Gpu.Model is "L4" or "H100",
            Precision.Fp4 => false,
            _ => true,
        };
        return computes ? Size() : new Verdict("dtype");

        Verdict Size()
        {
            var devices = offer.Gpu.Count < 1 ? 1 : (int)offer.Gpu.Count;
            var inference = needs.Mode == WorkloadMode.Inference;
            var usable = inference ? (0.90m * offer.Gpu.MemoryMiB) - 1024 : (0.92m * offer.Gpu.MemoryMiB) - 2048;
            decimal Need(int parts) => inference
                ? ((needs.Memory.WeightsBytes / (decimal)parts) + (needs.Memory.KvCacheBytes / (decimal)Math.Min(parts, needs.Gpus.KeyValueHeads ?? parts)) + needs.Memory.ActivationBytes + needs.Memory.OverheadBytes) / MiB
                : (((needs.Memory.WeightsBytes + needs.Memory.GradientBytes + needs.Memory.OptimizerBytes) / (decimal)parts) + needs.Memory.ActivationBytes + needs.Memory.OverheadBytes) / MiB;
            if (Need(devices) > usable)
            {
                return new Verdict("memory");
            }

            var degrees = Enumerable.Range(1, devices)
                .Where(degree => Need(degree) <= usable && (offer.Gpu.Interconnect == Interconnect.Nvlink || degree <= 4) && needs.Gpus.TensorParallelDegrees.Contains(degree)).ToList();
            if (inference && degrees.Count == 0)
            {
                return new Verdict("parallelism");
            }

            var used = inference ? degrees[0] : devices;
            if (offer.MemoryGiB * Workloads.GiB < needs.HostMemoryBytes || offer.Vcpus < 2 + used)
            {
                return new Verdict(offer.MemoryGiB * Workloads.GiB < needs.HostMemoryBytes ? "memory" : "policy");
            }

            return price > limits.MaxHourly || price * limits.MaxRuntimeHours > limits.TotalBudget ? new Verdict("budget") : new Verdict(null, inference ? used : 1, used);
        }
    }

    private sealed record Question(Recommend Request, IReadOnlyList<GpuOffer> Offers);

    private sealed record Verdict(string? Code, int Degree = 0, int Gpus = 0);
}
