using Terradev.ComputeOptimizer.Offers;
using Terradev.ComputeOptimizer.Recommendations;
using Terradev.Contracts.ComputeOptimizer;
using Terradev.Contracts.ModelRegistry;

namespace Terradev.ComputeOptimizer.Tests.Recommendations;

/// <summary>Plays interruptions, checkpoints and restarts with the figures of the answer, and compares the means with what the answer says.</summary>
public sealed class PreemptionTests
{
    private const int Cases = 60;
    private const int Runs = 2_000;

    [Fact]
    public void The_cheapest_to_finish_is_within_five_percent_of_the_best_mean_of_played_runs()
    {
        var worstChoice = 0.0;
        var worstEstimate = 0.0;
        var interrupted = 0;
        for (var seed = 1; seed <= Cases; seed++)
        {
            var random = new Random(seed);
            var answer = Optimizer.Rank(Question(random), Catalog.Of(Offers(random)), OptimizerPolicy.Default).Recommendation;
            var means = answer.Ranked.Select(entry => Mean(entry, answer.Inputs, new Random(seed))).ToList();

            worstChoice = Math.Max(worstChoice, means[0] / means.Min());
            worstEstimate = Math.Max(worstEstimate, answer.Ranked.Zip(means, (entry, mean) => Math.Abs(((double)entry.Cost.ToFinish!.Value / mean) - 1)).Max());
            interrupted += answer.Ranked.Any(entry => entry.Risk!.ExpectedInterruptions > 1) ? 1 : 0;
        }

        interrupted.ShouldBeGreaterThan(Cases / 4, "the cases must have interruptions");
        worstChoice.ShouldBeLessThanOrEqualTo(1.05);
        worstEstimate.ShouldBeLessThanOrEqualTo(0.02);
    }

    private static Recommend Question(Random random)
    {
        var training = random.Next(3) > 0;
        var requirements = training ? Workloads.Bert : Workloads.Llama8B(Precision.Fp16) with { Memory = Workloads.Llama8B().Memory with { WeightsBytes = 4 * Workloads.GiB } };
        return Workloads.Asking(requirements, goal: Goal.CheapestToFinish, job: new Job
        {
            Tokens = (long)(Math.Pow(10, 1 + random.NextDouble()) * (training ? 400_000_000 : 1_000_000)),
            InterruptionsPerHour = random.GetItems([0.001, 0.02, 0.2, 1.0], 1)[0],
            RestartMinutes = random.Next(2, 20),
        });
    }

    private static IEnumerable<GpuOffer> Offers(Random random)
    {
        (string Gpu, int MiB, string Capability, double Price)[] gpus = [("T4", 16384, "7.5", 0.5), ("L4", 22888, "8.9", 0.8), ("A100", 40960, "8.0", 3.6), ("H100", 81920, "9.0", 8)];
        foreach (var (gpu, mib, capability, price) in gpus)
        {
            foreach (var capacity in Enum.GetValues<Capacity>())
            {
                var asked = price * (0.7 + (0.6 * random.NextDouble())) * (capacity == Capacity.Spot ? 0.3 + (0.6 * random.NextDouble()) : 1);
                yield return Catalog.Offer(gpu, decimal.Round((decimal)asked, 4), gpu, memoryMiB: mib, capability: capability, capacity: capacity);
            }
        }
    }

    private static double Mean(RankedOffer entry, IReadOnlyList<CostInput> inputs, Random random)
    {
        double Figure(string name) => (double)(inputs.Concat(entry.Cost.Breakdown!.Inputs).FirstOrDefault(input => input.Name == name)?.Value ?? 0);
        var (work, rate, restart) = (Figure("work"), Figure("interruptionsPerHour"), Figure("restart") / 60);
        var boot = (Figure("boot") / 60) + (Figure("download") * 1000 / Figure("downloadRate") / 3600);
        var checkpoint = Figure("checkpointRate") == 0 ? 0 : Figure("checkpoint") * 1000 / Figure("checkpointRate") / 3600;
        var every = Figure("checkpointEvery") + Figure("lostAtMost") is > 0 and var minutes ? minutes / 60 : work;
        var perHour = (double)entry.Cost.PerHour + (Figure("disk") * Figure("diskRate") / 730);
        var hours = Enumerable.Range(0, rate == 0 ? 1 : Runs).Select(_ => Play((int)Math.Round(work / every), every + (rate == 0 ? 0 : checkpoint), rate, restart, random)).Average();
        return perHour * (hours + boot);
    }

    /// <summary>Hours until all pieces are done, each of which is begun again when an interruption comes before its checkpoint is written.</summary>
    private static double Play(int pieces, double piece, double rate, double restart, Random random)
    {
        if (rate == 0)
        {
            return pieces * piece;
        }

        var clock = 0.0;
        var next = Interruption();
        for (var done = 0; done < pieces;)
        {
            if (next >= clock + piece)
            {
                clock += piece;
                done++;
                continue;
            }

            do
            {
                clock = next;
                next = clock + Interruption();
            }
            while (next < clock + restart);
            clock += restart;
        }

        return clock;

        double Interruption() => -Math.Log(1 - random.NextDouble()) / rate;
    }
}
