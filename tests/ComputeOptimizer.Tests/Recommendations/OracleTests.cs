using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

/// <summary>Generated requests and offers, judged a second time by <see cref="BruteForce"/>.</summary>
public sealed class OracleTests
{
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Fact]
    public void The_optimizer_agrees_with_brute_force()
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        Prop.ForAll(Arb.From(Questions), question => Compare(question, seen)).Check(Cases);

        seen.Keys.ShouldBe([.. Rejection.Order, "ranked", "split", "with an end", "without an end"], ignoreOrder: true, "the cases must reach every verdict");
    }

    private static void Compare(Question question, Dictionary<string, int> seen)
    {
        var answer = Rank(question);
        var verdicts = question.Offers.Select(offer => BruteForce.Judge(offer, question.Request)).ToList();

        // The set: every offer is counted once, where it belongs.
        answer.Considered.ShouldBe(question.Offers.Length);
        answer.Rejected.Select(entry => ($"{entry.Offer.InstanceType} {entry.Offer.Capacity} {entry.Code}", entry.Offers)).GroupBy(entry => entry.Item1).Select(group => (group.Key, group.Sum(entry => entry.Offers)))
            .ShouldBe(verdicts.Where(v => v.Code is not null).GroupBy(v => $"{v.Offer.Offer.InstanceType} {v.Offer.Offer.Capacity} {v.Code}").Select(group => (group.Key, group.Count())), ignoreOrder: true);
        answer.RejectedByCode.ShouldBe(verdicts.Where(v => v.Code is not null).GroupBy(v => v.Code!).Select(group => KeyValuePair.Create(group.Key, group.Count())), ignoreOrder: true);
        var fitting = verdicts.Where(v => v.Code is null).ToList();
        answer.Fitting.ShouldBe(fitting.Count);
        answer.Ranked.Select(entry => (entry.Offer.InstanceType, entry.Offer.Capacity, entry.Fit.TensorParallel, entry.Fit.GpusUsed, entry.Offers)).ShouldBe(
            fitting.GroupBy(v => (v.Offer.Offer.InstanceType, v.Offer.Offer.Capacity, v.Degree, v.Gpus)).Select(group => (group.Key.InstanceType, group.Key.Capacity, group.Key.Degree, group.Key.Gpus, group.Count())),
            ignoreOrder: true);

        // The figures of each ranked offer, and the best for each goal.
        foreach (var goal in Enum.GetValues<Goal>())
        {
            var ranked = Rank(question with { Request = question.Request with { Goal = goal } }).Ranked;
            foreach (var entry in ranked)
            {
                var own = fitting.First(v => ReferenceEquals(v.Offer.Offer, entry.Offer));
                ((double)(entry.Cost.ToFinish ?? 0)).ShouldBe(own is { Cost: { } cost, Time: not null } && entry.Cost.ToFinish is not null ? cost : 0, 1e-3 + ((own.Cost ?? 0) * 1e-6));
                entry.Risk!.ExpectedInterruptions.ShouldBe(own.Risk, 1e-9 + (own.Risk * 1e-6));
            }

            if (fitting.Count > 0)
            {
                var best = fitting.First(v => ReferenceEquals(v.Offer.Offer, ranked[0].Offer));
                Measure(best, goal, fitting).ShouldBe(fitting.Min(v => Measure(v, goal, fitting)), 1e-3);
            }
        }

        Front(answer.Pareto.Select(entry => ((double)entry.Cost, entry.Time, entry.Risk))).ShouldBe(Front(fitting
            .Where(v => v.Cost is not null && !fitting.Exists(better => Beats(better, v)))
            .Select(v => (v.Cost!.Value, v.Time, v.Risk))));
        Count(seen, verdicts, answer);
    }

    private static double Measure(Verdict verdict, Goal goal, List<Verdict> fitting) => goal switch
    {
        Goal.CheapestToFinish when verdict is { Cost: { } cost, Time: not null } => cost,
        Goal.Fastest when verdict.Time is { } time => time / fitting.Min(v => v.Time)!.Value,
        Goal.Balanced when verdict.Cost is { } cost =>
            (cost / fitting.Min(v => v.Cost)!.Value) + (verdict.Time / fitting.Min(v => v.Time) ?? 0) + ((1 + verdict.Risk) / (1 + fitting.Min(v => v.Risk))),
        _ => (double)verdict.Price,
    };

    private static bool Beats(Verdict better, Verdict other)
    {
        var (mine, its) = (better.Time ?? double.MaxValue, other.Time ?? double.MaxValue);
        return better.Cost <= other.Cost && mine <= its && better.Risk <= other.Risk && (better.Cost < other.Cost || mine < its || better.Risk < other.Risk);
    }

    private static IEnumerable<string> Front(IEnumerable<(double Cost, double? Time, double Risk)> offers) =>
        offers.Select(offer => FormattableString.Invariant($"{offer.Cost:0.000} {offer.Time:e6} {offer.Risk:e5}")).Distinct().Order(StringComparer.Ordinal);

    private static void Count(Dictionary<string, int> seen, List<Verdict> verdicts, Recommendation answer)
    {
        foreach (var kind in verdicts.Select(verdict => verdict.Code ?? (verdict.Degree > 1 ? "split" : "ranked"))
            .Concat(answer.Ranked.Where(entry => entry.Throughput is not null).Select(entry => entry.Cost.ToFinish is null ? "without an end" : "with an end")))
        {
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
    }

    [Fact]
    public void Every_answer_is_the_same_for_shuffled_offers() => Prop.ForAll(Arb.From(Questions), question =>
    {
        var shuffled = question.Offers.ToArray();
        new Random(17).Shuffle(shuffled);

        JsonSerializer.Serialize(Rank(question with { Offers = shuffled }), TerradevJson.Options).ShouldBe(JsonSerializer.Serialize(Rank(question), TerradevJson.Options));
    }).Check(Cases);

    [Fact]
    public void No_ranked_offer_breaks_a_hard_rule() => Prop.ForAll(Arb.From(Questions), question =>
    {
        var needs = question.Request.Requirements;
        foreach (var ranked in Rank(question).Ranked)
        {
            ranked.Fit.RequiredBytesPerGpu.ShouldBeLessThanOrEqualTo(ranked.Fit.UsableBytesPerGpu);
            ranked.Fit.UsableBytesPerGpu.ShouldBeLessThan(ranked.Offer.Gpu.MemoryMiB * (1L << 20));
            ranked.Fit.GpusUsed.ShouldBeLessThanOrEqualTo((int)Math.Max(1, ranked.Offer.Gpu.Count));
            needs.Gpus.TensorParallelDegrees.ShouldContain(ranked.Fit.TensorParallel);
            (needs.Precision == Precision.Bf16 && ranked.Offer.Gpu.ComputeCapability is ("7.0" or "7.5")).ShouldBeFalse();
            ranked.Cost.PerHour.ShouldBe(ranked.Offer.PricePerHour!.Value * (question.Request.Job?.Replicas ?? 1));
            ranked.Reasons.ShouldNotBeEmpty();
            if (ranked.Cost.Breakdown is { } parts)
            {
                (parts.Compute + parts.Interruptions + parts.Boot + parts.Disk + parts.Egress).ShouldBe(ranked.Cost.ToFinish!.Value);
            }
        }
    }).Check(Cases);

    private static Recommendation Rank(Question question) => Optimizer.Rank(question.Request, Catalog.Of(question.Offers), OptimizerPolicy.Default).Recommendation;

    // GPUs as (model, MiB, compute capability, vendor).
    private static readonly (string Model, int MiB, string? Capability, string Vendor)[] Gpus =
    [
        ("T4", 16384, "7.5", "nvidia"), ("V100", 16384, "7.0", "nvidia"), ("L4", 22888, "8.9", "nvidia"), ("A100", 40960, "8.0", "nvidia"),
        ("H100", 81920, "9.0", "nvidia"), ("V520", 8192, null, "amd"),
    ];

    private static readonly (Cloud Cloud, string Region, string? Zone)[] Places =
    [
        (Cloud.Aws, "us-east-1", null), (Cloud.Aws, "us-east-1", "use1-az1"), (Cloud.Aws, "us-east-1", "use1-atl2-az1"), (Cloud.Aws, "us-west-2", "usw2-az2"),
        (Cloud.Gcp, "us-central1", null), (Cloud.Gcp, "us-east1", "us-east1-b"),
    ];

    private static Gen<IEnumerable<GpuOffer>> Offers(int index) =>
        from gpu in Gen.Frequency((12, Gen.Elements(Gpus[..^1])), (1, Gen.Constant(Gpus[^1])))
        from count in Gen.Elements(0.125m, 0.5m, 1m, 2m, 4m, 8m)
        from nvLink in Gen.Elements(true, false)
        from memoryGiB in Gen.Elements(4, 64, 512)
        from vcpus in Gen.Elements(2, 8, 96)
        from cloud in Gen.Elements(Cloud.Aws, Cloud.Aws, Cloud.Gcp)
        from arm in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        from withdrawn in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        from places in Gen.SubListOf(Places.Where(place => place.Cloud == cloud).SelectMany(place => new[] { (place, Capacity.Spot), (place, Capacity.OnDemand) }))
        from prices in Gen.ArrayOf(Gen.Frequency<decimal?>((9, Gen.Choose(1, 400).Select(cents => (decimal?)cents / 10)), (1, Gen.Constant<decimal?>(null))), places.Count)
        from bands in Gen.ArrayOf(Gen.Elements<string?>("<5%", "5-10%", ">20%", null), places.Count)
        select places.Select((place, at) => Catalog.Offer(
            $"type-{index}", prices[at], gpu.Model, count, count < 1 ? (int)(gpu.MiB * count) : gpu.MiB, gpu.Capability, nvLink, place.Item2, vcpus, memoryGiB, place.place.Region, cloud, gpu.Vendor, place.place.Zone) with
        {
            Architecture = arm ? CpuArchitecture.Arm64 : CpuArchitecture.X64,
            Withdrawn = withdrawn,
            InterruptionBand = place.Item2 == Capacity.Spot ? bands[at] : null,
        });

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
        from regions in Gen.Elements<IReadOnlyList<string>?>(null, null, null, ["us-east-1"], ["us-west-2", "use1-atl2-az1"])
        from gpus in Gen.Elements<IReadOnlyList<string>?>(null, null, null, null, ["l4", "T4", "a100"])
        from types in Gen.Elements<IReadOnlyList<string>?>(null, null, null, null, null, null, ["type-0", "type-1", "type-2"])
        from capacity in Gen.Elements<CapacityPreference?>(null, CapacityPreference.Spot, CapacityPreference.OnDemand, CapacityPreference.SpotPreferred)
        from gpuRange in Gen.Elements<(decimal? Min, decimal? Max)>((null, null), (null, null), (null, null), (1, 4), (2, null))
        from hourly in Gen.Elements<decimal?>(null, null, 5m, 20m)
        from total in Gen.Elements<decimal?>(null, null, 100m)
        from limited in Gen.Elements(true, false)
        from deadline in Gen.Elements<decimal?>(null, null, null, 20m)
        from calm in Gen.Elements<decimal?>(null, null, null, 5m, 100m)
        from data in Gen.Elements<DataLocation?>(null, null, new DataLocation { Cloud = Cloud.Aws, Region = "us-east-1", SizeGB = 40 })
        select new Constraints
        {
            Clouds = clouds,
            Regions = regions,
            Gpus = gpus,
            InstanceTypes = types,
            Capacity = capacity,
            MinGpus = gpuRange.Min,
            MaxGpus = gpuRange.Max,
            MaxHourly = hourly,
            TotalBudget = total,
            MaxRuntimeHours = total is not null && limited ? 10m : null,
            DeadlineHours = deadline,
            MaxInterruptionPercent = calm,
            Data = data,
        };

    private static readonly Gen<Job?> Jobs =
        from tokens in Gen.Elements<long?>(1_000_000, 50_000_000, 5_000_000_000)
        from replicas in Gen.Elements<int?>(null, 1, 3)
        from utilisation in Gen.Elements<double?>(null, 0.5)
        from rate in Gen.Elements<double?>(null, null, 0, 0.1, 2)
        from job in Gen.Frequency<Job?>(
            (4, Gen.Constant<Job?>(new Job { Tokens = tokens, Replicas = replicas, BandwidthUtilisation = utilisation, InterruptionsPerHour = rate, RestartMinutes = 5 })),
            (1, Gen.Constant<Job?>(null)))
        select job;

    private static readonly Gen<Question> Questions =
        from count in Gen.Choose(0, 6)
        from offers in Gen.CollectToList(Enumerable.Range(0, count), Offers)
        from requirements in Requirements
        from limits in Limits
        from job in Jobs
        let training = requirements.Mode != WorkloadMode.Inference

        // As the rules of requests have it: replicas are for inference, and what is held against the work needs to know it.
        let fair = job is not null ? limits : limits with { DeadlineHours = null, MaxRuntimeHours = limits.TotalBudget is null ? null : 10m }
        select new Question(Workloads.Asking(requirements, fair, job: training && job is not null ? job with { Replicas = null } : job), [.. offers.SelectMany(places => places)]);

    private const long MiB = 1L << 20;

    private sealed record Question(Recommend Request, GpuOffer[] Offers);
}
